import lzma
import sys

import pytest

from benchmarks import corpus, gate, machine, process, store


def test_a_process_is_measured(tmp_path):
    code = (
        "import time; memory = bytearray(b'x') * 40_000_000\n"
        "for _ in range(3): print('Alp', end='', flush=True); time.sleep(0.02); "
        "print('ha:', flush=True)\n"
    )
    outcome = process.measure([sys.executable, "-I", "-c", code], cwd=tmp_path, mark=b"Alpha:")
    first, last = outcome.marks
    assert 0 < first < last < outcome.seconds
    assert outcome.peak_memory_bytes > 40_000_000
    assert outcome.cpu_seconds > 0
    assert outcome.tail == "Alpha:\n" * 3


def test_processes_that_fail_or_never_end_are_errors_with_their_last_words(tmp_path):
    with pytest.raises(process.ProcessError, match="exit code 3: last words"):
        process.measure(["sh", "-c", "echo last words; exit 3"], cwd=tmp_path)
    with pytest.raises(process.ProcessError, match="nosuch: cannot start"):
        process.measure(["./nosuch"], cwd=tmp_path)
    with pytest.raises(process.ProcessError, match=r"stopped after 0\.2 s"):
        process.measure(["sleep", "60"], cwd=tmp_path, timeout=0.2)


def test_settings_in_the_environment_do_not_reach_the_measured():
    inherited = {"PATH": "p", "W2V_EPOCHS": "1", "W2V_ISA": "avx2"}
    assert process.environment(inherited) == {"PATH": "p", "W2V_ISA": "avx2"}


@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 1 << 20])
def test_words_are_counted_across_chunks(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(corpus, "CHUNK", chunk)
    path = tmp_path / "c.txt"
    path.write_bytes(b"  one two\n\nthree\tfour five\xc3\xa9 \n six")
    found = corpus.inspect(path)
    assert (found.name, found.tokens, found.bytes) == ("c.txt", 6, path.stat().st_size)


def test_wiki_is_cut_after_as_many_bytes_as_the_figures_are_about(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "WIKI_BYTES", 25)
    packed, target = tmp_path / "wiki.txt.xz", tmp_path / "wiki100.txt"
    packed.write_bytes(lzma.compress(b"0123456789" * 3))
    corpus.cut_wiki(packed, target)
    assert target.read_bytes() == (b"0123456789" * 3)[:25]
    packed.write_bytes(lzma.compress(b"0123456789"))
    with pytest.raises(ValueError, match="unpacks to 10 bytes, not 25"):
        corpus.cut_wiki(packed, target)


def test_machine_is_read_from_proc():
    cpuinfo = "".join(
        f"processor\t: {number}\nmodel name\t: A CPU\nphysical id\t: 0\ncore id\t\t: {core}\n"
        "flags\t\t: fpu avx2 fma hypervisor\n\n"
        for number, core in enumerate((0, 1, 0, 1))
    )
    assert machine.cpu_model(cpuinfo) == "A CPU"
    assert machine.physical_cores(cpuinfo) == 2
    assert machine.instruction_sets(cpuinfo) == ["avx2", "fma"]
    assert machine.memory_bytes("MemTotal:       24684092 kB\nMemFree: 1 kB\n") == 24684092 * 1024
    assert machine.cpu_model("") is machine.physical_cores("") is machine.memory_bytes("") is None


def test_this_machine_is_described_without_paths():
    found = machine.describe()
    assert found["cpus"] >= 1
    assert not any(store.ABSOLUTE.search(str(value)) for value in found.values())


def test_gate_names_every_score_below_its_floor():
    floors = gate.FLOORS["shared"]
    assert gate.shortfalls("shared", floors) == []
    low = {**floors, "men": floors["men"] - 0.1, "simlex": float("nan")}
    lines = gate.shortfalls("shared", low)
    assert len(lines) == 2
    assert lines[0].startswith("shared: men is ") and "below the floor" in lines[0]
    assert lines[1].startswith("shared: simlex is nan")


def test_gate_without_data_says_so_and_with_a_wrong_folder_fails(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gate"])
    monkeypatch.setattr(gate, "ROOT", tmp_path / "clone")
    monkeypatch.delenv("W2V_DATA", raising=False)
    assert gate.main() == 0
    assert "NOT MEASURED: no wiki.txt.xz" in capsys.readouterr().err
    monkeypatch.setenv("W2V_DATA", str(tmp_path))
    assert gate.main() == 1
    assert "W2V_DATA: no wiki.txt.xz" in capsys.readouterr().err
