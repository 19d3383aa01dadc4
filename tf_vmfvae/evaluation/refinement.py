"""Posteriors fitted to each example, from where the encoder has put them."""

import dataclasses
from collections.abc import Callable

import keras
import tensorflow as tf

from tf_vmfvae.layers import Latent


@dataclasses.dataclass(frozen=True)
class Refinement:
    """Fits the posterior of each example to that example.

    A bound holds for whatever posterior it is taken with. The encoder's is a guess from
    one look at the example, and a worse one for an example that it was not trained on:
    the amortisation gap (Cremer et al. 2018). Some steps of Adam on what the encoder
    says of the example, the decoder left as it is, narrow it, as in the inference of
    Krishnan et al. (2018) and Kim et al. (2018), "Semi-Amortized Variational
    Autoencoders". The codes that the bound is then taken with are others than those
    that the posterior was fitted by.

    All that is fitted is the features that the latent reads, so this goes for every
    latent that has mirror images (`Latent.mirror`).

    Args:
        steps: int, at least 1. Steps of Adam an example.
        samples: int, at least 2 and even. Codes an example in each step, half of them
            the mirror images of the others.
        learning_rate: float, greater than 0. That of the first step, in standard
            deviations of the features over the examples that are fitted together;
            falls linearly to 0.

    Raises:
        ValueError: if an argument is out of its range, or, once there is a model, if
            its latent has no mirror images.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(8, kappa=20.0, seed=1)
    >>> model = tf_vmfvae.models.NVDM(["profit", "rose"], latent, hidden_dim=8, seed=1)
    >>> batch = np.array([[[1, 9], [2, 1]], [[2, 5], [0, 0]]], "int32")
    >>> bounds = tf_vmfvae.evaluation.importance_weighted
    >>> refinement = tf_vmfvae.evaluation.Refinement(steps=10)
    >>> refined = bounds(model, [batch], 100, refinement=refinement)
    >>> refined.nll < bounds(model, [batch], 100).nll
    True
    """

    steps: int = 10
    samples: int = 8
    learning_rate: float = 0.1

    def __post_init__(self):
        if self.steps < 1:
            raise ValueError(f"steps must be 1 or more, not {self.steps}")
        if self.samples < 2 or self.samples % 2:
            raise ValueError(f"samples must be even, 2 or more, not {self.samples}")
        if not 0 < self.learning_rate < float("inf"):
            raise ValueError(
                f"learning_rate must be positive and finite, not {self.learning_rate}"
            )

    def of(self, model) -> Callable:
        """Returns a function of `inputs, hidden, seed` that gives better features.

        Args:
            model: a `tf_vmfvae.models.VAE`. Its weights stay as they are.
        """
        latent = model.latent
        if not latent.latent_dim:
            return lambda inputs, hidden, seed: hidden
        if type(latent).mirror is Latent.mirror:
            raise ValueError(
                f"{type(latent).__name__} has no mirror images, which the fit of a "
                "posterior draws; give it a method mirror"
            )

        @tf.function(reduce_retracing=True)
        def slope(inputs, hidden, seed):
            with tf.GradientTape() as tape:
                tape.watch(hidden)
                posterior = latent.posterior(hidden)
                z = posterior.sample(self.samples // 2, seed=seed)
                z = tf.concat([z, latent.mirror(z, hidden)], axis=0)
                z = tf.reshape(z, [-1, z.shape[-1]])
                repeats = [self.samples] + [1] * (inputs.shape.rank - 1)
                nll = model.likelihood([tf.tile(inputs, repeats), z], training=False)
                loss = tf.reduce_sum(nll) / self.samples
                loss += tf.reduce_sum(latent.kl(posterior))
            return tape.gradient(loss, hidden)

        def refine(inputs, hidden, seed):
            examples = tf.boolean_mask(hidden, model.is_example(inputs))
            if not examples.shape[0]:
                return hidden
            rate = keras.optimizers.schedules.PolynomialDecay(
                self.learning_rate * float(tf.math.reduce_std(examples)),
                self.steps,
                end_learning_rate=0.0,
            )
            features = keras.Variable(hidden, dtype="float32")
            optimizer = keras.optimizers.Adam(rate)
            for step in range(self.steps):
                fresh = tf.random.experimental.stateless_fold_in(seed, step)
                gradient = slope(inputs, tf.convert_to_tensor(features), fresh)
                optimizer.apply([gradient], [features])
            return tf.convert_to_tensor(features)

        return refine
