import ctypes
import errno
import itertools
import os
import sys

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


class Recorder:
    """Stands for sync_file_range: notes its calls, and fails in one of them."""

    def __init__(self, fails_in=None, code=errno.EIO):
        self.calls, self.fails_in, self.code = [], fails_in, code

    def __call__(self, descriptor, start, size, flags):
        assert start + size <= os.fstat(descriptor).st_size
        self.calls.append((start, size, flags))
        if len(self.calls) - 1 != self.fails_in:
            return 0
        ctypes.set_errno(self.code)
        return -1


@pytest.fixture
def recorded(monkeypatch):
    def record(**given):
        recorder = Recorder(**given)
        monkeypatch.setattr(flushing, "_sync_file_range", lambda: recorder)
        return recorder

    return record


def test_the_disk_gets_it_while_it_is_written(tmp_path, recorded):
    calls = recorded().calls
    write_all([written(tmp_path / "a")])
    assert (tmp_path / "a").read_bytes() == b"".join(PIECES)
    begun = [(start, size) for start, size, flags in calls if flags == 2]
    waited = [(start, size) for start, size, flags in calls if flags == 7]
    assert len(begun) > 5
    # for the first of them, in turn, while others are on their way
    assert [start for start, _ in waited] == [0, *itertools.accumulate(n for _, n in waited[:-1])]
    assert 0 < sum(size for _, size in waited) <= sum(size for _, size in begun) - 3 * WINDOW
    assert [start for start, _ in begun[1:]] == [start + size for start, size in begun[:-1]]
    assert begun[0][0] == 0 and all(size >= WINDOW for _, size in begun)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has sync_file_range")
def test_the_system_has_such_a_function_and_takes_the_calls(tmp_path, monkeypatch):
    real, answers = flushing._sync_file_range(), []
    monkeypatch.setattr(
        flushing, "_sync_file_range", lambda: lambda *given: answers.append(real(*given)) or 0
    )
    write_all([written(tmp_path / "a")])
    assert len(answers) > 5
    assert set(answers) == {0}


def test_where_there_is_none_it_is_written_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(flushing, "_sync_file_range", lambda: None)
    write_all([written(tmp_path / "a", cached=False)])
    assert (tmp_path / "a").read_bytes() == b"".join(PIECES)


@pytest.mark.parametrize("window", [1, 199_999, 200_000, 1 << 21, 1 << 40])
def test_any_window_gives_the_same_file(tmp_path, monkeypatch, window):
    monkeypatch.setattr(flushing, "WINDOW", window)
    write_all([written(tmp_path / "a", cached=False), written(tmp_path / "b", pieces=[])])
    assert (tmp_path / "a").read_bytes() == b"".join(PIECES)
    assert (tmp_path / "b").read_bytes() == b""


@pytest.mark.parametrize("call", [0, 1, 2])
def test_what_fails_on_its_way_to_the_disk_is_told(tmp_path, recorded, call):
    # the system tells of it once, and not to the flush in the end
    recorded(fails_in=call)
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(FileError, match="Input/output error"):
        write_all([written(tmp_path / "a")])
    assert (tmp_path / "a").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_system_that_cannot_do_it_is_not_asked_to_fail(tmp_path, recorded):
    recorded(fails_in=0, code=errno.ENOSYS)
    write_all([written(tmp_path / "a")])
    assert (tmp_path / "a").read_bytes() == b"".join(PIECES)


def test_an_interrupted_write_writes_no_more(tmp_path, recorded):
    sizes = []

    def write(file):
        file.write(b"x" * 1000)  # in the buffer
        sizes.append(os.fstat(file.fileno()).st_size)
        descriptors.append(os.dup(file.fileno()))
        raise KeyboardInterrupt

    descriptors = []
    calls = recorded().calls
    with pytest.raises(KeyboardInterrupt):
        write_all([Output(tmp_path / "a", write)])
    sizes.append(os.fstat(descriptors[0]).st_size)
    os.close(descriptors[0])
    assert sizes == [0, 0]
    assert calls == list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="no such advice here")
@pytest.mark.parametrize("cached", [False, True])
def test_memory_is_given_back_only_if_nobody_reads_the_file_soon(tmp_path, monkeypatch, cached):
    given = []
    monkeypatch.setattr(os, "posix_fadvise", lambda *arguments: given.append(arguments[1:]))
    write_all([written(tmp_path / "a", cached=cached)])
    size = sum(map(len, PIECES))
    everything = (0, size, os.POSIX_FADV_DONTNEED)
    assert given[-1:] == ([] if cached else [everything])
    assert cached or len(given) > 5
