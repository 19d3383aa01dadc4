import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers


@pytest.fixture
def hidden():
    return np.random.default_rng(0).normal(size=(5, 7)).astype("float32")


def test_the_kl_of_a_gaussian_code_is_the_closed_form(hidden):
    latent = layers.GaussianLatent(4, seed=1)
    _, kl = latent(hidden)
    posterior = latent.posterior(hidden)
    mean, variance = posterior.mean().numpy(), posterior.variance().numpy()

    expected = 0.5 * np.sum(variance + mean**2 - 1 - np.log(variance), axis=-1)
    np.testing.assert_allclose(kl, expected, rtol=1e-5)


def test_a_gaussian_posterior_that_became_too_wide_is_finite_and_comes_back(hidden):
    latent = layers.GaussianLatent(4, seed=1)
    latent(hidden)
    latent.log_variance.bias.assign(4 * [90.0])
    optimizer = keras.optimizers.SGD(0.1)
    kls = []
    for _ in range(40):
        with tf.GradientTape() as tape:
            _, kl = latent(hidden, training=True)
            loss = tf.reduce_mean(kl)
        weights = latent.trainable_variables
        optimizer.apply_gradients(
            zip(tape.gradient(loss, weights), weights, strict=True)
        )
        kls.append(float(loss))

    assert kls[0] < 4 * np.exp(5.0)
    assert kls[-1] < 30.0
