"""F1 of a file of vectors on the labels of a graph's nodes, kept as results.

``python -m benchmarks.labels vectors.bin --labels blogcatalog.labels --name blogcatalog`` scores
the vectors with ``w2v evaluate --labels`` and keeps the outcome in ``results/NAME.json``, with the
settings and times of their training if the run record is beside them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from . import store, trials
from .contenders.base import Contender, MissingError
from .prepare import say
from .process import ProcessError
from .trials import Trial


def main() -> int:
    """Return 0 if all went well, 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.labels", description=__doc__)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--ratios", default="10,50,90", help="percents (%(default)s)")
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--name", default="labels", help="name of the results (%(default)s)")
    parser.add_argument("--results", type=Path, default=store.RESULTS, help="where they are kept")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="w2v-bench-") as scratch:
            run(options, Path(scratch))
    except (MissingError, ProcessError, OSError, store.StoreError) as error:
        print(f"benchmarks.labels: {error}", file=sys.stderr)
        return 1
    return 0


def run(options: argparse.Namespace, scratch: Path) -> None:
    """Score, print and keep."""
    vectors, labels = (scratch / path.name for path in (options.vectors, options.labels))
    vectors.symlink_to(options.vectors.resolve(strict=True))
    labels.symlink_to(options.labels.resolve(strict=True))
    arguments = ["--labels", labels.name, "--ratios", options.ratios]
    arguments += ["--splits", str(options.splits), "--threads", str(options.threads)]
    command = [str(trials.W2V), "evaluate", *arguments, "-m", vectors.name]
    trial = Trial("w2v", "**w2v**", command, vectors.name)
    settings = {"ratios": options.ratios, "splits": options.splits}
    sklearn = Contender(Path(sys.executable)).distribution_version("scikit-learn")
    results = trials.begin(options.name, settings, labels, [trial], {"scikit-learn": sklearn})
    record = options.vectors.with_suffix(".run.json")
    if record.exists():
        trained = json.loads(record.read_text())
        results["trained"] = {"settings": trained["settings"], "seconds": trained["seconds"]}
    found, outcome = trials.score(scratch, vectors.name, arguments)
    entry = trials.entry(trial, "labels", 1, options.threads, outcome)
    results["runs"].append({**entry, "scores": found})
    for one in found["ratios"]:
        micro, macro = (100 * one[name]["mean"] for name in ("micro_f1", "macro_f1"))
        say(f"{one['percent']:g} %: micro-F1 {micro:.2f}, macro-F1 {macro:.2f}")
    say(f"{outcome.seconds:.1f} s")
    trials.finish(results, options.results)


if __name__ == "__main__":
    sys.exit(main())
