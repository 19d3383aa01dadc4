"""Fingerprints of the text that a run reads, which flags.json keeps.

That of a part is a dictionary of `"count"`, how many examples or words it has, and
`"hash"`, of what the model reads of them. It says nothing of where the files lie, and
it is the same on every machine.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from tf_vmfvae.data import Corpus, Documents

SPLITS = ("train", "validation", "test")
# Sentences that are hashed together.
CHUNK = 10_000

Part = dict[str, int | str]


def of_corpus(corpus) -> dict[str, Part]:
    """Returns the parts of a corpus, by name.

    Args:
        corpus: a `Corpus` or a `DocumentCorpus`.

    Returns:
        `"vocabulary"`, each split and `"labels"`, of which there may be none.

    >>> corpus = Corpus("tiny", ["a b"], ["b"], ["a"], ["<unk>", "<eos>", "a", "b"])
    >>> parts = of_corpus(corpus)
    >>> list(parts), parts["train"]["count"]
    (['vocabulary', 'train', 'validation', 'test', 'labels'], 1)
    """
    parts = {"vocabulary": of_texts(corpus.vocabulary)}
    of_split = of_texts if isinstance(corpus, Corpus) else of_documents
    for split in SPLITS:
        parts[split] = of_split(getattr(corpus, split))
    labels = _labels(corpus)
    parts["labels"] = {
        # That none slips from one split into the next shows in the hash.
        "count": sum(map(len, labels)),
        "hash": of_value(labels)["hash"],
    }
    return parts


def of_texts(texts: Iterable[str]) -> Part:
    r"""Returns the fingerprint of sentences or words, none of which has a line end.

    >>> of_texts(["a b", "c"])["count"]
    2
    >>> of_texts(["a", "b c"]) == of_texts(["a b", "c"])
    False
    """
    texts = list(texts)
    digest = _digest()
    for start in range(0, len(texts), CHUNK):
        chunk = "\n".join(texts[start : start + CHUNK]) + "\n"
        # Half a character of two, which a file's reader never gives, can be hashed too.
        digest.update(chunk.encode("utf-8", "surrogatepass"))
    return {"count": len(texts), "hash": digest.hexdigest()}


def of_documents(documents: Documents) -> Part:
    """Returns the fingerprint of bags of words."""
    digest = _digest()
    digest.update(documents.row_splits.astype("<i8").tobytes())
    digest.update(documents.pairs.astype("<i4").tobytes())
    return {"count": len(documents), "hash": digest.hexdigest()}


def of_file(file: Path) -> Part:
    """Returns the fingerprint of a file's bytes, of which there are `"count"`."""
    content = Path(file).read_bytes()
    digest = _digest()
    digest.update(content)
    return {"count": len(content), "hash": digest.hexdigest()}


def of_value(value) -> Part:
    """Returns the fingerprint of anything that JSON can hold."""
    return of_texts([json.dumps(value, sort_keys=True)])


def _labels(corpus) -> list[list[str]]:
    """The labels of each split."""
    found = []
    for split in SPLITS:
        if isinstance(corpus, Corpus):
            labels = corpus.labels and corpus.labels[split]
        else:
            labels = getattr(corpus, split).labels
        found.append([] if labels is None else [str(label) for label in labels])
    return found


def _digest():
    return hashlib.blake2b(digest_size=16)
