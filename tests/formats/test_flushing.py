import errno
import os
import threading

import pytest

from w2v.errors import FileError
from w2v.formats import flushing
from w2v.formats.atomic import Output, write_all

WINDOW = 1 << 16
PIECES = [bytes([number]) * 200_000 for number in range(1, 40)]


@pytest.fixture(autouse=True)
def _small_windows(monkeypatch):
    monkeypatch.setattr(flushing, "WINDOW", WINDOW)


def written(path, *, pieces=PIECES, cached=True):
    def write(file):
        for piece in pieces:
            file.write(piece)

    return Output(path, write, cached=cached)


def test_the_disk_gets_it_while_it_is_written_and_all_of_it_in_the_end(tmp_path, monkeypatch):
    sizes = []

    def flush(descriptor):
        sizes.append(os.fstat(descriptor).st_size)
        os.fsync(descriptor)

    monkeypatch.setattr(flushing, "_flush", flush)
    write_all([written(tmp_path / "a")])
    assert (tmp_path / "a").read_bytes() == b"".join(PIECES)
    assert len(sizes) >= sum(map(len, PIECES)) // (2 * WINDOW + (1 << 20))
    assert sizes[0] < sum(map(len, PIECES)) // 2
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("window", [1, 199_999, 200_000, 1 << 21, 1 << 40])
def test_any_window_gives_the_same_file(tmp_path, monkeypatch, window):
    monkeypatch.setattr(flushing, "WINDOW", window)
    write_all([written(tmp_path / "a", cached=False), written(tmp_path / "b", pieces=[])])
    assert (tmp_path / "a").read_bytes() == b"".join(PIECES)
    assert (tmp_path / "b").read_bytes() == b""


@pytest.mark.parametrize("late", [False, True])
def test_what_fails_on_its_way_to_the_disk_is_told(tmp_path, monkeypatch, late):
    # the system tells of it once, and not to the flush in the end
    calls = []

    def flush(_descriptor):
        calls.append(None)
        if not late or len(calls) == 2:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(flushing, "_flush", flush)
    (tmp_path / "a").write_bytes(b"old")
    pieces = [b"x" * (1 << 21)] * 2 if late else [b"x" * (1 << 21)]  # the last is told by `finish`
    with pytest.raises(FileError, match="Input/output error"):
        write_all([written(tmp_path / "a", pieces=pieces)])
    assert (tmp_path / "a").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_where_no_thread_is_to_be_had_it_is_written_all_the_same(tmp_path, monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    write_all([written(tmp_path / "a")])
    assert (tmp_path / "a").read_bytes() == b"".join(PIECES)


def test_no_thread_outlives_an_interrupted_write(tmp_path, monkeypatch):
    flushing_now, go_on = threading.Event(), threading.Event()

    def flush(_descriptor):
        flushing_now.set()
        go_on.wait(60)

    def write(file):
        file.write(b"x" * (1 << 21))
        assert flushing_now.wait(60)
        threading.Timer(0.05, go_on.set).start()
        raise KeyboardInterrupt

    monkeypatch.setattr(flushing, "_flush", flush)
    with pytest.raises(KeyboardInterrupt):
        write_all([Output(tmp_path / "a", write)])
    assert go_on.is_set()
    assert list(tmp_path.iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.endswith("(_bring)")]


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="no such advice here")
@pytest.mark.parametrize("cached", [False, True])
def test_memory_is_given_back_only_if_nobody_reads_the_file_soon(tmp_path, monkeypatch, cached):
    given = []
    monkeypatch.setattr(os, "posix_fadvise", lambda *arguments: given.append(arguments[1:]))
    write_all([written(tmp_path / "a", cached=cached)])
    assert set(given) == (set() if cached else {(0, 0, os.POSIX_FADV_DONTNEED)})
    assert cached or len(given) > 1
