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

        signals.install()
        program.main(prog_name="w2v")
    except KeyboardInterrupt as stop:
        # Only before the program could take over: there is nothing to tell.
        signum = getattr(stop, "signum", None)
        sys.exit(INTERRUPTED if signum is None else 128 + signum)
