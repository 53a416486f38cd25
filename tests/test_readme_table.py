import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_tables_in_the_readme_are_those_of_the_committed_results():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.render", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
