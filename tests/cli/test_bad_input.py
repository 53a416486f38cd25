"""Bad input: one line with the value and the remedy, the right code, nothing left behind."""

import gzip
import os
import resource

import pytest

from w2v.errors import ConfigError, DataError, FileError

TEXT = b"one two three\n" * 20


@pytest.fixture
def refused(w2v, tmp_path, monkeypatch):
    """Return a function that expects a command to fail without a trace."""
    temporary = tmp_path.parent / f"{tmp_path.name}-tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)

    def expect(code, *words, args=("train", "text.txt")):
        before = sorted(tmp_path.rglob("*"))
        answer = w2v(*args)
        assert answer.code == code, answer.err
        assert answer.err.startswith("w2v: error: ")
        assert answer.err.count("\n") == 1
        assert not [word for word in words if word not in answer.err], answer.err
        assert sorted(tmp_path.rglob("*")) == before
        assert list(temporary.iterdir()) == []

    return expect


@pytest.mark.parametrize("command", ["train", "vocab"])
class TestText:
    def test_missing(self, command, refused):
        refused(FileError.exit_code, "text.txt", args=(command, "text.txt"))

    def test_no_match(self, command, refused):
        refused(FileError.exit_code, "*.text", args=(command, "*.text"))

    def test_empty(self, command, refused, tmp_path):
        (tmp_path / "text.txt").touch()
        refused(DataError.exit_code, "text.txt", args=(command, "text.txt"))

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
    def test_unreadable(self, command, refused, tmp_path):
        path = tmp_path / "text.txt"
        path.write_bytes(TEXT)
        path.chmod(0)
        refused(FileError.exit_code, "text.txt", "denied", args=(command, "text.txt"))

    def test_below_a_file(self, command, refused, tmp_path):
        (tmp_path / "text.txt").write_bytes(TEXT)
        refused(FileError.exit_code, "text.txt/x", args=(command, "text.txt/x"))

    def test_folder_without_text(self, command, refused, tmp_path):
        (tmp_path / "folder").mkdir()
        refused(DataError.exit_code, "folder", args=(command, "folder"))

    def test_rare_words_only(self, command, refused, tmp_path):
        (tmp_path / "text.txt").write_bytes(b"each word comes but once\n")
        refused(DataError.exit_code, "min", args=(command, "text.txt"))

    def test_nul_byte(self, command, refused, tmp_path):
        (tmp_path / "text.txt").write_bytes(TEXT * 1000 + b"a\0b\n")
        place = f"{len(TEXT) * 1000 + 1}"
        refused(DataError.exit_code, "text.txt", "NUL", place, args=(command, "text.txt"))

    @pytest.mark.parametrize("magic", [b"\x7fELF\x02\x01\x01\0", b"\x89PNG\r\n\x1a\n\0\0\0\r"])
    def test_binary(self, command, magic, refused, tmp_path):
        (tmp_path / "text.txt").write_bytes(magic + bytes(range(256)))
        refused(DataError.exit_code, "text.txt", args=(command, "text.txt"))

    def test_truncated_gzip(self, command, refused, tmp_path):
        (tmp_path / "text.gz").write_bytes(gzip.compress(os.urandom(2000).hex().encode())[:-500])
        refused(DataError.exit_code, "text.gz", args=(command, "text.gz"))


def test_one_distinct_word(refused, tmp_path):
    (tmp_path / "text.txt").write_bytes(b"word " * 50)
    refused(DataError.exit_code, "one word", "two", args=("train", "text.txt"))


@pytest.mark.parametrize("value", [0, -1, 10**9])
@pytest.mark.parametrize("name", ["dim", "threads"])
def test_settings_out_of_range(name, value, refused):
    refused(
        ConfigError.exit_code,
        f"{name} is {value}",
        "give 1 to",
        args=("train", "text.txt", f"--{name}", str(value)),
    )


def test_missing_output_folder(refused, tmp_path):
    (tmp_path / "text.txt").write_bytes(TEXT)
    refused(FileError.exit_code, "no/such", args=("train", "text.txt", "-o", "no/such/v.bin"))


def test_output_below_a_file(refused, tmp_path):
    (tmp_path / "text.txt").write_bytes(TEXT)
    refused(FileError.exit_code, "text.txt", args=("train", "text.txt", "-o", "text.txt/v.bin"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_unwritable_output_folder(refused, tmp_path):
    (tmp_path / "text.txt").write_bytes(TEXT)
    (tmp_path / "locked").mkdir(mode=0o500)
    refused(FileError.exit_code, "locked", args=("train", "text.txt", "-o", "locked/v.bin"))


def test_matrices_larger_than_memory(refused, tmp_path):
    words = " ".join(f"word{number}" for number in range(200_000))
    (tmp_path / "text.txt").write_text(words)
    args = ("train", "text.txt", "--min-count", "1", "--dim", "65536")
    refused(ConfigError.exit_code, "200,000 words of dim 65536", "dim ", args=args)


def test_full_disk_leaves_the_old_file(corpus, finish, tmp_path, untouched):
    """A limit on the size of files fails a write as a full disk does, halfway."""
    assert finish("train", corpus, "--dim", "4", "--epochs", "1").code == 0
    untouched()

    def limit_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    answer = finish("train", corpus, "--dim", "1000", "--epochs", "1", preexec_fn=limit_files)
    assert answer.code == FileError.exit_code
    assert "vectors.bin" in answer.err.splitlines()[-1]
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "line",
    [
        ("evaluate", "set.txt", "--min-accuracy", "nan"),
        ("walk", "edges.txt", "--split", "nan", "-o", "x"),
    ],
)
def test_nan_is_no_share(w2v, line):
    """A gate that compares with NaN would never close."""
    answer = w2v(*line)
    assert answer.code == 2
    assert "nan" in answer.err
