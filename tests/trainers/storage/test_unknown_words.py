"""Unknown words are counted in the form in which the tokenizer reads them."""

import types

import numpy as np
import pytest

from tf_vmfvae import layers
from trainers.cli.errors import UserError
from trainers.evaluate.sentence_probes import bags_of_words
from trainers.storage.unknown_words import note_unknown_words


@pytest.fixture(scope="module")
def model():
    """A stand-in for a language model: only its tokenizer is used."""
    words = ["the", "caf\u00e9", "US", "noir"]
    return types.SimpleNamespace(tokenizer=layers.WordTokenizer(words))


def test_a_word_is_unknown_if_the_tokenizer_does_not_know_it(model):
    texts = ["The\u00a0CAF\u00c9 cafe\u0301 CAFE\u0301\u3000noir", "US us the"]
    [note] = note_unknown_words(model, texts, "the text")

    assert note.startswith("1 of 8 words of the text (12.5%) are unknown")
    assert note.endswith("1 different ones: us")
    with pytest.raises(UserError, match=r"the text .* are unknown to the model"):
        note_unknown_words(model, ["us Noire"], "the text")
    assert note_unknown_words(model, texts[:1], "the text") == []


def test_bags_count_the_words_that_the_model_reads(model):
    bags = bags_of_words(model, ["The\u3000cafe\u0301 CAF\u00c9", "us <unk>"])

    assert model.tokenizer.vocabulary[:4] == ["<unk>", "<eos>", "the", "caf\u00e9"]
    np.testing.assert_array_equal(bags, [[0, 0, 1, 2, 0, 0], [1, 0, 0, 0, 0, 0]])
