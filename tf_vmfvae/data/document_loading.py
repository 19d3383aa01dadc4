"""Loads any corpus of documents."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence

from tf_vmfvae.data import embedded
from tf_vmfvae.data.documents.bag_of_words import (
    build_document_vocabulary,
    check_sizes,
    count_words,
    stop_word_set,
)
from tf_vmfvae.data.documents.document_corpus import DocumentCorpus
from tf_vmfvae.data.documents.documents import Documents
from tf_vmfvae.data.documents.given_vocabulary import (
    compare_coverage,
    notes_on_coverage,
    with_ids_of,
)
from tf_vmfvae.data.documents.held_out_groups import hold_out_groups
from tf_vmfvae.data.documents.octis_folder import read_octis_folder
from tf_vmfvae.data.documents.own_documents import (
    DocumentFiles,
    Labelled,
    find_own_documents,
    read_own_documents,
)
from tf_vmfvae.data.documents.stored_documents import StoredDocuments
from tf_vmfvae.data.splits.held_out import ONE_IN, SEED, SPLITS
from tf_vmfvae.text import as_vocabulary, normalize
from tf_vmfvae.text.document_words import document_words, listed_words

PUBLISHED = ("20ng", "rcv1")
DOCUMENT_DATASETS = ("embedded", *PUBLISHED, "octis", "text")


def load_documents(
    dataset: str = "embedded",
    data_dir: str | os.PathLike | None = None,
    *,
    vocabulary_size: int | None = 2_000,
    minimum_documents: int = 1,
    stop_words: Sequence[str] | str | None = "english",
    labels: str | os.PathLike | None = None,
    vocabulary: Sequence[str] | None = None,
    cache_dir: str | os.PathLike | None = None,
    report: Callable[[str], object] | None = None,
) -> DocumentCorpus:
    """Loads a corpus of documents.

    Args:
        dataset: "embedded", documents of the corpus that comes with the library;
            "20ng" or "rcv1", published bags of words; "octis", a folder as the topic
            modelling library OCTIS stores corpora; or "text", the user's own raw
            documents.
        data_dir: for "20ng" and "rcv1", the folder that holds 20ng/train.feat and so
            on. For "octis", the folder that holds corpus.tsv (in each line the words of
            a document, its split and its label, separated by tabs) and vocabulary.txt
            (one word per line). For "text", a text file with one document per line, a
            folder of .txt files, or a folder of such folders, one for each label.
        vocabulary_size: the largest number of words; None for no limit. Published
            corpora and OCTIS's folders come with a vocabulary, so this and the next two
            arguments have no effect on them.
        minimum_documents: number of training documents in which a word must occur.
        stop_words: words to leave out; "english" for scikit-learn's list.
        labels: for "text" from a file, a text file with one label per line.
        vocabulary: the words to count, such as those of a trained model, instead of
            words chosen from the training documents; then `vocabulary_size` and
            `minimum_documents` have no effect. A corpus that comes with a vocabulary
            must have the same words.
        cache_dir: for "text", a folder, which need not exist. The documents are then
            encoded there once and stay on disk (`StoredDocuments`), so that they may be
            larger than memory. By default they are in memory.
        report: called with a line before and after documents are encoded, which may
            take minutes: `print`, for example. By default nothing is said.

    Returns:
        The corpus. Validation documents are held out from the training set, never
        from the test set. Its notes say what was held out or left out.

    Raises:
        ValueError: there is no such data set, its files are missing or unusable, it has
            other words than `vocabulary`, or nothing is left to train on; the message
            is one line and says what to do.
        OSError: `cache_dir` cannot be used or lacks room; likewise.

    >>> corpus = load_documents("embedded")
    >>> len(corpus.train), len(corpus.validation), len(corpus.test)
    (4000, 400, 400)
    """
    if dataset not in DOCUMENT_DATASETS:
        choices = ", ".join(DOCUMENT_DATASETS)
        raise ValueError(f"dataset is {dataset!r}: choose one of {choices}")
    if labels is not None and dataset != "text":
        raise ValueError(
            f"labels: only dataset text takes a file of labels, and the dataset is "
            f"{dataset}: leave labels out"
        )
    if cache_dir is not None and dataset != "text":
        raise ValueError(
            f"cache_dir is {cache_dir}: only dataset text is encoded there, not "
            f"{dataset}; leave it out"
        )
    if vocabulary is not None:
        vocabulary = as_vocabulary(vocabulary)
    where = f"dataset {dataset}" + (f" in {data_dir}" if data_dir else "")
    choice = {
        "size": vocabulary_size,
        "minimum_documents": minimum_documents,
        "stop_words": stop_words,
    }
    if dataset in PUBLISHED:
        # TFDS takes a while to import.
        from tf_vmfvae.data.published.documents import read_published

        splits, words = read_published(dataset, data_dir)
        notes = []
    elif dataset == "octis":
        if not data_dir:
            raise ValueError(
                "dataset octis needs data_dir: a folder that holds corpus.tsv and "
                "vocabulary.txt"
            )
        splits, words, notes = read_octis_folder(data_dir)
    elif cache_dir is not None:
        documents = find_own_documents(_named(data_dir), labels)
        splits, words, notes = _read_from_disk(
            documents, choice, vocabulary, cache_dir, report, where
        )
    else:
        raw, notes = _read_raw(dataset, data_dir, labels)
        training = raw["train"][0]
        with _naming(where):
            if vocabulary is None:
                words = build_document_vocabulary(training, **choice)
            else:
                words = vocabulary
                notes += notes_on_coverage(training, words, stop_words)
        splits = {
            split: count_words(texts, words, names)
            for split, (texts, names) in raw.items()
        }
    for split in splits:
        splits[split], note = _without_empty(splits[split], split, where)
        notes += note
    if "validation" not in splits:
        if len(splits["train"]) < 2:
            raise ValueError(
                f"{where}: the training set has 1 document with a known word, but at "
                "least 2 are needed, one of them for validation"
            )
        # The test set of a published corpus is from a later time than its training
        # set. Single documents held out from the latter would have near-copies in it.
        splits["train"], splits["validation"], how = hold_out_groups(
            splits["train"], len(words), ONE_IN, SEED
        )
        count = len(splits["validation"])
        notes.append(f"{count} training documents are held out for validation: {how}")
    if vocabulary is not None:
        # Last, because which documents are held out depends on the ids.
        with _naming(where):
            splits, words = with_ids_of(vocabulary, words, splits), vocabulary
    return DocumentCorpus(name=dataset, vocabulary=words, notes=tuple(notes), **splits)


@contextlib.contextmanager
def _naming(where: str) -> Iterator[None]:
    """Names the data set in the message of a `ValueError`."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _read_raw(dataset, data_dir, labels) -> tuple[dict[str, Labelled], list[str]]:
    if dataset == "embedded":
        return {split: embedded.documents(split) for split in SPLITS}, []
    return read_own_documents(_named(data_dir), labels)


def _named(data_dir):
    """Returns the path of the user's documents, which has to be given."""
    if not data_dir:
        raise ValueError(
            "dataset text needs data_dir: a text file with one document per line, or a "
            "folder of .txt files"
        )
    return data_dir


def _read_from_disk(
    documents: DocumentFiles,
    choice: dict,
    vocabulary: list[str] | None,
    cache_dir: str | os.PathLike,
    report: Callable[[str], object] | None,
    where: str,
) -> tuple[dict[str, StoredDocuments], list[str], list[str]]:
    """Returns documents that stay on disk, their vocabulary, and notes.

    Args:
        documents: the files.
        choice: arguments of `build_document_vocabulary`.
        vocabulary: the given words, or None.
        cache_dir: as for `load_documents`.
        report: likewise.
        where: the data set, for messages.
    """
    # It locks files, which Python cannot do on Windows.
    from tf_vmfvae.data.documents.document_cache import read_large_documents

    stop_words = choice["stop_words"]
    with _naming(where):
        # Before the documents are read, which may take minutes.
        check_sizes(choice["size"], choice["minimum_documents"])
        stop_word_set(stop_words)
        listed_words([normalize(word) for word in vocabulary or ()])
    labels = documents.labels()
    if documents.labels_file is not None:
        documents.check_labels(labels, documents.count())
    found, notes = read_large_documents(documents, cache_dir, report=report)
    lexicon = found.lexicon
    with _naming(where):
        if vocabulary is None:
            words = lexicon.vocabulary(**choice)
        else:
            words = vocabulary
            own = lexicon.vocabulary(len(words), stop_words=stop_words)
    known = [normalize(word) for word in words]
    if listed_words(known) is not document_words:
        # They count as in `count_words` only if they are looked for.
        found, more = read_large_documents(documents, cache_dir, known, report)
        notes += [note for note in more if note not in notes]
    if vocabulary is not None:
        covered, coverable = found.lexicon.count(known), lexicon.count(own)
        with _naming(where):
            notes += compare_coverage(covered, coverable, len(own))
    return found.splits(known, labels), words, [*documents.notes, *notes]


def _without_empty(
    documents: Documents | StoredDocuments, split: str, where: str
) -> tuple[Documents | StoredDocuments, list[str]]:
    """Returns the documents that have a word, and a note if there are others."""
    part = "training" if split == "train" else split
    full = documents.lengths > 0
    if not full.any():
        raise ValueError(f"{where}: the {part} set has no document with a known word")
    if full.all():
        return documents, []
    note = (
        f"{(~full).sum()} of {len(full)} {part} documents have no known word and are "
        "left out"
    )
    if isinstance(documents, StoredDocuments):
        return documents.select(full), [note]
    return documents[full], [note]
