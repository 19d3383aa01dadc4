"""The topics of a trained document model and how good they are, found and written."""

import csv
import dataclasses
import json
import math
from pathlib import Path

import numpy as np

from tf_vmfvae import TopicModel, evaluation
from tf_vmfvae.evaluation.topic_page import topic_page
from trainers.storage.atomic_file import atomic_file
from trainers.storage.metrics_file import SPLITS

TOPICS = "topics.json"
DOCUMENT_TOPICS = "document_topics.csv"
PAGE = "topics.html"
# Documents that the coherence is counted in, and that labels are learned from and
# predicted for: enough for two digits.
MEASURED = 10_000
# Documents that are encoded and written at once.
BLOCK = 10_000


@dataclasses.dataclass(frozen=True)
class DocumentResults:
    """What a document model finds in its corpus.

    Attributes:
        topics: topics of the training documents.
        quality: their quality. The coherences are measured on training documents,
            purity and NMI on the test documents.
        labels: how well codes predict the labels of test documents; `None` if the
            training documents have no labels or all the same one.
    """

    topics: evaluation.Topics
    quality: evaluation.TopicQuality
    labels: dict[str, evaluation.LabelAccuracy] | None


def find_results(model, corpus, topics: int) -> DocumentResults:
    """Finds and measures the topics, and predicts the labels.

    Args:
        model: the best model, which has a code.
        corpus: the `tf_vmfvae.data.DocumentCorpus` that it was trained on.
        topics: number of topics; at most one for each training document is found.
    """
    train, test = corpus.train, corpus.test
    found = evaluation.find_topics(model, train, min(topics, len(train)))
    labelled = test.labels is not None
    quality = evaluation.topic_quality(
        found.top_words,
        train[:MEASURED],
        corpus.vocabulary,
        document_topics=_shares(found, model, test) if labelled else None,
        labels=test.labels,
    )
    labels = None
    if train.labels is not None and len(np.unique(train.labels)) > 1:
        labels = evaluation.label_table(model, train[:MEASURED], test[:MEASURED])
    return DocumentResults(found, quality, labels)


def figures(results: DocumentResults) -> dict:
    """Returns the results' part of metrics.json."""
    found = {"topics": _quality(results)}
    if results.labels is not None:
        found["labels"] = {
            name: accuracy.as_dict() for name, accuracy in results.labels.items()
        }
    return found


def write_topics(folder: Path, results: DocumentResults, model, corpus) -> str | None:
    """Writes topics.json, document_topics.csv, topic_model.json and topics.html.

    The last two are left out if `TopicModel` cannot read the model, or no page can be
    made.

    Args:
        folder: the run folder.
        results: what `find_results` found.
        model: the model.
        corpus: the corpus.

    Returns:
        Why there is no topics.html, or `None` if it was written.

    Raises:
        OSError: if a file cannot be written.
    """
    found = results.topics
    # Words are written as they are, for people to read.
    content = json.dumps(
        _description(results, model, corpus), indent=2, ensure_ascii=False
    )
    with atomic_file(folder / TOPICS) as partial:
        partial.write_text(content + "\n", encoding="utf-8")
    with (
        atomic_file(folder / DOCUMENT_TOPICS) as partial,
        # The name of a folder, which may be a label, need not be UTF-8.
        partial.open("w", encoding="utf-8", errors="surrogateescape", newline="") as to,
    ):
        tokens = _write_shares(
            csv.writer(to, lineterminator="\n"), found, model, corpus
        )
    if found.mixture is not None:
        TopicModel.from_topics(model, found).add_to_preset(folder)
    try:
        page = topic_page(found.probabilities, tokens, model.vocabulary)
    except (ImportError, ValueError) as error:
        return f"no {PAGE}: {error}"
    with atomic_file(folder / PAGE) as partial:
        partial.write_text(page, encoding="utf-8")
    return None


def _description(results, model, corpus):
    found = results.topics
    column = {word: i for i, word in enumerate(model.vocabulary)}
    train, test = len(corpus.train), len(corpus.test)
    measured_on = {
        "topics": {"split": "train", "documents": train},
        "coherence": {"split": "train", "documents": min(train, MEASURED)},
    }
    if corpus.test.labels is not None:
        measured_on["labels"] = {"split": "test", "documents": test}
    return {
        "topics": [
            {
                "topic": topic,
                "size": int(found.sizes[topic]),
                "share": float(found.weights[topic]),
                "coefficients": found.coefficients[topic].tolist(),
                "intercept": float(found.intercepts[topic]),
                "words": [
                    {"word": word, "weight": float(weights[column[word]])}
                    for word in found.top_words[topic]
                ],
            }
            for topic, weights in enumerate(found.probabilities)
        ],
        "quality": _quality(results),
        "measured_on": measured_on,
    }


def _quality(results):
    """Returns the quality, with `None` for what could not be measured."""
    values = results.quality.as_dict()
    # The perplexity of the model is among the bounds.
    del values["perplexity"]
    return {
        name: None if value is None or not math.isfinite(value) else value
        for name, value in values.items()
    }


def _write_shares(rows, found, model, corpus):
    """Writes each document's topics; returns how many training words each topic has."""
    topics = range(len(found.sizes))
    rows.writerow(["split", "index", "label", "topic", *map("share_{}".format, topics)])
    tokens = np.zeros(len(topics))
    for split in SPLITS:
        documents = getattr(corpus, split)
        for start in range(0, len(documents), BLOCK):
            block = documents[start : start + BLOCK]
            shares = _shares(found, model, block)
            rows.writerows(_rows(split, start, block.labels, shares))
            if split == "train":
                tokens += block.num_words @ shares
    return tokens


def _rows(split, start, labels, shares):
    for i, share in enumerate(shares):
        label = "" if labels is None else labels[i]
        yield [split, start + i, label, share.argmax(), *share.round(6).tolist()]


def _shares(found, model, documents):
    """Returns the distribution over topics of each document."""
    shares = found.shares(model.encode(documents))
    # A document without a known word says nothing about its topics.
    shares[documents.lengths == 0] = found.weights
    return shares
