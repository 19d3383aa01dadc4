"""Sentences whose codes lie near each other."""

from collections.abc import Sequence

import numpy as np

from tf_vmfvae.generation.arguments import whole_number


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
        corpus: raw sentences to look among.
        count: int, at least 1. How many neighbours a text gets, if the corpus has so
            many.
        labels: a label a text, which a model with `condition="label"` needs.
        corpus_labels: likewise, for the corpus.

    Returns:
        For each text its neighbours, the nearest first, each with the cosine between
        the locations of the two posteriors.

    Raises:
        ValueError: if the model has no code, or `count` is below 1.
    """
    if not model.latent.latent_dim:
        raise ValueError("a model without a code has no neighbours")
    count = whole_number("count", count, 1)
    own = _unit(model.encode(texts, labels))
    others = _unit(model.encode(corpus, corpus_labels))
    found = []
    for code in own:
        cosines = others @ code
        nearest = np.argsort(-cosines, kind="stable")[:count]
        found.append([(corpus[index], float(cosines[index])) for index in nearest])
    return found


def _unit(vectors):
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(norms > 0, norms, 1)
