"""How often w2v, gensim and popularity offer the item that ends a session, on a made-up catalogue.

``python -m benchmarks.sessions --peers-python ../peers/bin/python`` makes the catalogue of
catalogue.py, trains on its sessions, scores the later ones with ``w2v evaluate --next-item``, and
keeps every run in ``results/sessions.json``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from . import catalogue, store, trials
from .contenders.base import DRIVERS, Contender, MissingError
from .prepare import say
from .process import ProcessError, measure
from .trials import Trial

COUNT = 10
OURS = ["--window", "sentence", "--min-count", "1", "--sample", "0"]
SCORING = ["--next-item", "later.txt", "--train-sessions", "train.txt", "--oov", "wrong"]
TITLES = {
    "w2v": "**w2v**, `--window sentence`",
    "gensim": "gensim, its defaults",
    "gensim-items": "gensim, settings for sessions",
}


def main() -> int:
    """Return 0 if all went well, 1 if not."""
    options = parse(sys.argv[1:])
    try:
        with tempfile.TemporaryDirectory(prefix="w2v-bench-") as scratch:
            run(options, Path(scratch))
    except (MissingError, ProcessError, store.StoreError) as error:
        print(f"benchmarks.sessions: {error}", file=sys.stderr)
        return 1
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sessions", description=__doc__)
    catalogue.add_options(parser)
    parser.add_argument(
        "--peers-python",
        type=Path,
        default=Path(os.environ.get("W2V_PEERS_PYTHON", sys.executable)),
        help="Python of the environment with gensim (default: W2V_PEERS_PYTHON, else this one)",
    )
    parser.add_argument("--only", default=",".join(TITLES), help="some of %(default)s")
    parser.add_argument("--name", default="sessions", help="name of the results (%(default)s)")
    parser.add_argument("--results", type=Path, default=store.RESULTS, help="where they are kept")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=3, help="runs of each (%(default)s)")
    options = parser.parse_args(arguments)
    unknown = set(options.only.split(",")) - set(TITLES)
    if unknown:
        parser.error(f"--only: no {', '.join(sorted(unknown))}: give some of {', '.join(TITLES)}")
    return options


def run(options: argparse.Namespace, scratch: Path) -> None:
    """Make the catalogue, train everybody, score, and write the results."""
    size = (options.groups, options.train, options.later, options.catalogue_seed)
    catalogue.write(scratch, *size)
    names = options.only.split(",")
    versions = {}
    if set(names) - {"w2v"}:
        gensim = Contender(options.peers_python.absolute())
        versions["gensim"] = gensim.distribution_version("gensim")
    first = [make(name, options, 1) for name in names]
    settings = {
        **dict(zip(("groups", "train", "later", "catalogue_seed"), size, strict=True)),
        "k": COUNT,
        "threads": options.threads,
    }
    results = trials.begin(options.name, settings, scratch / "train.txt", first, versions)
    for seed in range(1, options.seeds + 1):
        for name in names:
            trial = make(name, options, seed)
            outcome = measure(trial.command, cwd=scratch)
            found, _ = trials.score(scratch, trial.output, [*SCORING, "--k", str(COUNT)])
            results["runs"].append(
                {
                    **trials.entry(trial, "next-item", seed, options.threads, outcome),
                    "scores": found,
                }
            )
            say(
                f"{name}, seed {seed}: {outcome.seconds:.2f} s, HR@{COUNT} {found['hit_rate']:.4f}"
                f" (popularity {found['popularity']['hit_rate']:.4f})"
            )
    trials.finish(results, options.results)


def make(name: str, options: argparse.Namespace, seed: int) -> Trial:
    """Return the run of one contender."""
    output = f"{name}.bin"
    if name == "w2v":
        command = [str(trials.W2V), "train", "train.txt", "-o", output, *OURS]
        command += ["--threads", str(options.threads), "--seed", str(seed)]
    else:
        python = str(options.peers_python.absolute())
        arguments = ["train.txt", output, str(options.threads), str(seed)]
        command = [python, str(DRIVERS / "train_gensim_items.py"), *arguments]
        if name == "gensim-items":
            command.append("items")
    return Trial(name, TITLES[name], command, output)


if __name__ == "__main__":
    sys.exit(main())
