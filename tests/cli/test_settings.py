"""Who wins: command line, environment, file, default; and who is blamed."""

import dataclasses
import json

import click
import pytest

from w2v.cli.options import Command, config_options
from w2v.cli.settings import read_settings, resolve
from w2v.config import Config
from w2v.errors import ConfigError, DataError, FileError


def resolved(args=(), config_path=None, preset=None, **defaults):
    """Return the Config of a command with all options, started with `args`."""
    seen = []

    @click.command(cls=Command)
    @config_options(**defaults)
    @click.pass_context
    def command(context, /, **_settings):
        seen.append(resolve(context, config_path, preset))

    command.main(list(args), standalone_mode=False)
    return seen[0]


@pytest.fixture
def toml(tmp_path):
    def write(text):
        path = tmp_path / "settings.toml"
        path.write_text(text)
        return str(path)

    return write


def test_nothing_given_is_config_itself():
    assert resolved() == Config()


def test_command_line_beats_environment_beats_file_beats_default(toml, monkeypatch):
    path = toml("dim = 10\nwindow = 10\nepochs = 10\n")
    monkeypatch.setenv("W2V_DIM", "20")
    monkeypatch.setenv("W2V_WINDOW", "20")
    config = resolved(["--dim", "30"], path)
    assert (config.dim, config.window, config.epochs) == (30, 20, 10)
    assert config == Config(dim=30, window=20, epochs=10)


def test_a_commands_own_default_yields_to_everything(monkeypatch, toml):
    assert resolved(threads=1).threads == 1
    assert resolved((), toml("threads = 3"), threads=1).threads == 3
    monkeypatch.setenv("W2V_THREADS", "2")
    assert resolved((), toml("threads = 3"), threads=1).threads == 2


@pytest.mark.parametrize("value", ["", None])
def test_an_empty_variable_is_not_given(value, monkeypatch):
    if value is not None:
        monkeypatch.setenv("W2V_DIM", value)
    assert resolved().dim == Config().dim


def test_flags_from_everywhere(toml, monkeypatch):
    assert resolved(["--lowercase"]).lowercase
    assert not resolved(["--no-lowercase"], toml("lowercase = true")).lowercase
    monkeypatch.setenv("W2V_LOWERCASE", "1")
    assert resolved().lowercase


def test_dashes_in_keys_are_underscores(toml):
    assert resolved((), toml("min-count = 7")).min_count == 7


def test_a_run_record_repeats_the_run(tmp_path):
    config = Config(dim=7, window_mode="shrink", max_vocab=50, lowercase=True, threads=3, seed=9)
    path = tmp_path / "vectors.run.json"
    path.write_text(json.dumps({"settings": config.as_dict(), "epochs": []}, indent=2))
    assert resolved((), str(path)) == config


def test_max_vocab_none_in_a_record_stays_none(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"settings": dataclasses.asdict(Config(threads=1))}))
    assert resolved((), str(path)).max_vocab is None


@pytest.mark.parametrize(
    ("key", "remedy"),
    [("windw", "did you mean window?"), ("size", "say dim"), ("output", "give any of model, ")],
)
def test_unknown_key_is_refused_with_file_key_and_remedy(key, remedy, toml):
    path = toml(f"{key} = 3")
    with pytest.raises(ConfigError) as error:
        read_settings(path)
    assert path in str(error.value)
    assert repr(key) in str(error.value)
    assert remedy in str(error.value)


def test_a_wrong_value_is_blamed_on_its_source(toml, monkeypatch):
    path = toml("dim = 0")
    with pytest.raises(ConfigError, match=r"settings.toml: dim is 0: give 1"):
        resolved((), path)
    monkeypatch.setenv("W2V_DIM", "-1")
    with pytest.raises(ConfigError, match=r"^W2V_DIM: dim is -1"):
        resolved((), path)
    with pytest.raises(ConfigError, match=r"^dim is -2"):
        resolved(["--dim", "-2"], path)


def test_a_wrong_type_in_the_file_is_refused(toml):
    with pytest.raises(ConfigError, match=r"dim is '100': give a whole number"):
        resolved((), toml('dim = "100"'))


@pytest.mark.parametrize("text", ["dim 3", '{"settings": 3}', '{"dim": 3}', "{", "\x00"])
def test_neither_toml_nor_record(text, toml):
    path = toml(text)
    with pytest.raises(DataError, match=r"settings.toml: "):
        read_settings(path)


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "vectors.bin"
    path.write_bytes(b"dim = \xff")
    with pytest.raises(DataError, match="byte 6"):
        read_settings(str(path))


def test_missing_file(tmp_path):
    with pytest.raises(FileError, match=r"none.toml: No such file"):
        read_settings(str(tmp_path / "none.toml"))


def test_a_preset_yields_to_everything_given(toml, monkeypatch):
    monkeypatch.setenv("W2V_WINDOW", "7")
    config = resolved(["--dim", "30"], toml("epochs = 9"), preset="gensim")
    assert config == Config.preset("gensim", dim=30, window=7, epochs=9)
    assert (config.min_alpha, config.negatives, config.large_logits) == (1e-4, "private", "skip")


def test_a_preset_knows_the_model_given():
    assert resolved(["--model", "cbow"], preset="word2vec").alpha == 0.05
    assert resolved(["--alpha", "0.1"], preset="word2vec").min_alpha == 1e-5


def test_a_preset_that_could_change_nothing_is_refused(tmp_path):
    path = tmp_path / "a.run.json"
    path.write_text(json.dumps({"settings": Config().as_dict()}))
    with pytest.raises(ConfigError, match=r"gensim changes nothing, since .*a\.run\.json sets"):
        resolved((), str(path), preset="gensim")


def test_a_preset_without_the_loss_is_refused():
    with pytest.raises(ConfigError, match="loss is nce, which preset gensim does not have"):
        resolved(["--loss", "nce"], preset="gensim")


def test_an_effort_brings_its_own_blocks_over_those_of_a_run_record(tmp_path):
    path = tmp_path / "a.run.json"
    path.write_text(json.dumps({"settings": Config().as_dict()}))
    config = resolved(["--effort", "fast"], str(path))
    assert (config.block_length, config.block_noise) == (64, 16)
    config = resolved(["--effort", "fast", "--block-length", "70"], str(path))
    assert (config.block_length, config.block_noise) == (70, 16)


def test_an_effort_that_is_not_for_this_run_is_passed_over_unless_on_the_command_line(
    monkeypatch, tmp_path
):
    path = tmp_path / "a.run.json"
    path.write_text(json.dumps({"settings": Config(effort="fast").as_dict()}))
    assert resolved(["--loss", "hs"], str(path)).effort == "balanced"
    assert resolved(["--negatives", "private"], str(path)).effort == "balanced"
    monkeypatch.setenv("W2V_EFFORT", "accurate")
    assert resolved(["--loss", "hs"]).effort == "balanced"
    assert resolved(()).block_length == 256
    with pytest.raises(ConfigError, match="effort goes with shared noise words"):
        resolved(["--loss", "hs", "--effort", "fast"])


NOISE = [
    ("--negatives", "shared", "hs"),
    ("--block-noise", "32", "hs"),
    ("--noise-exponent", "0.75", "softmax"),
    ("--negative", "5", "softmax"),
]


@pytest.mark.parametrize(("flag", "value", "loss"), NOISE)
def test_settings_of_noise_are_refused_where_none_is_drawn(w2v, flag, value, loss):
    answer = w2v("train", "none.txt", "--loss", loss, flag, value)
    assert answer.code == 2
    assert f"{flag} is about noise words, and --loss {loss} draws none" in answer.err


def test_settings_of_noise_from_elsewhere_are_passed_over(w2v, tmp_path):
    (tmp_path / "a.txt").write_text("a b c\n" * 50)
    (tmp_path / "s.toml").write_text("noise_exponent = 0.5\n")
    given = ["train", "a.txt", "--loss", "hs", "--negative", "0", "-q", "--preset", "word2vec"]
    given += ["--sample", "0"]
    answer = w2v(*given, "--config", "s.toml", W2V_NEGATIVES="private", W2V_BLOCK_NOISE="32")
    assert (answer.code, answer.err) == (0, "")


def test_checkpoint_every_from_the_environment_waits_for_a_checkpoint(w2v, tmp_path):
    (tmp_path / "a.txt").write_text("a b c\n" * 50)
    answer = w2v("train", "a.txt", "-q", "--sample", "0", W2V_CHECKPOINT_EVERY="9m")
    assert (answer.code, answer.err) == (0, "")
