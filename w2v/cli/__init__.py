"""The command line: the only part of w2v that prints, exits, or imports click and tqdm."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # as in w2v: nothing is imported before Ctrl-C is ours to answer

if TYPE_CHECKING:
    from typing import NoReturn

INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command that ``sys.argv`` asks for, and exit with its code."""
    try:
        from w2v.cli import signals

        signals.end_at_once()
        from w2v.cli.program import program

        for name in sys.argv[1:2]:
            program.get_command(None, name)  # imported while a signal still ends all at once
        signals.install()
        program.main(prog_name="w2v")
    except KeyboardInterrupt as stop:
        # Only before the program could take over: there is nothing to tell.
        signum = getattr(stop, "signum", None)
        sys.exit(INTERRUPTED if signum is None else 128 + signum)


def process() -> NoReturn:
    """Be the process ``w2v``: `main`, and an end without taking every object apart.

    That would take 40 ms, a third of what most commands take. Everything has been done and said
    by then; a thread that has to be waited for, Python waits for in its own way. Whoever runs
    w2v within another program, as a profiler does, wants `main`, or ``python -m w2v``.
    """
    try:
        main()
    except SystemExit as end:
        import os

        try:
            if not _settled(end):
                raise
        except KeyboardInterrupt:
            pass  # too late to change anything
        os._exit(end.code)  # type: ignore[arg-type]


def _settled(end: SystemExit) -> bool:
    """Do what has been registered for the end; return whether nothing else is to be done."""
    from w2v.cli import signals

    signals.ignore()
    import atexit
    import contextlib
    import threading

    waiting = any(not thread.daemon for thread in threading.enumerate()[1:])
    if waiting or not isinstance(end.code, int):
        return False
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    return True
