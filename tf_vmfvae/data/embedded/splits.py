"""The training, validation and test sets of the embedded corpus."""

import functools
import random

from tf_vmfvae.data.embedded.english import START, sentence_grammar
from tf_vmfvae.data.embedded.grammar import Grammar
from tf_vmfvae.data.embedded.topics import TOPICS

# Split -> number of examples, seed.
SPLITS = {"train": (20_000, 1), "validation": (2_000, 2), "test": (2_000, 3)}
DOCUMENT_SPLITS = {"train": (4_000, 1), "validation": (400, 2), "test": (400, 3)}
# Sentences in a document.
LENGTHS = range(3, 16)


def sentences(split: str) -> list[str]:
    """Generates the sentences of a split.

    Args:
        split: "train", "validation" or "test".

    Returns:
        Independent draws from the grammar, the same each time.

    Raises:
        ValueError: if there is no such split.

    >>> len(sentences("test"))
    2000
    """
    count, seed = _size_and_seed(split, SPLITS)
    return sentence_grammar().sample(count, seed)


def documents(split: str) -> tuple[list[str], list[str]]:
    """Generates the documents of a split: several sentences about one topic each.

    Args:
        split: "train", "validation" or "test".

    Returns:
        The documents, of 3 to 15 sentences, and the topic of each; the same each time.

    Raises:
        ValueError: if there is no such split.

    >>> texts, topics = documents("test")
    >>> len(texts), topics[0]
    (400, 'food')
    >>> texts[0].split(". ")[0]
    'after the baker bakes wonderful bread my sister and my brother ask for more'
    """
    count, seed = _size_and_seed(split, DOCUMENT_SPLITS)
    draw = random.Random(seed)
    names = [topic.name for topic in TOPICS]
    topics = [names[i % len(names)] for i in range(count)]
    lengths = [LENGTHS[int(draw.random() * len(LENGTHS))] for _ in topics]
    drawn = {}
    for index, name in enumerate(names):
        # The documents i of topic `name` are those with i % len(names) == index.
        needed = sum(lengths[index :: len(names)])
        drawn[name] = iter(
            _topic_grammar(name).sample(needed, seed * len(names) + index)
        )
    texts = [
        ". ".join(next(drawn[topic]) for _ in range(length)) + "."
        for length, topic in zip(lengths, topics, strict=True)
    ]
    return texts, topics


def _size_and_seed(split, splits):
    if split not in splits:
        raise ValueError(f"split is {split!r}: choose one of {', '.join(splits)}")
    return splits[split]


@functools.cache
def _topic_grammar(topic: str) -> Grammar:
    """Returns the part of the grammar that makes sentences about one topic."""
    return Grammar(sentence_grammar().probabilities, (*START, topic))
