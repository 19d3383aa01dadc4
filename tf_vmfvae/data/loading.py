"""Loads any corpus of sentences."""

import dataclasses
import os
import pathlib
from collections.abc import Callable, Sequence

from tf_vmfvae.data import embedded
from tf_vmfvae.data.sentences.corpus import Corpus
from tf_vmfvae.data.sentences.own_labels import describe_labels, number_labels
from tf_vmfvae.data.sentences.own_text import read_own_text
from tf_vmfvae.data.sentences.vocabulary import build_vocabulary, check_sizes
from tf_vmfvae.data.splits.held_out import SPLITS

DATASETS = ("embedded", "ptb", "yelp", "text")
# Words after which a sentence is cut; 50 for Yelp, as in the paper.
MAX_LENGTH, MAX_LENGTH_YELP = 100, 50


def load(
    dataset: str = "embedded",
    data_dir: str | None = None,
    *,
    vocabulary_size: int = 10_000,
    minimum_count: int | None = None,
    max_length: int | None = None,
    labels: str | os.PathLike | None = None,
    cache_dir: str | None = None,
    report: Callable[[str], object] | None = None,
) -> Corpus:
    """Loads a corpus of sentences.

    Args:
        dataset: "embedded", the corpus that comes with the library; "ptb", the Penn
            Treebank; "yelp", reviews of 2013, labelled with their stars minus one; or
            "text", the user's own sentences.
        data_dir: for "ptb", the folder that holds ptb/train.txt, ptb/valid.txt and
            ptb/test.txt; without it they are downloaded. For "yelp", the folder that
            holds yelp/train.txt, yelp/valid.txt and yelp/test.txt, or yelp/valid.txt
            alone, which is then cut in three; without it they are downloaded. For
            "text", a text file with one sentence per line, or a folder of such files
            (train.txt, valid.txt, test.txt).
        vocabulary_size: the largest number of entries of the vocabulary, including
            `<unk>` and `<eos>`.
        minimum_count: how often a word must occur in the training set to get an entry.
            By default 1, but 2 for "text": words seen once teach a model what to do
            with unknown words.
        max_length: words after which a sentence is cut, not counting `<eos>`. By
            default 100, but 50 for "yelp".
        labels: labels of the sentences. For "text", a text file whose lines are the
            labels of the lines of `data_dir`, or, if that is a folder, a folder that
            holds such a file under the name of each text file. For "embedded", what to
            label sentences by: "topic", "sentiment" or "tense", which takes seconds.
        cache_dir: for "text", a folder, which need not exist. The text is then encoded
            there once, and its sentences stay on disk (`StoredSentences`), so that it
            may be larger than memory. Their labels are numbers in arrays, 4 bytes each.
            By default sentences are in memory.
        report: called with a line before and after a text is encoded, which may take
            minutes: `print`, for example. By default nothing is said.

    Returns:
        The corpus. Its notes say what was cut or held out.

    Raises:
        ValueError: there is no such data set, its files are missing or unusable, or
            an argument is out of range; the message is one line and says what to do.
        OSError: `cache_dir` cannot be used or lacks room; likewise.

    >>> corpus = load("embedded")
    >>> len(corpus.train), len(corpus.validation), len(corpus.test)
    (20000, 2000, 2000)
    >>> corpus.vocabulary[:2], len(corpus.vocabulary)
    (['<unk>', '<eos>'], 500)
    """
    if labels is not None and dataset not in ("embedded", "text"):
        raise ValueError(
            f"labels is {labels}: dataset {dataset} brings its own labels or has none; "
            "leave it out"
        )
    if max_length is None:
        max_length = MAX_LENGTH_YELP if dataset == "yelp" else MAX_LENGTH
    if max_length < 1:
        raise ValueError(f"max_length is {max_length}: give at least 1")
    if minimum_count is None:
        minimum_count = 2 if dataset == "text" else 1
    check_sizes(vocabulary_size, minimum_count)
    if cache_dir is None:
        corpus = _cut(_read(dataset, data_dir, labels), max_length)
        vocabulary = build_vocabulary(corpus.train, vocabulary_size, minimum_count)
    elif dataset == "text":
        path = _named(data_dir)
        corpus = _read_from_disk(path, labels, cache_dir, max_length, report)
        lexicon = corpus.train.lexicon
        vocabulary = lexicon.vocabulary(vocabulary_size, minimum_count)
    else:
        raise ValueError(
            f"cache_dir is {cache_dir}: only dataset text is encoded there, not "
            f"{dataset}; leave it out"
        )
    if len(vocabulary) == len(build_vocabulary([])):
        raise ValueError(
            f"dataset {dataset}{f' in {data_dir}' if data_dir else ''}: no word occurs "
            f"{minimum_count} times in the training set; give more text (--data_dir), "
            "or a lower minimum_count to tf_vmfvae.data.load"
        )
    corpus = dataclasses.replace(corpus, vocabulary=vocabulary)
    if corpus.entropy is not None and _hides_words(corpus):
        corpus = dataclasses.replace(corpus, entropy=None)
    return corpus


def _read(dataset: str, data_dir: str | None, labels) -> Corpus:
    """Returns the corpus, still without a vocabulary."""
    if dataset == "embedded":
        return _read_embedded(labels)
    if dataset == "ptb":
        # TFDS takes a while to import.
        from tf_vmfvae.data.published.ptb.reading import read_ptb

        return Corpus(dataset, **read_ptb(data_dir), vocabulary=[])
    if dataset == "yelp":
        from tf_vmfvae.data.published.yelp.reading import read_yelp
        from tf_vmfvae.data.published.yelp.yelp_dataset_builder import NUM_LABELS

        splits, labels, notes = read_yelp(data_dir)
        return Corpus(
            dataset,
            **splits,
            vocabulary=[],
            notes=tuple(notes),
            labels=labels,
            num_labels=NUM_LABELS,
        )
    if dataset == "text":
        splits, names, notes = read_own_text(_named(data_dir), labels)
        corpus = Corpus(dataset, **splits, vocabulary=[], notes=tuple(notes))
        if names is None:
            return corpus
        return _labelled(corpus, names, pathlib.Path(labels))
    raise ValueError(f"dataset is {dataset!r}: choose one of {', '.join(DATASETS)}")


def _read_embedded(factor: str | None) -> Corpus:
    splits = {split: embedded.sentences(split) for split in SPLITS}
    corpus = Corpus("embedded", **splits, vocabulary=[], entropy=embedded.entropy())
    if factor is None:
        return corpus
    if factor not in embedded.READABLE:
        raise ValueError(
            f"labels is {factor!r}: choose one of {', '.join(embedded.READABLE)}"
        )
    read = getattr(embedded, factor)
    names = {split: [read(text) for text in own] for split, own in splits.items()}
    # That of a sentence whose label is known is lower.
    corpus = dataclasses.replace(corpus, entropy=None)
    return _labelled(corpus, names, factor)


def _labelled(corpus: Corpus, names: dict[str, list[str]], source) -> Corpus:
    """Returns the corpus with labels, whose names are given for each sentence."""
    return _numbered(corpus, *number_labels(names, source))


def _numbered(corpus: Corpus, names: Sequence[str], labels) -> Corpus:
    """Returns the corpus with numbered labels, and a note on their numbers."""
    return dataclasses.replace(
        corpus,
        labels=labels,
        num_labels=len(names),
        label_names=tuple(names),
        notes=(*corpus.notes, describe_labels(names)),
    )


def _named(data_dir):
    """Returns the path of the user's text, which has to be given."""
    if not data_dir:
        raise ValueError(
            "dataset text needs data_dir: a text file with one sentence per line, "
            "or a folder of such files"
        )
    return data_dir


def _read_from_disk(
    path: str, labels, cache_dir: str, max_length: int, report
) -> Corpus:
    """Returns the user's text, already cut, without a vocabulary."""
    # It locks files, which Python cannot do on Windows.
    from tf_vmfvae.data.sentences.text_cache import read_large_text

    text, notes = read_large_text(path, cache_dir, max_length, report, labels)
    corpus = Corpus("text", **text.splits, vocabulary=[], notes=tuple(notes))
    if text.labels is not None:
        corpus = _numbered(corpus, text.label_names, text.labels)
    total = sum(map(len, text.splits.values()))
    notes = (*corpus.notes, *_cut_notes(text.num_cut, total, max_length))
    return dataclasses.replace(corpus, notes=notes)


def _cut(corpus: Corpus, max_length: int) -> Corpus:
    """Returns the corpus with long sentences cut, and a note on how many there were."""
    num_cut, total, splits = 0, 0, {}
    for split in SPLITS:
        sentences = []
        for sentence in getattr(corpus, split):
            words = sentence.split()
            if len(words) > max_length:
                num_cut += 1
                sentence = " ".join(words[:max_length])
            sentences.append(sentence)
        total += len(sentences)
        splits[split] = sentences
    if not num_cut:
        return corpus
    notes = (*corpus.notes, *_cut_notes(num_cut, total, max_length))
    # The entropy of what is left is unknown.
    return dataclasses.replace(corpus, **splits, notes=notes, entropy=None)


def _cut_notes(num_cut, total, max_length):
    if not num_cut:
        return []
    return [f"{num_cut} of {total} sentences cut to {max_length} words"]


def _hides_words(corpus: Corpus) -> bool:
    """Whether a word of the text is missing from the vocabulary.

    A model then reads `<unk>` in its place: another text, whose entropy is unknown.
    """
    known = set(corpus.vocabulary)
    return any(
        not known.issuperset(sentence.split())
        for split in SPLITS
        for sentence in getattr(corpus, split)
    )
