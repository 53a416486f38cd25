"""The program: its commands, and the one place where an exception becomes a message and a code."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import click

from w2v.cli import signals
from w2v.cli.options import DEBUG, SYNONYMS, debug_option
from w2v.cli.streams import complain, settle_stdout
from w2v.errors import FileError, W2VError

COMPLETION = "_W2V_COMPLETE"
# The modules of w2v.cli that commands are in, by the names of both.
HOMES = {
    "train": "train",
    "resume": "resume",
    "similar": "similar",
    "analogy": "analogy",
    "vectors": "lookup",
    "evaluate": "evaluate",
    "impute": "impute",
    "vocab": "vocab",
    "phrases": "phrases",
    "walk": "walk",
    "convert": "convert",
    "info": "info",
    "demo": "demo",
}
# sysexits.h: a defect in the program itself, told apart from every answer it can give.
DEFECT = 70


class Program(click.Group):
    """The group of commands, with one line on stderr and an exit code for each way to fail.

    Commands are imported when they are asked for: all of them would take longer than what most
    of them do.
    """

    def __init__(self, *args: Any, homes: Mapping[str, str] | None = None, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self._homes = homes or {}

    def list_commands(self, ctx: click.Context | None) -> list[str]:
        """Return the names of all commands."""
        return sorted({*self._homes, *self.commands})

    def get_command(self, ctx: click.Context | None, cmd_name: str) -> click.Command | None:
        """Return a command, imported if need be; None if there is no such."""
        if cmd_name in self._homes and cmd_name not in self.commands:
            module = importlib.import_module(f"w2v.cli.{self._homes[cmd_name]}")
            self.add_command(getattr(module, cmd_name))
        return self.commands.get(cmd_name)

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,
    ) -> NoReturn:
        """Run a command line and exit; see the table of exit codes in the README."""
        arguments = list(sys.argv[1:] if args is None else args)
        extra.pop("standalone_mode", None)
        code = 0
        try:
            code = self._run(arguments, prog_name or "w2v", extra)
        finally:
            settle_stdout(interrupted=code in signals.EXIT_CODES)
        sys.exit(code)

    def _run(self, arguments: list[str], name: str, extra: dict[str, Any]) -> int:
        instruction = os.environ.get(COMPLETION)
        if instruction:
            from click.shell_completion import shell_complete

            return shell_complete(self, {}, name, COMPLETION, instruction)
        meta: dict[str, Any] = {}
        try:
            with self.make_context(name, arguments or ["--help"], **extra) as context:
                meta = context.meta
                self.invoke(context)
        except click.exceptions.Exit as done:
            return done.exit_code
        except KeyboardInterrupt as stop:
            complain(": ".join(["w2v: interrupted", *map(str, stop.args)]))
            return signals.exit_code(stop)
        except BrokenPipeError:
            # The reader of the results has what it wanted: nobody is left to tell.
            return 0
        except Exception as error:
            if meta.get(DEBUG):
                import traceback

                traceback.print_exc()
            message, code = explain(error)
            complain(f"w2v: error: {message}")
            return code
        return 0

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was probably meant."""
        name = args[0]
        known = name.startswith("-") or self.get_command(ctx, name) is not None
        if known or ctx.resilient_parsing:  # as when the shell asks for completions
            return super().resolve_command(ctx, args)
        from difflib import get_close_matches

        commands = self.list_commands(ctx)
        close = get_close_matches(name, commands)
        remedy = f"did you mean {' or '.join(close)}?" if close else f"give {', '.join(commands)}"
        raise click.UsageError(f"no command {name!r}: {remedy}", ctx)


def explain(error: Exception) -> tuple[str, int]:
    """Return the line that tells a user what went wrong, and the exit code that goes with it."""
    if isinstance(error, W2VError):
        return one_line(str(error)), error.exit_code
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx is not None else "w2v"
        return f"{one_line(error.format_message())} (see {path} --help)", error.exit_code
    if isinstance(error, click.ClickException):
        return one_line(error.format_message()), error.exit_code
    if isinstance(error, OSError):
        place = f"{os.fsdecode(error.filename)}: " if error.filename is not None else ""
        return f"{place}{error.strerror or one_line(str(error))}", FileError.exit_code
    if isinstance(error, MemoryError):
        detail = one_line(str(error)) or "a smaller --dim, --max-vocab or a larger --min-count fits"
        return f"not enough memory: {detail}", FileError.exit_code
    kind = type(error).__name__
    return (
        f"a defect in w2v ({kind}: {one_line(str(error))}): run again with --debug and report it",
        DEFECT,
    )


def one_line(message: str) -> str:
    """Return `message` without line breaks."""
    return " ".join(message.split())


def _usual_name(name: str | None) -> str:
    name = (name or "").replace("_", "-")
    return SYNONYMS.get(name, name)


def _print_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from w2v import __version__

        click.echo(f"w2v {__version__}")
        context.exit()


program = Program(
    "w2v",
    homes=HOMES,
    help="Train word vectors from text, and ask them which words are alike.",
    epilog="""\b
Examples:
  w2v demo                          two minutes' tour in ten seconds
  w2v train corpus.txt              writes vectors.bin
  w2v similar king queen            asks vectors.bin

\b
Tab completion: add this line to ~/.bashrc (for zsh or fish write that name)
  eval "$(_W2V_COMPLETE=bash_source w2v)"

Every long option can be given as W2V_OPTION in the environment, as W2V_DIM=300. One that a command
has no use for is passed over there; on the command line it is an error.
""",
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        # gensim's and word2vec's names, and underscores for dashes: accepted, never shown.
        "token_normalize_func": _usual_name,
    },
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_print_version,
            help="Show the version and exit.",
        ),
        debug_option(),
    ],
)
