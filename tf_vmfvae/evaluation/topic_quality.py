"""How good topics are: coherent, different from each other, and true to labels."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from tf_vmfvae.evaluation.coherence import coherence_of_each, document_texts
from tf_vmfvae.evaluation.rank_biased_overlap import rank_biased_overlap
from tf_vmfvae.evaluation.result import Result
from tf_vmfvae.evaluation.top_words import diversity as topic_diversity


@dataclasses.dataclass(frozen=True)
class TopicQuality(Result):
    """Measures of a set of topics; None where there was nothing to measure.

    Attributes:
        topics: number of topics.
        words: largest number of top words of a topic that were looked at.
        npmi: normalised pointwise mutual information of the top words, from -1 to 1,
            averaged over pairs and topics. Words occur together if they are in the same
            document.
        c_v: coherence C_v of the top words (Roeder et al. 2015), from 0 to 1.
        diversity: share of distinct words among the top words (Dieng et al. 2020).
        inverted_rbo: 1 minus the rank-biased overlap of two topics, averaged over all
            pairs of topics (Terragni et al. 2021): 1 if no two share a word.
        purity: share of the documents whose label is the most frequent one among the
            documents with the same top topic.
        nmi: normalised mutual information of the top topic and the label.
        perplexity: perplexity of held-out words; see `held_out_perplexity`.
    """

    topics: int
    words: int
    npmi: float | None
    c_v: float | None
    diversity: float
    inverted_rbo: float | None
    purity: float | None
    nmi: float | None
    perplexity: float | None

    def __str__(self) -> str:
        """Returns a table in Markdown with one row."""
        cells = {
            "topics": str(self.topics),
            "NPMI": _shown(self.npmi),
            "C_v": _shown(self.c_v),
            "diversity": _shown(self.diversity),
            "inverted RBO": _shown(self.inverted_rbo),
            "purity": _shown(self.purity),
            "NMI": _shown(self.nmi),
            "perplexity": _shown(self.perplexity, ".1f"),
        }
        rows = (cells, ["---"] * len(cells), cells.values())
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def topic_quality(
    top_words: Sequence[Sequence[str]],
    reference,
    vocabulary: Sequence[str],
    *,
    words: int = 10,
    texts: Sequence[Sequence[str]] | None = None,
    document_topics: np.ndarray | None = None,
    labels: Sequence[str] | None = None,
    perplexity: float | None = None,
) -> TopicQuality:
    """Measures topics, whatever model they come from.

    The coherences are gensim's. A pair of words of which one is in no reference
    document counts -1 for NPMI, and such a word counts 0 for C_v: otherwise a topic
    could only gain by listing words that nobody uses.

    Args:
        top_words: top words of each topic, best first; at least one topic.
        reference: `tf_vmfvae.data.Documents` in which the words are counted; usually
            the training documents.
        vocabulary: words of the reference documents; the id of a word is its index
            plus 1.
        words: int. Number of top words to look at; a topic that lists fewer is measured
            by those that it has.
        texts: the words of the reference documents in the order of the text, for C_v in
            gensim's sliding windows of 110 words. Without them, a window is a document.
        document_topics: shares of the topics in each labelled document,
            `[documents, topics]`; documents that the model was not fitted to tell most.
        labels: the label of each of these documents.
        perplexity: from `held_out_perplexity`, to be shown with the rest.

    Returns:
        The `TopicQuality`. There is no coherence if no topic has two words, no inverted
        RBO of a single topic, and no purity or NMI without labels.

    Raises:
        ValueError: there is no topic, one has no word or repeats a word, there is no
            reference document, or labels and shares do not fit to each other.

    Example:
    >>> import tf_vmfvae
    >>> rows = [[(1, 1), (2, 1)], [(1, 2), (2, 1)], [(3, 1), (4, 1)], [(3, 1)]]
    >>> documents = tf_vmfvae.data.Documents.from_rows(rows, list("ssww"))
    >>> quality = topic_quality(
    ...     [["ball", "goal"], ["rain", "snow"]],
    ...     documents,
    ...     ["ball", "goal", "rain", "snow"],
    ...     document_topics=np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.7, 0.3]]),
    ...     labels=documents.labels,
    ... )
    >>> quality.purity, quality.inverted_rbo, round(quality.npmi, 2)
    (0.75, 1.0, 0.75)
    """
    if words < 1 or words != int(words):
        raise ValueError(f"words is {words}: give a whole number of at least 1")
    topics = [list(topic)[: int(words)] for topic in top_words]
    _check_topics(topics)
    if not len(reference):
        raise ValueError("there is no reference document to count the words in")
    documents = document_texts(reference, vocabulary)
    if texts is not None and len(texts) != len(documents):
        raise ValueError(
            f"texts has {len(texts)} documents, but reference has {len(documents)}: "
            "give the same documents"
        )
    purity, nmi = _agreement(document_topics, labels, len(topics))
    return TopicQuality(
        topics=len(topics),
        words=max(map(len, topics)),
        npmi=_npmi(topics, documents),
        c_v=_c_v(topics, documents if texts is None else texts, texts is None),
        diversity=topic_diversity(topics),
        inverted_rbo=_inverted_rbo(topics),
        purity=purity,
        nmi=nmi,
        perplexity=None if perplexity is None else float(perplexity),
    )


def _check_topics(topics):
    if not topics:
        raise ValueError("top_words is empty: give the words of at least one topic")
    for number, topic in enumerate(topics):
        if not topic:
            raise ValueError(f"top_words[{number}] is empty: give at least one word")
        for word in topic:
            if topic.count(word) > 1:
                raise ValueError(
                    f"top_words[{number}] lists {word!r} twice: list each word once"
                )


def _npmi(topics, documents):
    def pairs(topic):
        return len(topic) * (len(topic) - 1) / 2

    topics, known = _with_two_words(topics, documents)
    if not topics:
        return None
    found = coherence_of_each(known, documents, "c_npmi", whole_documents=True)
    values = [
        (pairs(some) * value - (pairs(topic) - pairs(some))) / pairs(topic)
        for topic, some, value in zip(topics, known, found, strict=True)
    ]
    return float(np.mean(values))


def _c_v(topics, texts, whole_documents):
    topics, known = _with_two_words(topics, texts)
    if not topics:
        return None
    found = coherence_of_each(known, texts, "c_v", whole_documents)
    values = [
        value * len(some) / len(topic)
        for topic, some, value in zip(topics, known, found, strict=True)
    ]
    return float(np.mean(values))


def _with_two_words(topics, texts):
    """Returns the topics of two words or more, and their words that are in a text."""
    there = {word for text in texts for word in text}
    topics = [topic for topic in topics if len(topic) > 1]
    return topics, [[word for word in topic if word in there] for topic in topics]


def _inverted_rbo(topics):
    overlaps = [
        rank_biased_overlap(topic, other)
        for i, topic in enumerate(topics)
        for other in topics[:i]
    ]
    return 1 - float(np.mean(overlaps)) if overlaps else None


def _agreement(document_topics, labels, topics):
    """Returns the purity and the NMI of top topics and labels."""
    # Slow to import.
    from sklearn.metrics import normalized_mutual_info_score
    from sklearn.metrics.cluster import contingency_matrix

    if labels is None:
        return None, None
    if document_topics is None:
        raise ValueError("labels without document_topics: give both")
    shares, labels = np.asarray(document_topics), np.asarray(labels).astype(str)
    if shares.shape != (len(labels), topics):
        raise ValueError(
            f"document_topics has the shape {shares.shape}, but there are "
            f"{len(labels)} labels and {topics} topics: give the share of each topic "
            "in each labelled document"
        )
    if not len(labels) or not np.isfinite(shares).all():
        what = "is empty" if not len(labels) else "holds numbers that are not finite"
        raise ValueError(f"document_topics {what}: give shares of the topics")
    top = shares.argmax(axis=1)
    purity = contingency_matrix(labels, top).max(axis=0).sum() / len(labels)
    return float(purity), float(normalized_mutual_info_score(labels, top))


def _shown(value, form=".3f"):
    return "–" if value is None else format(value, form)  # noqa: RUF001
