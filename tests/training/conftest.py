from __future__ import annotations

import numpy as np
import pytest
from interrupting import SMALL, Interrupter

from w2v import Config, train

TOPICS, WORDS_EACH = 6, 12


def topic_of(word: str) -> str:
    return word.split("_", maxsplit=1)[0]


@pytest.fixture(scope="session")
def topic_sentences():
    """Sentences whose words are all of one topic: topics never meet."""
    generator = np.random.default_rng(5)
    sentences = []
    for _ in range(3000):
        topic = generator.integers(TOPICS)
        places = generator.integers(0, WORDS_EACH, 12)
        sentences.append([f"t{topic}_{place}" for place in places])
    return sentences


@pytest.fixture(scope="session")
def topic_file(topic_sentences, tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "topics.txt"
    path.write_text("".join(" ".join(sentence) + "\n" for sentence in topic_sentences))
    return path


@pytest.fixture
def assert_topics_found():
    """Every word's nearest words are all of its own topic."""

    def check(vectors):
        assert len(vectors) == TOPICS * WORDS_EACH
        for word in vectors.words:
            near = [topic_of(other) for other, _ in vectors.nearest(word, WORDS_EACH - 1)]
            assert set(near) == {topic_of(word)}, word

    return check


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """A text with lines of all lengths, one longer than a chunk."""
    generator = np.random.default_rng(2)
    path = tmp_path_factory.mktemp("text") / "text.txt"
    words = generator.zipf(1.3, 60_000) % 500
    breaks = generator.random(60_000) < 0.1
    breaks[20_000:30_000] = False
    path.write_text(
        "".join(f"w{w}{chr(10) if b else ' '}" for w, b in zip(words, breaks, strict=True))
    )
    return path


@pytest.fixture
def saved(text, tmp_path):
    """A checkpoint of a run that was interrupted in its middle."""
    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train(text, Config(**SMALL), checkpoint=folder, progress=Interrupter(1, 1))
    return folder
