"""Raw text to ids and back."""

import random
import unicodedata

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.layers import WordTokenizer


def expected_ids(vocabulary, text):
    """Returns the ids by the contract of `WordTokenizer`, in plain Python."""
    index = {unicodedata.normalize("NFC", word): i for i, word in enumerate(vocabulary)}
    ids = []
    for word in unicodedata.normalize("NFC", text).split():
        lower = unicodedata.normalize("NFC", word.lower())
        number = index.get(word, index.get(lower))
        ids.append(1 if number is None else number + 3)
    return [*ids, 2]


def random_words(rng, count):
    pools = [
        "abcABC",
        "éÉàçİ\u0131IẞßΣ\u03c3ς",
        "\u0301\u0323\u0308\u093f\u093e",
        "हिनदी한국ᄒ\u1161\u11ab",
        "Ω\u2126Å\u212b\u1fef'\u2019-_.1",
        [chr(rng.randrange(0x20, 0xD800)) for _ in range(300)],
    ]
    words = (
        "".join(rng.choice(rng.choice(pools)) for _ in range(rng.randrange(1, 5)))
        for _ in range(count)
    )
    return [word for word in words if word.split() == [word]]


@pytest.fixture(scope="module")
def random_tokenizer():
    """A tokenizer of random words, and texts of such words in many spellings."""
    rng = random.Random(3)
    words = random_words(rng, 4000)
    vocabulary = {}
    for word in words[::2]:
        vocabulary.setdefault(unicodedata.normalize("NFC", word), word)
    respell = (
        str,
        str.upper,
        str.lower,
        str.title,
        lambda word: unicodedata.normalize("NFC", word),
        lambda word: unicodedata.normalize("NFD", word),
        lambda word: unicodedata.normalize("NFD", word.upper()),
    )
    spaces = [c for c in map(chr, range(0x3001)) if c.isspace()]
    texts = [
        "".join(
            rng.choice(respell)(rng.choice(words)) + rng.choice(spaces)
            for _ in range(rng.randrange(6))
        )
        for _ in range(5000)
    ]
    vocabulary = list(vocabulary.values())
    return WordTokenizer(vocabulary), vocabulary, texts


def test_ids_follow_the_contract_for_random_text(random_tokenizer):
    tokenizer, vocabulary, texts = random_tokenizer
    expected = [expected_ids(vocabulary, text) for text in texts]

    assert tokenizer(texts).to_list() == expected
    assert 0.2 < np.mean([i != 1 for ids in expected for i in ids[:-1]]) < 0.8


def test_graphs_and_saved_models_give_the_same_ids(random_tokenizer, tmp_path):
    tokenizer, _, texts = random_tokenizer
    expected = tokenizer(texts).to_list()
    archive = keras.export.ExportArchive()
    archive.track(tokenizer)
    signature = [tf.TensorSpec([None], tf.string)]
    in_graph = tf.function(
        lambda texts: tokenizer(texts).to_tensor(), input_signature=signature
    )
    archive.add_endpoint("ids", in_graph)
    archive.write_out(str(tmp_path / "served"), verbose=False)
    served = tf.saved_model.load(str(tmp_path / "served"))
    mapped = tf.data.Dataset.from_tensor_slices(texts).batch(999).map(tokenizer)

    for ids in (in_graph(texts), served.ids(tf.constant(texts))):
        assert tf.RaggedTensor.from_tensor(ids, padding=0).to_list() == expected
    assert [row for ids in mapped for row in ids.to_list()] == expected


def test_entries_agree_with_ids(random_tokenizer):
    tokenizer, vocabulary, texts = random_tokenizer
    words = sorted({word for text in texts for word in text.split()})
    numbers = tokenizer(words).to_tensor()[:, 0].numpy()

    assert tokenizer.entries(words) == [
        None if number == 1 else vocabulary[number - 3] for number in numbers
    ]
    assert tokenizer.entries(["<unk>", "<eos>"]) == ["<unk>", "<eos>"]


def test_every_text_ends_in_eos_and_unknown_words_are_unk():
    ids = WordTokenizer(["a", "b"])(["b a", "", "c b"])

    assert ids.to_list() == [[4, 3, 2], [2], [1, 4, 2]]
    assert ids.dtype == tf.int32


def test_unk_in_the_text_is_the_same_entry_as_an_unknown_word():
    tokenizer = WordTokenizer(["<unk>", "a", "<eos>"])

    assert tokenizer(["<unk> zzz a"]).to_list() == [[1, 1, 3, 2]]
    assert tokenizer.vocabulary == ["<unk>", "<eos>", "a"]


def test_lower_case_is_only_tried_for_unknown_words():
    tokenizer = WordTokenizer(["N", "n", "ärger"])

    assert tokenizer(["N n ÄRGER"]).to_list() == [[3, 4, 5, 2]]


def test_any_length_of_white_space_separates_words():
    assert WordTokenizer(["a", "b"])(["  a\t b \n"]).to_list() == [[3, 4, 2]]


def test_unicode_white_space_separates_words():
    ids = WordTokenizer(["a", "b"])(["a\u00a0b", "a\u3000b\u2003a", "a\u2028\x1cb"])

    assert ids.to_list() == [[3, 4, 2], [3, 4, 3, 2], [3, 4, 2]]


def test_composed_and_decomposed_spellings_are_the_same_word():
    tokenizer = WordTokenizer(["\u00e9tude", "e\u0301te\u0301"])
    ids = tokenizer(["e\u0301tude \u00e9tude E\u0301TUDE \u00e9t\u00e9 \u00c9te\u0301"])

    assert ids.to_list() == [[3, 3, 3, 4, 4, 2]]
    assert tokenizer.vocabulary[2:] == ["\u00e9tude", "e\u0301te\u0301"]


@pytest.mark.parametrize(
    "words", [np.array(["a", "b"]), np.array(["a", "b"], object), iter(["a", b"b"])]
)
def test_a_vocabulary_may_be_an_array(words):
    tokenizer = WordTokenizer(words)

    assert tokenizer(np.array(["b a"])).to_list() == [[4, 3, 2]]
    assert tokenizer.get_config()["vocabulary"] == ["a", "b"]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("apple song", "texts is one string"),
        (["a", None], r"texts\[1\] is None"),
        ([b"\xff"], r"texts\[0\] is not UTF-8"),
    ],
)
def test_anything_but_a_list_of_texts_is_refused(texts, message):
    with pytest.raises(ValueError, match=message):
        WordTokenizer(["a"])(texts)


def test_a_single_text_in_a_graph_is_refused():
    with pytest.raises(ValueError, match=r"shape \(\): give a batch of texts"):
        tf.function(WordTokenizer(["a"])).get_concrete_function(
            tf.TensorSpec([], tf.string)
        )


def test_detokenizing_restores_the_texts():
    tokenizer = WordTokenizer(["profit", "rose", "."])
    texts = ["profit rose .", "rose", ""]

    assert tokenizer.detokenize(tokenizer(texts).to_tensor().numpy()) == texts


def test_a_configuration_makes_the_same_tokenizer():
    tokenizer = WordTokenizer(["a", "b"])
    copy = WordTokenizer.from_config(tokenizer.get_config())

    assert copy(["b c a"]).to_list() == tokenizer(["b c a"]).to_list()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a", "b", "a"], "'a' occurs twice"),
        (["\u00e9", "e\u0301"], "'\u00e9' occurs twice"),
        (["a\u3000b"], "is not a word"),
        ("apple", "vocabulary is one string"),
        (["a", None], r"vocabulary\[1\] is None"),
        ({"a": 0}, "vocabulary is a dict"),
        (["a b"], "'a b' is not a word"),
        ([""], "''"),
    ],
)
def test_an_invalid_vocabulary_is_refused(words, message):
    with pytest.raises(ValueError, match=message):
        WordTokenizer(words)
