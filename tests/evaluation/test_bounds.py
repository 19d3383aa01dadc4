"""The bounds that a run reports."""

import numpy as np
import pytest
import tensorflow as tf

import tf_vmfvae
from tf_vmfvae import evaluation, layers

SENTENCES = ["profit rose", "shares fell sharply", "the bank fell", "profit"]
WORDS = sorted({word for text in SENTENCES for word in text.split()})


def make_model(latent):
    return tf_vmfvae.models.NVRNN(WORDS, latent, embedding_dim=8, hidden_dim=8, seed=2)


@pytest.fixture
def model():
    return make_model(layers.VonMisesFisherLatent(6, kappa=20.0, seed=1))


def test_the_bound_is_the_sum_of_its_parts_and_words_are_counted_with_eos(model):
    bounds = evaluation.evaluate(model, [model.tokenizer(SENTENCES).to_tensor()])

    assert bounds.examples == 4
    assert bounds.tokens == sum(len(text.split()) + 1 for text in SENTENCES)
    assert bounds.nll == pytest.approx(bounds.reconstruction + bounds.kl)
    assert bounds.ppl == pytest.approx(np.exp(bounds.nll * 4 / bounds.tokens))
    assert bounds.kl == pytest.approx(
        float(tf_vmfvae.distributions.kl_to_uniform(6, 20.0)), rel=1e-6
    )


def test_cutting_the_data_differently_changes_nothing():
    model = make_model(layers.NoLatent())
    ids = model.tokenizer(SENTENCES).to_tensor()
    empty = tf.zeros([2, ids.shape[1]], tf.int32)
    whole = evaluation.evaluate(model, [ids])
    parts = evaluation.evaluate(model, [ids[:3], tf.concat([ids[3:], empty], 0)])

    assert parts.as_dict() == pytest.approx(whole.as_dict(), rel=1e-5, abs=1e-6)


def test_code_gain_is_what_the_decoder_loses_with_another_examples_code(model):
    ids = model.tokenizer(SENTENCES).to_tensor()
    # A decoder that is told the sentence by its code: the first words differ.
    model.compile(optimizer="adam")
    model.optimizer.learning_rate = 0.02
    model.fit(ids, epochs=80, shuffle=False, verbose=0)
    bounds = evaluation.evaluate(model, [ids])
    z = model.latent.location(model.encoder(ids))
    own = tf.reduce_mean(model.likelihood([ids, z]))
    other = tf.reduce_mean(model.likelihood([ids, tf.roll(z, -1, axis=0)]))

    assert bounds.code_gain > 1
    assert bounds.code_gain == pytest.approx(float(other - own), rel=0.5)


def test_an_example_that_is_alone_does_not_dilute_the_code_gain(model):
    ids = model.tokenizer(SENTENCES).to_tensor()
    noise = model.latent.seed_generator.state
    start = noise.numpy()
    expected = evaluation.evaluate(model, [ids[:3]]).code_gain
    noise.assign(start)
    assert evaluation.evaluate(model, [ids[:3], ids[3:]]).code_gain == expected
    assert evaluation.evaluate(model, [ids[3:]]).code_gain == 0


def test_a_decoder_without_a_code_gains_nothing():
    model = make_model(layers.NoLatent())
    bounds = evaluation.evaluate(model, [model.tokenizer(SENTENCES).to_tensor()])

    assert (bounds.kl, bounds.code_gain, bounds.mean_cosine) == (0, 0, 0)


def test_mean_cosine_is_over_pairs_of_different_examples(model):
    codes = model.encode(SENTENCES)
    cosines = codes @ codes.T
    expected = cosines[~np.eye(4, dtype=bool)].mean()
    ids = model.tokenizer(SENTENCES).to_tensor()
    bounds = evaluation.evaluate(model, [ids[:2], ids[2:]])

    assert bounds.mean_cosine == pytest.approx(expected, abs=1e-5)


def test_nothing_to_evaluate_is_said(model):
    with pytest.raises(ValueError, match="batches holds no example"):
        evaluation.evaluate(model, [])
    with pytest.raises(ValueError, match="batches holds no example"):
        evaluation.evaluate(model, [tf.zeros([2, 3], tf.int32)])
