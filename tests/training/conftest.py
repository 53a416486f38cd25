from __future__ import annotations

import numpy as np
import pytest

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
