"""Train every objective with two threads, for the thread sanitizer to watch.

    python tests/races

needs a build by `W2V_DEBUG=thread`; `.ci/sanitizers` makes it and fails on any race that
.ci/intended-races.txt does not list. Without that build it trains and watches nothing.
"""

import itertools
import os
import random
import tempfile
from pathlib import Path

from w2v import Config, resume, train
from w2v._core import available_isas, isa_refusal
from w2v.errors import ConfigError

SETTINGS = {
    "model": ("skipgram", "cbow"),
    "loss": ("ns", "nce", "sampled-softmax", "hs"),
    "negatives": ("shared", "private"),
}
HOT_ROWS = ("0", "100")  # with copies of them, workers meet in other places


def main() -> None:
    draw = random.Random(1)
    trained = 0
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text.txt"
        lines = (
            " ".join(f"w{int(draw.paretovariate(0.8))}" for _ in range(20)) for _ in range(400)
        )
        text.write_text("\n".join(lines))
        isas = [isa for isa in available_isas() if not isa_refusal(isa)]
        # copies are made by the same few lines in each
        first = [(isa, hot) for isa in isas for hot in HOT_ROWS if hot == "0" or isa == isas[0]]
        for (isa, hot), *values in itertools.product(first, *SETTINGS.values()):
            os.environ["W2V_ISA"], os.environ["W2V_HOT_ROWS"] = isa, hot
            changes = dict(zip(SETTINGS, values, strict=True))
            try:
                config = Config(**changes, dim=20, min_count=1, epochs=2, threads=2)
            except ConfigError:
                continue  # not every objective has private noise
            run = Path(folder) / "-".join([isa, hot, *values])
            train(text, config, checkpoint=run, checkpoint_every=0.001)
            resume(run)
            trained += 1
            print("trained:", isa, hot, *values, flush=True)
    assert trained >= 16


main()
