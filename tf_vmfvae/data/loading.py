"""One way in to every corpus."""

import dataclasses

from tf_vmfvae.data import embedded
from tf_vmfvae.data.sentences.corpus import Corpus
from tf_vmfvae.data.sentences.own_text import read_splits
from tf_vmfvae.data.sentences.vocabulary import build_vocabulary, check_sizes

DATASETS = ("embedded", "ptb", "yelp", "text")
# Words after which a sentence is cut. The paper cut Yelp's reviews so.
MAX_LENGTH = {"yelp": 50}


def load(
    dataset: str = "embedded",
    data_dir: str | None = None,
    *,
    vocabulary_size: int = 10_000,
    minimum_count: int | None = None,
    max_length: int | None = None,
) -> Corpus:
    """Loads a corpus.

    Args:
        dataset: "embedded", the corpus that comes with the library; "ptb", the Penn
            Treebank; "yelp", reviews of 2013 with their stars less one as labels;
            "text", the user's own sentences.
        data_dir: for "ptb", the folder that holds ptb/train.txt, ptb/valid.txt and
            ptb/test.txt; without it they are downloaded. For "yelp", the folder that
            holds yelp/train.txt and so on, or yelp/valid.txt alone, which is then cut
            in three. For "text", a text file with one sentence a line, or a folder of
            them (train.txt, valid.txt, test.txt).
        vocabulary_size: the largest number of entries of the vocabulary, `<unk>` and
            `<eos>` included.
        minimum_count: how often a word must occur in the training part to get an entry.
            By default 1, but 2 for "text": words seen once show a model what an unknown
            word looks like.
        max_length: words after which a sentence is cut, `<eos>` not counted. By
            default 100, but 50 for "yelp".

    Returns:
        The corpus. Its notes say what was cut or held out.

    Raises:
        ValueError: there is no such data set, its files are missing or unusable, or
            an argument is out of its range; one line that says what to do.

    >>> corpus = load("embedded")
    >>> len(corpus.train), len(corpus.validation), len(corpus.test)
    (20000, 2000, 2000)
    >>> corpus.vocabulary[:2], len(corpus.vocabulary)
    (['<unk>', '<eos>'], 500)
    """
    if max_length is None:
        max_length = MAX_LENGTH.get(dataset, 100)
    if max_length < 1:
        raise ValueError(f"max_length is {max_length}: give at least 1")
    if minimum_count is None:
        minimum_count = 2 if dataset == "text" else 1
    check_sizes(vocabulary_size, minimum_count)
    found = _read(dataset, data_dir)
    splits, cut = _cut(found.splits, max_length)
    vocabulary = build_vocabulary(splits["train"], vocabulary_size, minimum_count)
    if len(vocabulary) == len(build_vocabulary([])):
        raise ValueError(
            f"{data_dir or f'dataset {dataset}'}: no word occurs {minimum_count} times "
            "in the training part: give more text (--data_dir), or a lower "
            "minimum_count to tf_vmfvae.data.load"
        )
    return Corpus(
        name=dataset,
        train=splits["train"],
        validation=splits["validation"],
        test=splits["test"],
        vocabulary=vocabulary,
        # What is cut, or hidden as <unk>, is another text, whose entropy nobody knows.
        entropy=None if cut or _hides_words(splits, vocabulary) else found.entropy,
        notes=(*found.notes, *cut),
        labels=found.labels,
        num_labels=found.num_labels,
    )


@dataclasses.dataclass(frozen=True)
class _Found:
    """What a corpus's own reader knows of it, see `Corpus`."""

    splits: dict[str, list[str]]
    entropy: float | None = None
    notes: tuple[str, ...] = ()
    labels: dict[str, list[int]] | None = None
    num_labels: int | None = None


def _read(dataset: str, data_dir: str | None) -> _Found:
    if dataset == "embedded":
        splits = {split: embedded.sentences(split) for split in embedded.SPLITS}
        return _Found(splits, embedded.entropy())
    if dataset == "ptb":
        # TFDS takes a while to import.
        from tf_vmfvae.data.published.ptb.reading import read_ptb

        return _Found(read_ptb(data_dir))
    if dataset == "yelp":
        from tf_vmfvae.data.published.yelp.reading import NUM_LABELS, read_yelp

        splits, labels, notes = read_yelp(data_dir)
        return _Found(splits, None, tuple(notes), labels, NUM_LABELS)
    if dataset == "text":
        if not data_dir:
            raise ValueError(
                "dataset text needs data_dir: a text file, one sentence a line, or a "
                "folder of them"
            )
        splits, notes = read_splits(data_dir)
        return _Found(splits, None, tuple(notes))
    raise ValueError(f"dataset is {dataset!r}: choose one of {', '.join(DATASETS)}")


def _hides_words(splits: dict[str, list[str]], vocabulary: list[str]) -> bool:
    """Whether a word of the text is not in the vocabulary."""
    known = set(vocabulary)
    return any(
        not known.issuperset(sentence.split())
        for sentences in splits.values()
        for sentence in sentences
    )


def _cut(
    splits: dict[str, list[str]], max_length: int
) -> tuple[dict[str, list[str]], list[str]]:
    """Cuts long sentences; the second result says how many, if any."""
    num_cut = 0
    shortened = {}
    for split, sentences in splits.items():
        shortened[split] = []
        for sentence in sentences:
            words = sentence.split()
            if len(words) > max_length:
                num_cut += 1
                sentence = " ".join(words[:max_length])
            shortened[split].append(sentence)
    if not num_cut:
        return splits, []
    total = sum(len(sentences) for sentences in splits.values())
    return shortened, [f"{num_cut} of {total} sentences cut to {max_length} words"]
