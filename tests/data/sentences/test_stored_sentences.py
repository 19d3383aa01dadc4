import numpy as np
import pytest

from tf_vmfvae import data, layers
from tf_vmfvae.data.sentences.lexicon import Lexicon
from trainers.storage import fingerprint

# Of several lengths and spellings, with unknown words, `<unk>`, an empty line, white
# space of all kinds, accents in two encodings, a long sentence and a repeated one.
LINES = [
    "the cat sees it",
    "  The\tcat\u00a0sees <unk> \r",
    "",
    "cafe\u0301 caf\u00e9 Caf\u00c9",
    "a b c d e f g h",
    "the cat sees it <eos>",
    *(f"word{i % 7} the a b{i}" for i in range(40)),
    *(f"the {'a ' * (i % 5)}b" for i in range(40)),
]


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(("\ufeff" + "\n".join(LINES)).encode())
    return path


@pytest.fixture
def both(text, tmp_path):
    """The same corpus in memory and on disk."""
    options = {"max_length": 5, "vocabulary_size": 12}
    stored = data.load("text", text, cache_dir=tmp_path / "cache", **options)
    return data.load("text", text, **options), stored


def test_a_text_on_disk_is_the_same_corpus_as_in_memory(both):
    in_memory, stored = both
    for split in ("train", "validation", "test"):
        expected, found = getattr(in_memory, split), getattr(stored, split)
        assert isinstance(found, data.StoredSentences)
        assert len(found) == len(expected)
        assert list(found) == expected
    assert stored.vocabulary == in_memory.vocabulary
    assert set(in_memory.notes) < set(stored.notes)
    assert fingerprint.of_corpus(stored) == fingerprint.of_corpus(in_memory)


@pytest.mark.parametrize(
    "index", [0, -1, 7, slice(3), slice(None), slice(5, 1, -2), slice(900, None)]
)
def test_sentences_on_disk_are_indexed_like_a_list(both, index):
    in_memory, stored = both
    assert stored.train[index] == in_memory.train[index]


def test_an_index_out_of_range_is_an_error(both):
    with pytest.raises(IndexError):
        both[1].train[len(both[1].train)]


@pytest.mark.parametrize("files", [("train", "valid"), ("train", "dev", "test"), "ab"])
def test_a_folder_is_split_as_in_memory(tmp_path, files):
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, name in enumerate(files):
        lines = [f"{name} the {i}" for i in range(25 + number)]
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")
    in_memory = data.load("text", folder)
    stored = data.load("text", folder, cache_dir=tmp_path / "cache")
    assert fingerprint.of_corpus(stored) == fingerprint.of_corpus(in_memory)
    assert set(in_memory.notes) < set(stored.notes)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("split", ["train", "test"])
def test_batches_from_disk_are_those_from_memory(both, split, shuffle):
    in_memory, stored = (getattr(corpus, split) for corpus in both)
    tokenizer = layers.WordTokenizer(both[0].vocabulary)
    options = {"batch_size": 8, "buckets": 3, "shuffle": shuffle, "seed": 3}
    expected = data.Batches(tokenizer(in_memory), **options)
    found = data.Batches(stored.to_ids(tokenizer), **options)
    for name in ("num_words", "padding_share", "bucket_lengths", "num_examples"):
        assert getattr(found, name) == getattr(expected, name)
    for choose in (
        lambda batches: batches.dataset(0),
        lambda batches: batches.dataset(2, start=1, epochs=2),
        lambda batches: batches.sample(3, seed=1).dataset(),
    ):
        assert as_lists(choose(found)) == as_lists(choose(expected))


def test_synthetic_sentences_go_with_those_on_disk(both):
    tokenizer = layers.WordTokenizer(both[0].vocabulary)
    # One of them is longer than all of the corpus.
    synthetic = tokenizer(["the a a b", "b a the a", "b b", "a " * 99])
    expected, found = (
        data.AugmentedBatches(ids, synthetic, 0.5, batch_size=8, seed=3)
        for ids in (tokenizer(both[0].train), both[1].train.to_ids(tokenizer))
    )
    assert found.padding_share == expected.padding_share
    for epoch in range(2):
        assert as_lists(found.dataset(epoch)) == as_lists(expected.dataset(epoch))


def test_the_ids_are_those_of_the_tokenizer_that_is_given(both):
    _, stored = both
    for vocabulary in (["the", "cat"], ["cat"], both[0].vocabulary):
        tokenizer = layers.WordTokenizer(vocabulary)
        ids = stored.train.to_ids(tokenizer)
        expected = tokenizer(stored.train[:4]).to_list()
        for row, words in enumerate(expected):
            [found] = ids.padded(np.array([row]), len(words)).tolist()
            assert found == words


@pytest.mark.parametrize(
    "known",
    [
        ["US", "stra\u00dfe", "\u03b1\u03c2", "i\u0307", "\u01c6", "e\u0301"],
        ["us", "<unk>"],
    ],
)
def test_every_word_of_the_lexicon_has_the_id_that_the_tokenizer_gives_it(known):
    words = [
        "<eos>",
        "<unk>",
        "us",
        "US",
        "Us",
        "uS",
        "\u0130",
        "I",
        "i",
        "\u00e9",
        "E",
    ]
    words += [
        "stra\u00dfe",
        "STRASSE",
        "Stra\u00dfe",
        "\u03b1\u03c2",
        "\u0391\u03a3",
        "\u0391\u03c3",
    ]
    words += ["\u01c5", "\u01c4", "\u01c6", "\u00c9"]
    tokenizer = layers.WordTokenizer(known)
    ids = Lexicon(words).ids(tokenizer)
    assert [[number, 2] for number in ids.tolist()] == tokenizer(words).to_list()
    assert len(set(ids.tolist())) > 2


def as_lists(dataset):
    return [batch.numpy().tolist() for batch in dataset]
