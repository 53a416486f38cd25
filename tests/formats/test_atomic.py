import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from w2v.errors import DataError, FileError
from w2v.formats.atomic import Output, check_writable, write_all

IS_ROOT = os.geteuid() == 0


def output(path, content: bytes, size: int | None = None) -> Output:
    def write(file):
        file.write(content)

    return Output(path, write, size)


def failing(path, error: BaseException) -> Output:
    def write(file):
        file.write(b"half")
        file.flush()
        raise error

    return Output(path, write)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_several_files_are_written(tmp_path):
    write_all([output(tmp_path / "a", b"1"), output(str(tmp_path / "b"), b"2" * 3_000_000)])
    assert (tmp_path / "a").read_bytes() == b"1"
    assert (tmp_path / "b").read_bytes() == b"2" * 3_000_000
    assert names(tmp_path) == ["a", "b"]


@pytest.mark.parametrize(
    "error", [DataError("bad"), KeyboardInterrupt(), SystemExit(), ValueError()]
)
def test_no_file_changes_if_one_fails(tmp_path, error):
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(type(error)):
        write_all([output(tmp_path / "a", b"new"), failing(tmp_path / "b", error)])
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_names_the_file_and_the_bytes(tmp_path, code):
    (tmp_path / "a").write_bytes(b"old")
    full = failing(tmp_path / "a", OSError(code, os.strerror(code)))._replace(size=1_234_567)
    with pytest.raises(FileError) as caught:
        write_all([full])
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'a'} of 1,234,567 bytes cannot be written: ")
    assert os.strerror(code) in message
    assert "bytes are free" in message
    assert "\n" not in message
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("size", [10_000, 10_000_000])
def test_the_old_file_survives_a_limit_of_the_system(tmp_path, size):
    # A real refusal, by the kernel, either while writing or in the last flush.
    path = tmp_path / "vectors.bin"
    path.write_bytes(b"old")
    code = (
        "import resource, signal, sys\n"
        "from w2v.errors import FileError\n"
        "from w2v.formats.atomic import Output, write_all\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n"
        f"    write_all([Output(sys.argv[1], lambda file: file.write(b'x' * {size}), {size})])\n"
        "except FileError as error:\n"
        "    print(error)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert f"{path} of {size:,} bytes cannot be written: File too large" in done.stdout
    assert done.stderr == ""
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["vectors.bin"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("size", [10, 10_000_000])
def test_devices_are_written_directly_and_may_be_full(size):
    with pytest.raises(FileError, match="/dev/full cannot be written: No space left"):
        write_all([output("/dev/full", b"x" * size)])
    assert Path("/dev/full").is_char_device()


def test_new_files_follow_the_umask_and_old_ones_keep_their_permissions(tmp_path):
    before = os.umask(0o027)
    try:
        write_all([output(tmp_path / "new", b"1")])
        (tmp_path / "old").write_bytes(b"0")
        (tmp_path / "old").chmod(0o604)
        write_all([output(tmp_path / "old", b"1")])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o604


@pytest.mark.parametrize("exists", [True, False])
def test_links_are_followed(tmp_path, exists):
    (tmp_path / "far").mkdir()
    target = tmp_path / "far" / "target"
    if exists:
        target.write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(target)
    check_writable(link)
    write_all([output(link, b"new")])
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert names(tmp_path / "far") == ["target"]


def test_redirected_output_goes_where_the_shell_put_it(tmp_path):
    code = (
        "from w2v.formats.atomic import Output, write_all\n"
        "write_all([Output('/dev/stdout', lambda file: file.write(b'new'))])\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with (tmp_path / "out").open("wb") as out:
        inode = os.fstat(out.fileno()).st_ino
        subprocess.run([sys.executable, "-I", "-c", code], stdout=out, check=True, env=environment)
    assert (tmp_path / "out").read_bytes() == b"new"
    assert (tmp_path / "out").stat().st_ino == inode


def test_a_reader_that_left_is_a_broken_pipe(tmp_path):
    read, write = os.pipe()
    os.close(read)
    try:
        with pytest.raises(BrokenPipeError):
            write_all([output(f"/dev/fd/{write}", b"x" * 10_000_000)])
    finally:
        os.close(write)


@pytest.mark.parametrize("act", [check_writable, lambda path: write_all([output(path, b"new")])])
class TestRefused:
    def test_missing_folder(self, tmp_path, act):
        with pytest.raises(FileError, match=f"make the folder {tmp_path / 'no'} first"):
            act(tmp_path / "no" / "v.bin")

    def test_a_folder(self, tmp_path, act):
        with pytest.raises(FileError, match="is a folder: give the name of a file in it"):
            act(tmp_path)

    def test_a_file_taken_for_a_folder(self, tmp_path, act):
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(FileError, match="cannot be written: Not a directory"):
            act(tmp_path / "file" / "v.bin")

    def test_a_name_that_is_too_long(self, tmp_path, act):
        with pytest.raises(FileError, match="cannot be written: File name too long"):
            act(tmp_path / ("x" * 300))

    def test_links_in_a_circle(self, tmp_path, act):
        (tmp_path / "a").symlink_to(tmp_path / "b")
        (tmp_path / "b").symlink_to(tmp_path / "a")
        with pytest.raises(FileError, match="cannot be written: Too many levels"):
            act(tmp_path / "a")

    @pytest.mark.skipif(IS_ROOT, reason="root may write everything")
    def test_a_read_only_folder(self, tmp_path, act):
        (tmp_path / "folder").mkdir(mode=0o500)
        with pytest.raises(FileError, match="Permission denied"):
            act(tmp_path / "folder" / "v.bin")

    @pytest.mark.skipif(IS_ROOT, reason="root may write everything")
    def test_a_read_only_file(self, tmp_path, act):
        (tmp_path / "v.bin").write_bytes(b"old")
        (tmp_path / "v.bin").chmod(0o400)
        with pytest.raises(FileError, match="is read-only"):
            act(tmp_path / "v.bin")
        assert (tmp_path / "v.bin").read_bytes() == b"old"

    @pytest.mark.skipif(not Path("/proc/version").exists(), reason="no /proc here")
    def test_a_folder_that_takes_no_files(self, act):
        with pytest.raises(FileError, match=r"/proc/v\.bin cannot be written: .*folder /proc"):
            act("/proc/v.bin")


def test_a_check_leaves_nothing_and_changes_nothing(tmp_path):
    check_writable(tmp_path / "v.bin")
    assert names(tmp_path) == []
    (tmp_path / "v.bin").write_bytes(b"old")
    before = (tmp_path / "v.bin").stat()
    check_writable(tmp_path / "v.bin")
    assert names(tmp_path) == ["v.bin"]
    assert (tmp_path / "v.bin").stat() == before


def test_a_check_does_not_wait_for_the_reader_of_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    check_writable(tmp_path / "pipe")


def test_names_as_long_as_they_may_be_are_written(tmp_path):
    path = tmp_path / ("x" * 255)
    write_all([output(path, b"1")])
    assert path.read_bytes() == b"1"


@pytest.mark.parametrize("exists", [True, False])
def test_files_of_others_in_shared_folders_are_refused(tmp_path, monkeypatch, exists):
    tmp_path.chmod(0o1777)
    if exists:
        (tmp_path / "v.bin").write_bytes(b"old")
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    if exists:
        with pytest.raises(FileError, match="belongs to another user"):
            check_writable(tmp_path / "v.bin")
    else:
        check_writable(tmp_path / "v.bin")
    assert len(names(tmp_path)) == exists
