"""Coherence of the top words of topics, computed by gensim."""

from collections.abc import Sequence

import numpy as np


def coherence(
    top_words: Sequence[Sequence[str]],
    documents,
    vocabulary: Sequence[str],
    measure: str = "c_npmi",
) -> float:
    """Returns the mean coherence of topics (Roeder et al. 2015).

    Words are counted as occurring together if they occur in the same document, because
    a bag of words has no narrower window. A topic of a single word does not count.

    Args:
        top_words: top words of each topic, as in `Topics.top_words`.
        documents: `tf_vmfvae.data.Documents` in which the words are counted.
        vocabulary: words of the documents; the id of a word is its index plus 1.
        measure: `"c_npmi"`, normalised pointwise mutual information, from -1 to 1,
            or `"c_v"`, from 0 to 1.

    Returns:
        The mean over the topics.

    Raises:
        ValueError: if the measure is unknown, a top word is in no document, or no
            topic has two words.

    Example:
    >>> import tf_vmfvae
    >>> rows = [[(1, 1), (2, 1)], [(1, 2), (2, 1)], [(3, 1)], [(3, 1)]]
    >>> documents = tf_vmfvae.data.Documents.from_rows(rows)
    >>> words = ["ball", "goal", "rain"]
    >>> round(coherence([["ball", "goal"]], documents, words), 3)
    1.0
    >>> round(coherence([["ball", "rain"]], documents, words), 2) < -0.9
    True
    """
    # Slow to import.
    from gensim.corpora import Dictionary
    from gensim.models.coherencemodel import CoherenceModel

    if measure not in ("c_npmi", "c_v"):
        raise ValueError(f"measure is {measure!r}: choose c_npmi or c_v")
    texts = [
        [vocabulary[i] for i in ids - 1]
        for ids in np.split(documents.pairs[:, 0], documents.row_splits[1:-1])
    ]
    known = {word for text in texts for word in text}
    for word in (word for topic in top_words for word in topic):
        if word not in known:
            raise ValueError(f"{word!r} is in no document: give more documents")
    top_words = [list(topic) for topic in top_words if len(topic) > 1]
    if not top_words:
        raise ValueError("no topic has two words, so there is no coherence to measure")
    longest = max(map(len, texts))
    model = CoherenceModel(
        topics=top_words,
        texts=texts,
        dictionary=Dictionary(texts),
        coherence=measure,
        topn=max(map(len, top_words)),
        # One window covers a whole document.
        window_size=longest + 1,
        processes=1,
    )
    return float(model.get_coherence())
