"""Fingerprints of the text that a run reads, which flags.json keeps.

The fingerprint of one part of it is a dictionary: `"count"` says how many examples or
words it has, and `"hash"` depends on everything that the model reads of them. It does
not depend on where the files are, and it is the same on every machine.
"""

import hashlib
import itertools
import json
from collections.abc import Iterable
from pathlib import Path

from tf_vmfvae.data import Corpus, Documents, StoredDocuments, StoredSentences
from tf_vmfvae.data.files.text_digest import text_digest
from trainers.storage.metrics_file import SPLITS

Part = dict[str, int | str]


def of_corpus(corpus) -> dict[str, Part]:
    """Returns the fingerprints of a corpus, by part.

    Args:
        corpus: a `Corpus` or a `DocumentCorpus`.

    Returns:
        Those of `"vocabulary"`, of each split and of `"labels"`, even if there are
        none.

    >>> corpus = Corpus("tiny", ["a b"], ["b"], ["a"], ["<unk>", "<eos>", "a", "b"])
    >>> parts = of_corpus(corpus)
    >>> list(parts), parts["train"]["count"]
    (['vocabulary', 'train', 'validation', 'test', 'labels'], 1)
    """
    of_split = of_texts if isinstance(corpus, Corpus) else of_documents
    labels = [_labels(corpus, split) for split in SPLITS]
    return {
        "vocabulary": of_texts(corpus.vocabulary),
        **{split: of_split(getattr(corpus, split)) for split in SPLITS},
        # The hash is of one list per split, so that a label which moves from one split
        # to the next changes it.
        "labels": {"count": sum(map(len, labels)), "hash": of_value(labels)["hash"]},
    }


def of_texts(texts: Iterable[str]) -> Part:
    r"""Returns the fingerprint of sentences or words without line ends.

    >>> of_texts(["a b", "c"])["count"]
    2
    >>> of_texts(["a", "b c"]) == of_texts(["a b", "c"])
    False
    """
    if isinstance(texts, StoredSentences) and texts.digest:
        return {"count": len(texts), "hash": texts.digest}
    count, digest = text_digest(texts)
    return {"count": count, "hash": digest}


def of_documents(documents: Documents | StoredDocuments) -> Part:
    """Returns the fingerprint of bags of words."""
    row_splits = documents.row_splits.astype("<i8").tobytes()
    parts = (part.pairs.astype("<i4").tobytes() for part in documents.parts())
    return _part(len(documents), itertools.chain([row_splits], parts))


def of_file(file: Path) -> Part:
    """Returns the fingerprint of a file's bytes; `"count"` is their number."""
    content = Path(file).read_bytes()
    return _part(len(content), [content])


def of_value(value) -> Part:
    """Returns the fingerprint of anything that JSON can hold."""
    return of_texts([json.dumps(value, sort_keys=True)])


def _labels(corpus, split) -> list[str]:
    if isinstance(corpus, Corpus):
        labels = corpus.labels and corpus.labels[split]
        if labels and corpus.label_names:
            labels = [corpus.label_names[label] for label in labels]
    else:
        labels = getattr(corpus, split).labels
    return [] if labels is None else [str(label) for label in labels]


def _part(count: int, contents: Iterable[bytes]) -> Part:
    digest = hashlib.blake2b(digest_size=16)
    for content in contents:
        digest.update(content)
    return {"count": count, "hash": digest.hexdigest()}
