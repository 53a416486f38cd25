"""Ctrl-C, SIGTERM and SIGHUP: all end a command as a KeyboardInterrupt, each with its exit code."""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

STOPPING = [
    number
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if (number := getattr(signal, name, None)) is not None
]
EXIT_CODES = {128 + number for number in STOPPING}


class Stopped(KeyboardInterrupt):
    """A signal asked the command to end.

    A KeyboardInterrupt, so that everything that cleans up after Ctrl-C cleans
    up after ``kill`` as well.
    """

    def __init__(self, signum: int) -> None:
        super().__init__()
        self.signum = signum


def end_at_once() -> None:
    """Let signals end the process silently, while its modules are imported.

    An exception would do neither: what it interrupts may swallow it, or print it.
    """
    _catch(lambda signum, _frame: os._exit(128 + signum))


def install() -> None:
    """Turn the first signal into `Stopped`; let a second one end the process at once.

    A signal the caller has arranged to be ignored (nohup, ``&`` in a script)
    stays ignored.
    """
    _catch(_stop)


def ignore() -> None:
    """Let no signal change how the process ends: all is done and said."""
    _catch(signal.SIG_IGN)


def _catch(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def exit_code(stop: KeyboardInterrupt) -> int:
    """Return 128 + the signal's number, as shells report it: 130 for Ctrl-C, 143 for SIGTERM."""
    return 128 + (stop.signum if isinstance(stop, Stopped) else signal.SIGINT)


def _stop(signum: int, _frame: FrameType | None) -> None:
    for number in STOPPING:
        if signal.getsignal(number) is _stop:
            signal.signal(number, _leave)
    raise Stopped(signum)


def _leave(signum: int, _frame: FrameType | None) -> None:
    """End at once, but for unfinished files; a third signal does not even wait for that."""
    for number in STOPPING:
        if signal.getsignal(number) is _leave:
            signal.signal(number, signal.SIG_DFL)
    atomic = sys.modules.get("w2v.formats.atomic")
    if atomic is not None:
        atomic.remove_unfinished()
    os.kill(os.getpid(), signum)
