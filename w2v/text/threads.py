"""Running the same work in several threads, and putting its results back in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from w2v.errors import ConfigError

T = TypeVar("T")

# Seconds between looks at the clock while waiting: how often progress is told.
TICK = 0.1


def refused(threads: int) -> ConfigError:
    """Return what to raise when the system starts no more threads."""
    if threads > 1:
        return ConfigError(f"threads is {threads}: the system refuses to start so many: give fewer")
    return ConfigError(
        "the system refuses to start a thread: its limit of processes or of memory is reached"
    )


def start_thread(thread: threading.Thread, threads: int) -> None:
    """Start one thread of so many.

    Raises
    ------
    ConfigError
        The system starts no more.
    """
    try:
        thread.start()
    except RuntimeError as error:  # a limit of the system or the container
        raise refused(threads) from error


class Stopped(Exception):  # noqa: N818  (not an error: another thread has one, or Ctrl-C came)
    """Raised in a worker that has to end because the run does."""


class Crew:
    """Threads that do one work together; the first failure, or Ctrl-C, ends them all.

    Attributes
    ----------
    stopping : threading.Event
        Set when the work must end early.
    """

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._failures: list[tuple[int, BaseException]] = []
        self._left = 0
        self._lock = threading.Lock()
        self._finished = threading.Event()

    def run(self, works: list[Callable[[], None]], tick: Callable[[], None]) -> None:
        """Run every function in a thread of its own, and call `tick` while they run.

        Raises
        ------
        BaseException
            Of the failures told by `fail`, the one that comes first in the text. Also whatever
            `tick` raises, and KeyboardInterrupt, once all threads have ended.
        """
        self._left = len(works)
        self._finished.clear()
        threads = [
            threading.Thread(target=self._run_one, args=(work,), daemon=True) for work in works
        ]
        try:
            for thread in threads:
                start_thread(thread, len(threads))
            while not self._finished.wait(TICK):
                tick()
        except BaseException:
            self.stopping.set()
            raise
        finally:
            for thread in threads:
                if thread.ident is not None:
                    thread.join()
        self.check()

    def fail(self, place: int, error: BaseException) -> None:
        """Note an error and where in the text it belongs; all threads end soon."""
        with self._lock:
            self._failures.append((place, error))
        self.stopping.set()

    def check(self) -> None:
        """Raise the noted error that comes first in the text, if there is any."""
        if self._failures:
            # Not the one that came first in time: the message must not depend on chance.
            raise min(self._failures, key=lambda failure: failure[0])[1]

    def _run_one(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Stopped:
            pass
        except BaseException as error:
            self.fail(-1, error)
        finally:
            with self._lock:
                self._left -= 1
                if self._left == 0:
                    self._finished.set()


def share(places: int, threads: int, work: Callable[[int], None]) -> None:
    """Call `work` with 0, 1, ... up to `places`, each in the first thread that is free.

    Raises
    ------
    BaseException
        Of the failures of `work`, that of the first place; later places are not begun.
    """
    crew = Crew()
    left = iter(range(places))
    lock = threading.Lock()

    def run() -> None:
        while not crew.stopping.is_set():
            with lock:
                place = next(left, None)
            if place is None:
                return
            try:
                work(place)
            except Exception as error:
                crew.fail(place, error)

    crew.run([run] * min(threads, places), lambda: None)


class InOrder(Generic[T]):
    """Takes results in any order and hands them on in theirs: 0, 1, 2, ...

    Parameters
    ----------
    hand_on : callable
        Called with one result at a time.
    keep : callable
        Called with a result that has to wait: returns what stays valid until its turn.
    stopping : threading.Event
    waiting : int
        How many results may wait; the next one makes its thread wait.
    """

    def __init__(
        self,
        hand_on: Callable[[T], None],
        keep: Callable[[T], T],
        stopping: threading.Event,
        waiting: int,
    ) -> None:
        self._hand_on = hand_on
        self._keep = keep
        self._stopping = stopping
        self._most = waiting
        self._next = 0
        self._early: dict[int, T] = {}
        self._turn = threading.Condition()

    def put(self, place: int, result: T) -> None:
        """Take the result of a place.

        Raises
        ------
        Stopped
            The run ends early.
        """
        with self._turn:
            while place != self._next and len(self._early) >= self._most:
                if self._stopping.is_set():
                    raise Stopped
                self._turn.wait(TICK)
            if place != self._next:
                self._early[place] = self._keep(result)
                return
            self._hand_on(result)
            self._next += 1
            while self._next in self._early:
                self._hand_on(self._early.pop(self._next))
                self._next += 1
            self._turn.notify_all()
