"""Labels of the sentences that a pane shows."""

from collections.abc import Sequence

import numpy as np


def checked_labels(labels: Sequence[int] | None, sentences: Sequence[str]) -> list[int]:
    """Returns the labels as a list, which is empty if there are none.

    Raises:
        ValueError: if they are not one integer for each sentence.

    >>> checked_labels([4, 1], ["a b", "c"]), checked_labels(None, ["a b", "c"])
    ([4, 1], [])
    """
    labels = [] if labels is None else list(labels)
    if not labels:
        return []
    values = np.asarray(labels)
    if values.shape != (len(sentences),) or values.dtype.kind not in "iu":
        raise ValueError(
            f"labels must be one integer for each of the {len(sentences)} sentences, "
            f"not {labels!r:.60}"
        )
    return labels


def as_option(labels: list[int]) -> dict[str, list[int]]:
    """Returns the keyword argument for a model's method; empty without labels."""
    return {"labels": labels} if labels else {}
