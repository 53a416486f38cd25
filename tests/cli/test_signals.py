"""Ctrl-C and its kin: one line, the right code, and a second one ends at once."""

import signal
import subprocess
import sys

import pytest

from w2v.cli.signals import STOPPING, Stopped, _leave, exit_code, install

WAITER = """
import signal, sys, time
from w2v.cli.signals import install, exit_code
install()
try:
    print("ready", flush=True)
    time.sleep(30)
except KeyboardInterrupt as stop:
    print("stopped", flush=True)
    if sys.argv[1] == "stubborn":
        time.sleep(30)
    sys.exit(exit_code(stop))
"""


@pytest.fixture
def waiter():
    started = []

    def begin(manner, **extra):
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", WAITER, manner], stdout=subprocess.PIPE, **extra
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", STOPPING)
def test_each_signal_has_its_code(number, waiter):
    process = waiter("polite")
    process.stdout.readline()
    process.send_signal(number)
    assert process.wait(10) == 128 + number


def test_second_signal_leaves_at_once(waiter):
    process = waiter("stubborn")
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert process.stdout.readline() == b"stopped\n"
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == -signal.SIGINT


def test_ignored_signals_stay_ignored(waiter):
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    process = waiter("polite", preexec_fn=ignore)
    process.stdout.readline()
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 143


def test_exit_codes():
    assert exit_code(KeyboardInterrupt()) == 130
    assert exit_code(Stopped(signal.SIGTERM)) == 143


def test_stopped_is_what_cleans_up_after_ctrl_c():
    before = {number: signal.getsignal(number) for number in STOPPING}
    try:
        install()
        with pytest.raises(KeyboardInterrupt) as stop:
            signal.raise_signal(signal.SIGTERM)
        assert stop.value.signum == signal.SIGTERM
        assert all(signal.getsignal(number) is _leave for number in STOPPING)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# Runs w2v as a module, and gets a signal when one of its modules is imported.
EARLY = """
import importlib.abc, os, runpy, sys
module, number = sys.argv[1], int(sys.argv[2])
class Sender(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == module:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), number)
sys.meta_path.insert(0, Sender())
sys.argv = ["w2v", "--version"]
runpy.run_module("w2v", run_name="__main__")
"""


@pytest.mark.parametrize(
    ("module", "number"),
    [
        *[(name, signal.SIGINT) for name in ("w2v.cli", "w2v.cli.signals", "w2v.cli.program")],
        *[("click", number) for number in STOPPING],
    ],
)
def test_a_signal_while_modules_are_imported_ends_silently(module, number):
    command = [sys.executable, "-I", "-c", EARLY, module, str(int(number))]
    run = subprocess.run(command, capture_output=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (128 + number, b"", b"")


def test_next_to_nothing_is_imported_before_signals_are_caught():
    code = (
        "import sys; before = set(sys.modules); import w2v.cli; print(*sys.modules.keys() - before)"
    )
    run = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True)
    assert set(run.stdout.decode().split()) <= {"w2v", "w2v.cli", "__future__"}
