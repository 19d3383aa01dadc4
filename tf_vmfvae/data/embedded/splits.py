"""The training, validation and test sentences of the embedded corpus."""

from tf_vmfvae.data.embedded.english import english

# split -> sentences, seed
SPLITS = {"train": (20_000, 1), "validation": (2_000, 2), "test": (2_000, 3)}


def sentences(split: str) -> list[str]:
    """Generates a split.

    Args:
        split: "train", "validation" or "test".

    Returns:
        The split's sentences, independent draws from the grammar, the same each time.

    Raises:
        ValueError: there is no such split.

    >>> len(sentences("test"))
    2000
    """
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}: choose one of {', '.join(SPLITS)}")
    count, seed = SPLITS[split]
    return english().sample(count, seed)
