"""Documents of the embedded corpus: several sentences of one topic."""

import functools
import random

from tf_vmfvae.data.embedded.english import START, english
from tf_vmfvae.data.embedded.grammar import Grammar
from tf_vmfvae.data.embedded.topics import TOPICS

# split -> documents, seed
DOCUMENT_SPLITS = {"train": (4_000, 1), "validation": (400, 2), "test": (400, 3)}
SENTENCES = range(3, 16)


def documents(split: str) -> tuple[list[str], list[str]]:
    """Generates a split: raw documents and their topics.

    Args:
        split: "train", "validation" or "test".

    Returns:
        The documents, of 3 to 15 sentences each, and the topic of each; the same each
        time.

    Raises:
        ValueError: there is no such split.

    >>> texts, topics = documents("test")
    >>> len(texts), topics[0]
    (400, 'food')
    >>> texts[0].split(". ")[0]
    'after the baker bakes wonderful bread my sister and my brother ask for more'
    """
    if split not in DOCUMENT_SPLITS:
        raise ValueError(
            f"split is {split!r}: choose one of {', '.join(DOCUMENT_SPLITS)}"
        )
    count, seed = DOCUMENT_SPLITS[split]
    draw = random.Random(seed)
    names = [topic.name for topic in TOPICS]
    topics = [names[i % len(names)] for i in range(count)]
    lengths = [int(SENTENCES[int(draw.random() * len(SENTENCES))]) for _ in topics]
    sentences = {}
    for place, name in enumerate(names):
        needed = sum(
            n for n, topic in zip(lengths, topics, strict=True) if topic == name
        )
        sentences[name] = iter(_grammar(name).sample(needed, seed * len(names) + place))
    texts = [
        ". ".join(next(sentences[topic]) for _ in range(length)) + "."
        for length, topic in zip(lengths, topics, strict=True)
    ]
    return texts, topics


@functools.cache
def _grammar(topic: str) -> Grammar:
    """The part of the grammar that makes the sentences of a topic."""
    return Grammar(english().probabilities, (*START, topic))
