"""Fingerprints of the text that a run reads, which flags.json keeps.

The fingerprint of one part of it is a dictionary: `"count"` says how many examples or
words it has, and `"hash"` depends on everything that the model reads of them. It does
not depend on where the files are, and it is the same on every machine.
"""

import functools
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tf_vmfvae.data import Corpus, Documents, StoredDocuments, StoredSentences
from tf_vmfvae.data.files.text_digest import CHUNK, text_digest
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
    return {
        "vocabulary": of_texts(corpus.vocabulary),
        **{split: of_split(getattr(corpus, split)) for split in SPLITS},
        "labels": _of_labels(corpus),
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


def _of_labels(corpus) -> Part:
    # The hash is of one list per split, so that a label which moves from one split to
    # the next changes it.
    labels = [_labels(corpus, split) for split in SPLITS]
    names = corpus.label_names if isinstance(corpus, Corpus) else None

    # Labels are few, but there may be millions of sentences.
    @functools.lru_cache(maxsize=None, typed=True)
    def spell(label):
        return json.dumps(str(names[label] if names else label))

    contents = (text.encode() for text in _as_json(labels, spell))
    return _part(sum(map(len, labels)), contents)


def _labels(corpus, split) -> Sequence:
    if isinstance(corpus, Corpus):
        labels = corpus.labels and corpus.labels[split]
    else:
        labels = getattr(corpus, split).labels
    return [] if labels is None else labels


def _as_json(lists: Iterable[Sequence], spell) -> Iterator[str]:
    """Yields, piece by piece, what `of_value` hashes of some lists.

    Args:
        lists: the lists, of which never more than a piece is in memory as text.
        spell: a function from an element to its JSON.
    """
    for place, elements in enumerate(lists):
        yield ", [" if place else "[["
        for start in range(0, len(elements), CHUNK):
            yield ", " if start else ""
            yield ", ".join(map(spell, elements[start : start + CHUNK]))
        yield "]"
    yield "]\n"


def _part(count: int, contents: Iterable[bytes]) -> Part:
    digest = hashlib.blake2b(digest_size=16)
    for content in contents:
        digest.update(content)
    return {"count": count, "hash": digest.hexdigest()}
