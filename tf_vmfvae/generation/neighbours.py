"""Sentences with similar codes."""

from collections.abc import Sequence

import numpy as np

from tf_vmfvae.ops.arguments import whole_number
from tf_vmfvae.ops.unit_rows import unit_rows
from tf_vmfvae.text import as_texts


def neighbours(
    model,
    texts: Sequence[str],
    corpus: Sequence[str],
    count: int = 5,
    labels: Sequence[int] | None = None,
    corpus_labels: Sequence[int] | None = None,
) -> list[list[tuple[str, float]]]:
    """Finds, for each text, the sentences of a corpus with the most similar codes.

    Args:
        model: a language model with a code.
        texts: raw sentences.
        corpus: raw sentences, the candidates.
        count: int, at least 1. How many neighbours to find for each text, at most as
            many as the corpus has sentences.
        labels: one label for each text, which a model with a `LabelCondition` needs.
        corpus_labels: likewise for the corpus.

    Returns:
        For each text its neighbours, the nearest first, each with the cosine between
        the locations of the two posteriors.

    Raises:
        ValueError: if the model has no code, an element of `texts` or `corpus` is not
            text, or `count` is below 1.
    """
    texts, corpus = as_texts(texts), as_texts(corpus, "corpus")
    if model.latent.is_empty:
        raise ValueError("a model without a code has no neighbours")
    count = whole_number("count", count, 1)
    own = unit_rows(model.encode(texts, labels))
    others = unit_rows(model.encode(corpus, corpus_labels))
    found = []
    for code in own:
        cosines = others @ code
        nearest = np.argsort(-cosines, kind="stable")[:count]
        found.append([(corpus[index], float(cosines[index])) for index in nearest])
    return found
