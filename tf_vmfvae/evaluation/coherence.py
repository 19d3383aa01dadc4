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
    if measure not in ("c_npmi", "c_v"):
        raise ValueError(f"measure is {measure!r}: choose c_npmi or c_v")
    texts = document_texts(documents, vocabulary)
    known = {word for text in texts for word in text}
    for word in (word for topic in top_words for word in topic):
        if word not in known:
            raise ValueError(f"{word!r} is in no document: give more documents")
    top_words = [list(topic) for topic in top_words if len(topic) > 1]
    if not top_words:
        raise ValueError("no topic has two words, so there is no coherence to measure")
    found = coherence_of_each(top_words, texts, measure, whole_documents=True)
    return float(found.mean())


def document_texts(documents, vocabulary: Sequence[str]) -> list[list[str]]:
    """Returns the different words of each document.

    >>> from tf_vmfvae.data import Documents
    >>> document_texts(Documents.from_rows([[(2, 3)], [(1, 1), (2, 1)]]), ["a", "b"])
    [['b'], ['a', 'b']]
    """
    vocabulary, texts = np.asarray(vocabulary, object), []
    for part in documents.parts():
        words = vocabulary[part.pairs[:, 0] - 1]
        texts += (row.tolist() for row in np.split(words, part.row_splits[1:-1]))
    return texts


def coherence_of_each(
    top_words: Sequence[Sequence[str]],
    texts: Sequence[Sequence[str]],
    measure: str,
    whole_documents: bool,
) -> np.ndarray:
    """Returns the coherence of each topic.

    Args:
        top_words: top words of each topic, each of them in a text.
        texts: words of each document.
        measure: `"c_npmi"` or `"c_v"`.
        whole_documents: whether words occur together if they are in the same document,
            or in the same of gensim's sliding windows, which are 10 words wide for
            `"c_npmi"` and 110 for `"c_v"`.

    Returns:
        float64 `[topics]`; 0 for a topic of less than two words.
    """
    # Slow to import.
    from gensim.corpora import Dictionary
    from gensim.models.coherencemodel import CoherenceModel

    found = np.zeros(len(top_words))
    several = [i for i, topic in enumerate(top_words) if len(topic) > 1]
    if several:
        model = CoherenceModel(
            topics=[list(top_words[i]) for i in several],
            texts=texts,
            dictionary=Dictionary(texts),
            coherence=measure,
            topn=max(len(top_words[i]) for i in several),
            # One window covers a whole document.
            window_size=max(map(len, texts)) + 1 if whole_documents else None,
            processes=1,
        )
        found[several] = model.get_coherence_per_topic()
    return found
