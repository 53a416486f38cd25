"""No file makes its reader take more memory than twice its size."""

import subprocess
import sys
from pathlib import Path

import pytest

if not Path("/proc/self/status").exists():
    pytest.skip("memory is read from /proc", allow_module_level=True)

SIZE = 16_000_000
# Buffers and code that are loaded when needed, whatever the size.
SLACK = 12_000_000
LINE = b"w" + b" 1" * 100 + b"\n"
LINES = SIZE // len(LINE)

# In bytes: the name is what it is.
FILES = {
    "short-numbers.txt": lambda: b"%d 100\n" % LINES + LINE * LINES,
    "short-numbers.glove": lambda: LINE * LINES,
    "more-words-than-lines.txt": lambda: b"%d 40\n" % LINES + LINE * LINES,
    "lines-without-numbers.glove": lambda: LINE * 200 + b"\n" * SIZE + b"w 1\n",
    "one-line.txt": lambda: b"2 1\na 1 " + b"1" * SIZE,
    "one-word.txt": lambda: b"2 1\n" + b"a" * SIZE + b" 1\nb 1\n",
    "one-word.bin": lambda: b"1 1\n" + b"a" * SIZE,
    "header-of-objects.safetensors": lambda: (
        SIZE.to_bytes(8, "little") + b'{"a":[' + b"{}," * (SIZE // 3) + b"{}]}"
    ),
}

READ = """
import sys, numpy, w2v
from w2v.text import threads
from w2v.formats import load

def peak():
    lines = open("/proc/self/status").read().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])

before = peak()
try:
    load(sys.argv[1], threads=2)
except w2v.W2VError:
    pass
print(peak() - before)
"""


@pytest.mark.parametrize("name", FILES)
def test_memory_is_at_most_twice_the_file(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    command = [sys.executable, "-I", "-c", READ, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) <= 2 * path.stat().st_size + SLACK
