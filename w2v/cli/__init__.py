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
            program.get_command(None, name)
        signals.install()
        program.main(prog_name="w2v")
    except KeyboardInterrupt as stop:
        # Only before the program could take over: there is nothing to tell.
        signum = getattr(stop, "signum", None)
        sys.exit(INTERRUPTED if signum is None else 128 + signum)


def process() -> NoReturn:
    """Be the process ``w2v``: `main`, and an end without taking every object apart.

    That would take 40 ms, a third of what most commands take. `main` has flushed stdout; what has
    been registered to be done at the end is done; and if there is a thread to wait for, Python
    ends the process in its own way.
    """
    try:
        main()
    except SystemExit as end:
        import atexit
        import os
        import threading

        from w2v.cli import signals

        waiting = any(not thread.daemon for thread in threading.enumerate()[1:])
        if waiting or not isinstance(end.code, int):
            raise
        signals.ignore()
        atexit._run_exitfuncs()
        os._exit(end.code)
