"""Samples, reconstructions and interpolations."""

import numpy as np
import pytest
import tensorflow as tf

import tf_vmfvae
from tf_vmfvae import generation, layers

WORDS = ["a", "b", "c", "d"]


@pytest.fixture(scope="module")
def model():
    latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    return tf_vmfvae.models.NVRNN(WORDS, latent, embedding_dim=8, hidden_dim=8, seed=2)


@pytest.fixture(scope="module")
def codes(model):
    return model.latent.prior().sample(3000, seed=(1, 2))


def words_by_hand(model, z, max_words):
    """Greedy decoding through the whole decoder, again for every word."""
    ids = np.zeros((len(z), max_words), "int32")
    for position in range(max_words):
        logits = model.decoder([tf.constant(ids), z]).numpy()[:, position]
        ids[:, position] = logits.argmax(-1) + 1
    return model.tokenizer.detokenize(ids)


def test_greedy_decoding_takes_the_likeliest_word_of_the_whole_decoder(model, codes):
    z = codes[:20]

    assert generation.decode(model, z, max_words=6) == words_by_hand(model, z, 6)


def test_words_are_drawn_with_the_models_probabilities(model, codes):
    z = tf.repeat(codes[:1], 4000, axis=0)
    logits = model.decoder([tf.zeros([1, 1], tf.int32), z[:1]])[0, 0]
    expected = tf.nn.softmax(logits).numpy()
    texts = generation.decode(model, z, "random", max_words=1)
    names = ["<unk>", "", *WORDS]
    drawn = np.array([texts.count(name) for name in names]) / 4000

    assert np.all(np.abs(drawn - expected) < 5 * np.sqrt(expected / 4000) + 1e-3)


def test_a_sentence_ends_at_eos_or_at_the_longest_allowed(model):
    texts = generation.generate(model, 200, seed=3, max_words=5)

    assert len(texts) == 200
    assert max(len(text.split()) for text in texts) <= 5
    assert len({len(text.split()) for text in texts}) > 2
    assert not any("<eos>" in text for text in texts)


def test_a_seed_repeats_the_samples_and_another_does_not(model):
    first = generation.generate(model, 20, seed=3)

    assert generation.generate(model, 20, seed=3) == first
    assert generation.generate(model, 20, seed=4) != first


def test_beams_find_sentences_at_least_as_likely_as_greedy_ones(model, codes):
    z = codes[:10]

    def nll(texts):
        ids = model.tokenizer(texts).to_tensor()
        return float(tf.reduce_sum(model.likelihood([ids, z])))

    greedy = generation.decode(model, z, "greedy", max_words=30)
    beams = generation.decode(model, z, "beam", max_words=30)
    assert nll(beams) <= nll(greedy) + 1e-3


def test_interpolation_has_the_reconstructions_at_its_ends(model):
    way = generation.interpolate(model, "a b", "c d d", steps=4)

    assert len(way) == 4
    assert [way[0], way[-1]] == generation.reconstruct(model, ["a b", "c d d"])


def test_an_interpolation_needs_both_ends(model):
    with pytest.raises(ValueError, match="steps must be at least 2"):
        generation.interpolate(model, "a", "b", steps=1)


@pytest.mark.parametrize("latent", [layers.GaussianLatent(3), layers.NoLatent()])
def test_every_latent_generates(latent):
    model = tf_vmfvae.models.NVRNN(WORDS, latent, embedding_dim=4, hidden_dim=4, seed=1)

    assert len(model.generate(2, seed=1)) == 2
    assert len(model.interpolate("a", "b", steps=3)) == 3
