"""One way in to every corpus of documents."""

import os
from collections.abc import Sequence

import numpy as np

from tf_vmfvae.data.documents.document_corpus import DocumentCorpus
from tf_vmfvae.data.documents.document_words import (
    build_document_vocabulary,
    count_words,
)
from tf_vmfvae.data.documents.documents import Documents
from tf_vmfvae.data.documents.held_out_groups import hold_out_groups
from tf_vmfvae.data.documents.own_documents import read_own_documents
from tf_vmfvae.data.embedded import DOCUMENT_SPLITS, documents

DOCUMENT_DATASETS = ("embedded", "20ng", "rcv1", "text")
# One document in so many goes to the validation part, and one to the test part.
HELD_OUT = 20
# What is held out does not change with the run's seed: runs compare.
HELD_OUT_SEED = 0

# texts and, where they are known, labels
Raw = tuple[list[str], list[str] | None]


def load_documents(
    dataset: str = "embedded",
    data_dir: str | os.PathLike | None = None,
    *,
    vocabulary_size: int | None = 2_000,
    minimum_documents: int = 1,
    stop_words: Sequence[str] | str | None = "english",
    labels: str | os.PathLike | None = None,
) -> DocumentCorpus:
    """Loads a corpus of documents.

    Args:
        dataset: "embedded", documents of the corpus that comes with the library;
            "20ng" and "rcv1", published bags of words; "text", the user's own raw
            documents.
        data_dir: for "20ng" and "rcv1", the folder that holds 20ng/train.feat and so
            on. For "text", a text file with a document a line, a folder of .txt files,
            or a folder of such folders, one a label.
        vocabulary_size: the largest number of words; None for no limit. Published
            corpora have a vocabulary of their own, and what follows is not for them.
        minimum_documents: in how many training documents a word must occur.
        stop_words: words to leave out; "english" for scikit-learn's list.
        labels: for "text" from a file, a text file with a label a line.

    Returns:
        The corpus. Validation documents are taken from the training part, never from
        the test part. Its notes say what was held out or left out.

    Raises:
        ValueError: there is no such data set, its files are missing or unusable, or
            nothing is left to train on; one line that says what to do.

    >>> corpus = load_documents("embedded")
    >>> len(corpus.train), len(corpus.validation), len(corpus.test)
    (4000, 400, 400)
    """
    if dataset not in DOCUMENT_DATASETS:
        choices = ", ".join(DOCUMENT_DATASETS)
        raise ValueError(f"dataset is {dataset!r}: choose one of {choices}")
    if dataset in ("20ng", "rcv1"):
        # TFDS takes a while to import.
        from tf_vmfvae.data.published.documents import read_published

        splits, vocabulary = read_published(dataset, data_dir)
        notes = []
    else:
        raw, notes = _read_raw(dataset, data_dir, labels)
        try:
            vocabulary = build_document_vocabulary(
                raw["train"][0], vocabulary_size, minimum_documents, stop_words
            )
        except ValueError as error:
            raise ValueError(f"{data_dir or dataset}: {error}") from None
        splits = {
            split: count_words(texts, vocabulary, names)
            for split, (texts, names) in raw.items()
        }
    where = f"dataset {dataset}" + (f" in {data_dir}" if data_dir else "")
    splits, empty = _leave_out_empty(splits, where)
    if "validation" not in splits:
        if len(splits["train"]) < 2:
            raise ValueError(
                f"{where}: the train part has 1 document with a known word, but at "
                "least 2 are needed, one of them for validation"
            )
        # A published test part is of a later time than the training part: documents
        # that are like it have no near-copies to learn by heart.
        splits["train"], splits["validation"], how = hold_out_groups(
            splits["train"], len(vocabulary), HELD_OUT, HELD_OUT_SEED
        )
        count = len(splits["validation"])
        empty.append(
            f"{count} documents of the training part are held out to validate: {how}"
        )
    return DocumentCorpus(
        name=dataset, vocabulary=vocabulary, notes=(*notes, *empty), **splits
    )


def _read_raw(dataset, data_dir, labels) -> tuple[dict[str, Raw], list[str]]:
    if dataset == "embedded":
        return {split: documents(split) for split in DOCUMENT_SPLITS}, []
    if not data_dir:
        raise ValueError(
            "dataset text needs data_dir: a text file, a document a line, or a folder "
            "of .txt files"
        )
    texts, names, notes = read_own_documents(data_dir, labels)
    if len(texts) < 3:
        raise ValueError(
            f"{data_dir} has {len(texts)} documents: it takes at least 3 to train, "
            "validate and test"
        )
    order = np.random.default_rng(HELD_OUT_SEED).permutation(len(texts))
    count = max(len(texts) // HELD_OUT, 1)
    parts = {
        "train": np.sort(order[2 * count :]),
        "validation": np.sort(order[:count]),
        "test": np.sort(order[count : 2 * count]),
    }
    raw = {
        split: ([texts[i] for i in rows], names and [names[i] for i in rows])
        for split, rows in parts.items()
    }
    return raw, [
        *notes,
        f"{data_dir}: {len(texts)} documents; {count} are held out to validate and "
        f"{count} to test",
    ]


def _leave_out_empty(
    splits: dict[str, Documents], where: str
) -> tuple[dict[str, Documents], list[str]]:
    """Takes out documents without a word; the second result says how many, if any."""
    kept, notes = {}, []
    for split, part in splits.items():
        full = np.diff(part.row_splits) > 0
        kept[split] = part if full.all() else part[full]
        if not full.any():
            raise ValueError(
                f"{where}: the {split} part has no document with a known word"
            )
        if not full.all():
            notes.append(
                f"{np.sum(~full)} of {len(part)} {split} documents have no known word "
                "and are left out"
            )
    return kept, notes
