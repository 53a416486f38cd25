import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v.vectors import Vectors

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="session")
def golden() -> Path:
    return GOLDEN


@pytest.fixture(scope="session")
def expected() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture
def small() -> Vectors:
    matrix = np.arange(12, dtype=np.float32).reshape(4, 3) / 7
    return Vectors(["king", "queen", "naïve", "new\u00a0york"], matrix)
