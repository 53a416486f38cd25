"""One line and one exit code for each way to fail."""

import errno

import click
import pytest

from w2v.cli.program import DEFECT, Program, explain, program
from w2v.errors import ConfigError, DataError, FileError, NotFoundError


def program_that(raises):
    def fail():
        raise raises

    return Program("w2v", commands={"go": click.Command("go", callback=fail)})


def code_of(program, args):
    with pytest.raises(SystemExit) as stop:
        program.main(args)
    return stop.value.code


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (NotFoundError("no"), 1, "no"),
        (ConfigError("dim is 0"), 2, "dim is 0"),
        (DataError("bad"), 3, "bad"),
        (FileError("gone"), 4, "gone"),
        (OSError(errno.ENOSPC, "No space left on device", "v.bin"), 4, "v.bin: No space left"),
        (OSError("strange"), 4, "strange"),
        (MemoryError(), 4, "not enough memory"),
        (click.UsageError("what"), 2, "what (see w2v"),
        (ZeroDivisionError("two\nlines"), DEFECT, "ZeroDivisionError: two lines"),
    ],
)
def test_errors_become_one_line_and_a_code(error, code, message, capsys):
    assert code_of(program_that(error), ["go"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("w2v: error: ")
    assert message in err


def test_interrupt_is_one_line_and_130(capsys):
    assert code_of(program_that(KeyboardInterrupt()), ["go"]) == 130
    assert capsys.readouterr().err == "w2v: interrupted\n"


def test_a_reader_that_left_is_not_an_error(capsys):
    assert code_of(program_that(BrokenPipeError(errno.EPIPE, "Broken pipe")), ["go"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("args", [["--debug", "info", "none.bin"], ["info", "--debug", "none.bin"]])
def test_debug_shows_the_traceback(args, w2v):
    answer = w2v(*args)
    assert answer.code == 4
    assert "Traceback" in answer.err
    assert "Traceback" not in w2v("info", "none.bin").err


@pytest.mark.parametrize(
    ("args", "suggestion"),
    [
        (["train", "--windw", "3", "x"], "--window"),
        (["vocab", "--min-cuont", "3", "x"], "--min-count"),
        (["simlar", "king"], "did you mean similar?"),
        (["frobnicate"], f"give {', '.join(program.list_commands(None))}"),
    ],
)
def test_unknown_names_are_refused_with_a_suggestion(args, suggestion, w2v):
    answer = w2v(*args)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert suggestion in answer.err


@pytest.mark.parametrize(
    "args", [["similar", "-k"], ["similar", "-k0"], ["train"], ["train", "-x"]]
)
def test_a_wrong_call_names_the_help_of_its_command(args, w2v):
    assert f"(see w2v {args[0]} --help)\n" in w2v(*args).err


def test_value_from_the_environment_is_blamed_on_it(w2v):
    answer = w2v("train", "x", W2V_DIM="many")
    assert answer.code == 2
    assert "W2V_DIM" in answer.err
    assert "many" in answer.err


def test_help_and_version(w2v):
    assert w2v("--help").out == w2v("-h").out == w2v().out
    text = w2v("--help").out.decode()
    assert all(name in text for name in ("train", "similar", "vocab", "info", "demo", "W2V_"))
    version = w2v("--version")
    assert version.code == 0
    assert version.out.split()[0] == b"w2v"


def test_shell_completion(finish):
    env = {"_W2V_COMPLETE": "bash_complete", "COMP_WORDS": "w2v tr", "COMP_CWORD": "1"}
    answer = finish(env=env)
    assert answer.out == b"plain,train\n"
    env = {**env, "COMP_WORDS": "w2v train --see", "COMP_CWORD": "2"}
    assert finish(env=env).out == b"plain,--seed\n"


def test_explain_never_has_a_line_break():
    assert "\n" not in explain(RuntimeError("a\nb\r\nc"))[0]
