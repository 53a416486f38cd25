"""The counts in docs/reliability.md are those of the committed result."""

import json

from benchmarks.reliability import COUNTS, PAGE, rendered


def test_the_page_says_what_was_counted():
    result = json.loads((COUNTS / "reliability.json").read_text())
    assert rendered(PAGE.read_text(), result) == PAGE.read_text()
    assert sum(result["phases"].values()) == result["kills"] >= 200
    assert result["same"] == result["runs"] > 0
    assert result["leftovers"] == 0
