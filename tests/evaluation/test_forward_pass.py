"""The forward pass that every bound is built from."""

import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers
from tf_vmfvae.evaluation import ForwardPass


@pytest.fixture(scope="module")
def ids(circle_model, sentences):
    return circle_model.tokenizer(sentences).to_tensor()


def test_several_codes_are_decoded_as_one_at_a_time(circle_model, ids):
    forward = ForwardPass(circle_model, ids)
    z = forward.sample(3, seed=(1, 2))
    np.testing.assert_allclose(
        forward.reconstruction(z), [forward.reconstruction(code) for code in z], 1e-6
    )


def test_several_codes_of_documents_are_decoded_as_one_at_a_time(
    document_model, documents
):
    (pairs,) = documents[:5].padded(5)
    forward = ForwardPass(document_model, tf.constant(pairs))
    z = forward.sample(3, seed=(1, 2))
    np.testing.assert_allclose(
        forward.reconstruction(z), [forward.reconstruction(code) for code in z], 1e-5
    )


@pytest.mark.parametrize(
    "latent",
    [
        layers.VonMisesFisherLatent(4, kappa=9.0, seed=1),
        layers.SphereProductLatent(4, 2, seed=1),
        layers.GaussianLatent(4, seed=1),
    ],
    ids=lambda latent: type(latent).__name__,
)
def test_the_mean_log_ratio_is_the_kl(make_model, sentences, latent):
    model = make_model(latent)
    forward = ForwardPass(model, model.tokenizer(sentences).to_tensor())
    ratios = forward.log_ratio(forward.sample(20_000, seed=(3, 4))).numpy()

    error = ratios.std(axis=0) / np.sqrt(20_000)
    assert np.all(abs(ratios.mean(axis=0) - forward.kl()) < 5 * error)


def test_given_features_replace_the_encoders_output(circle_model, ids):
    own = ForwardPass(circle_model, ids)
    other = ForwardPass(circle_model, ids, tf.roll(own.hidden, 1, axis=0))
    np.testing.assert_array_equal(
        other.posterior.mean(), tf.roll(own.posterior.mean(), 1, axis=0)
    )
