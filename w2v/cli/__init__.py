"""The command line: the only part of w2v that prints, exits, or imports click and tqdm."""

import sys
from typing import NoReturn

from w2v.cli import signals


def main() -> NoReturn:
    """Run the command that ``sys.argv`` asks for, and exit with its code."""
    signals.install()
    try:
        from w2v.cli.program import program

        program.main(prog_name="w2v")
    except KeyboardInterrupt as stop:
        # Only before the program could take over: there is nothing to tell.
        sys.exit(signals.exit_code(stop))
