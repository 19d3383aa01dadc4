"""Raw text to ids and back."""

import pytest
import tensorflow as tf

from tf_vmfvae.layers import WordTokenizer


def test_every_text_ends_in_eos_and_unknown_words_are_unk():
    ids = WordTokenizer(["a", "b"])(["b a", "", "c b"])

    assert ids.to_list() == [[4, 3, 2], [2], [1, 4, 2]]
    assert ids.dtype == tf.int32


def test_unk_in_the_text_is_the_same_entry_as_an_unknown_word():
    tokenizer = WordTokenizer(["<unk>", "a", "<eos>"])

    assert tokenizer(["<unk> zzz a"]).to_list() == [[1, 1, 3, 2]]
    assert tokenizer.vocabulary == ["<unk>", "<eos>", "a"]


def test_a_word_is_taken_as_it_is_before_it_is_taken_in_lower_case():
    tokenizer = WordTokenizer(["N", "n", "ärger"])

    assert tokenizer(["N n ÄRGER"]).to_list() == [[3, 4, 5, 2]]


def test_white_space_of_any_kind_and_length_parts_words():
    assert WordTokenizer(["a", "b"])(["  a\t b \n"]).to_list() == [[3, 4, 2]]


def test_text_survives_the_way_there_and_back():
    tokenizer = WordTokenizer(["profit", "rose", "."])
    texts = ["profit rose .", "rose", ""]

    assert tokenizer.detokenize(tokenizer(texts).to_tensor().numpy()) == texts


def test_config_makes_the_same_tokenizer():
    tokenizer = WordTokenizer(["a", "b"])
    copy = WordTokenizer.from_config(tokenizer.get_config())

    assert copy(["b c a"]).to_list() == tokenizer(["b c a"]).to_list()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a", "b", "a"], "'a' occurs twice"),
        (["a b"], "'a b' is no word"),
        ([""], "''"),
    ],
)
def test_a_bad_vocabulary_is_named(words, message):
    with pytest.raises(ValueError, match=message):
        WordTokenizer(words)
