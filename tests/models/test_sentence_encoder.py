"""The encoders of sentences, as parts of a model."""

import numpy as np
import pytest
import tensorflow as tf

from tests.models.sentence_models import SENTENCES, WORDS, ids_of, make_model
from tf_vmfvae import layers, models
from tf_vmfvae.distributions import kl_to_uniform


@pytest.mark.parametrize("encoder", ["lstm", "bilstm", "gru", "bow"])
@pytest.mark.parametrize("pooling", ["last", "max", "mean"])
def test_no_encoder_reads_padding(encoder, pooling):
    model = make_model(encoder_type=encoder, encoder_pooling=pooling, num_layers=2)
    ids = ids_of(model)
    wide = tf.pad(ids, [[0, 1], [0, 9]])
    hidden = model.encoder(ids)

    np.testing.assert_allclose(model.encoder(wide)[:4], hidden, atol=1e-6)
    assert np.all(np.isfinite(model.encoder(wide)))
    assert np.all(np.abs(hidden[0] - hidden[1:]).max(axis=1) > 1e-4)


def test_only_a_bag_of_words_encoder_ignores_the_order():
    for encoder in ("lstm", "bilstm", "gru", "bow"):
        model = make_model(encoder_type=encoder)
        one, other = model.encode(["the company rose", "rose the company"])
        assert (np.abs(one - other).max() < 1e-5) == (encoder == "bow")


def test_the_two_directions_of_a_bidirectional_encoder_have_their_own_weights():
    model = make_model(encoder_type="bilstm")
    both = model.sentence_encoder.layers[0]
    forward, backward = both.forward_layer, both.backward_layer

    assert model.encoder(ids_of(model)).shape == (4, 64)
    assert np.abs(forward.cell.kernel - backward.cell.kernel).max() > 0.01


@pytest.mark.parametrize("encoder", ["lstm", "bow"])
def test_the_last_feature_may_be_the_log_of_the_length(encoder):
    model = make_model(encoder_type=encoder, encoder_length=True)
    plain = make_model(encoder_type=encoder)
    ids = tf.pad(ids_of(model), [[0, 1], [0, 9]])
    *_, empty = hidden = model.encoder(ids)
    words = [len(text.split()) + 1 for text in SENTENCES]

    np.testing.assert_allclose(hidden[:, :-1], plain.encoder(ids), rtol=1e-6)
    np.testing.assert_allclose(hidden[:4, -1], np.log(np.array(words) / 10), rtol=1e-5)
    np.testing.assert_allclose(empty[-1], np.log(0.1), rtol=1e-5)


def test_concentrations_may_depend_on_the_length_alone():
    latent = layers.SphereProductLatent(8, 2, 9.0, concentration_features=1, seed=3)
    model = models.NVRNN(WORDS, latent, 12, 16, encoder_length=True, seed=5)
    latent.log_concentrations.kernel.assign([[1.0, 2.0]])
    ids = model.to_ids(["shares rose", "rose company", "the company rose"]).to_tensor()
    kl = model(ids)["kl"].numpy()

    # As precise as 3 of 10 words make it, by the power that each sphere has.
    concentrations = 9.0 * np.array([0.3, 0.3**2])
    expected = sum(float(kl_to_uniform(4, kappa)) for kappa in concentrations)
    np.testing.assert_allclose(kl[:2], expected, rtol=1e-4)
    assert kl[2] > kl[0]


def test_pooling_is_over_the_outputs_at_the_words():
    last, mean, largest = (
        make_model(encoder_type="gru", encoder_pooling=pooling)
        for pooling in ("last", "mean", "max")
    )
    sentences = ["shares rose", "shares"]
    ids = ids_of(last, sentences)
    # The output at a word is the last state of the sentence that ends there.
    outputs = [
        np.concatenate(
            [last.encoder(tf.constant([row[:stop]])) for stop in range(1, len(row) + 1)]
        )
        for row in last.tokenizer(sentences).to_list()
    ]

    expected = [row.mean(axis=0) for row in outputs]
    np.testing.assert_allclose(mean.encoder(ids), expected, atol=1e-6)
    expected = [row.max(axis=0) for row in outputs]
    np.testing.assert_allclose(largest.encoder(ids), expected, atol=1e-6)


def test_a_model_without_a_code_has_no_encoder():
    model = make_model("none")

    assert model.sentence_encoder is None
    assert model.encoder(ids_of(model)).shape == (4, 0)
