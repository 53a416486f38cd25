"""Fuzz one target, guided by the branches that each input takes in the compiled parts.

    python tests/fuzz TARGET [-max_total_time=60 and other options of libFuzzer]

needs atheris and a build by `W2V_DEBUG=fuzz CC=clang`; `.ci/fuzz` makes both and runs all targets.
What is found is written as crash-* into the current folder: it belongs into test_targets.py.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["w2v"]):
    from targets import TARGETS


def main() -> None:
    name = sys.argv.pop(1)
    target, seeds = TARGETS[name]
    corpus = Path(tempfile.mkdtemp(prefix=f"w2v-fuzz-{name}-"))
    for number, seed in enumerate(seeds):
        (corpus / f"seed{number}").write_bytes(seed)
    longest = max(map(len, seeds)) + 100
    limits = [f"-max_len={longest}", "-timeout=20", "-rss_limit_mb=3000", "-seed=1"]
    # Seeds differ in what they are for more than in the branches they take: keep all, whole.
    limits += ["-keep_seed=1", "-len_control=0"]
    atheris.Setup([sys.argv[0], *limits, *sys.argv[1:], str(corpus)], target)
    atheris.Fuzz()


main()
