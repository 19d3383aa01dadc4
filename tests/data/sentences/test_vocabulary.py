import pytest

from tf_vmfvae import data


def test_words_with_the_same_frequency_are_in_alphabetical_order():
    sentences = ["b a", "c a"]
    assert data.build_vocabulary(sentences) == ["<unk>", "<eos>", "a", "b", "c"]
    assert data.build_vocabulary(reversed(sentences))[2:] == ["a", "b", "c"]


def test_reserved_words_in_the_text_have_one_entry_each():
    sentences = ["<unk> a <eos>", "<unk> <unk> b"]
    assert data.build_vocabulary(sentences) == ["<unk>", "<eos>", "a", "b"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sentences": "a b"}, "sentences is one string"),
        ({"sentences": ["a"], "size": 2}, "vocabulary size is 2: give at least 3"),
        ({"sentences": ["a"], "minimum_count": 0}, "minimum_count is 0"),
    ],
)
def test_an_argument_out_of_range_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        data.build_vocabulary(**arguments)
