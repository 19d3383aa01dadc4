"""Posteriors that are fitted to each example, starting from the encoder's."""

import dataclasses
from collections.abc import Callable

import keras
import tensorflow as tf

from tf_vmfvae.evaluation.forward_pass import ForwardPass


@dataclasses.dataclass(frozen=True)
class Refinement:
    """Fits the posterior of each example to that example.

    The bound holds for any posterior. The encoder's posterior is not the best one for
    each example, in particular for examples outside the training set: this is the
    amortisation gap (Cremer et al. 2018). A few steps of Adam on the encoder's output,
    with the decoder unchanged, narrow the gap, as in Krishnan et al. (2018) and in Kim
    et al. (2018), "Semi-Amortized Variational Autoencoders". The bound is then
    computed from new codes, not from those that the posterior was fitted with.

    Only the features that the latent reads are fitted, so this works for every latent
    that defines `Latent.mirror`.

    Args:
        steps: int, at least 1. Number of Adam steps.
        samples: int, at least 2 and even. Codes per example in each step, half of them
            mirror images of the others.
        learning_rate: float, greater than 0. Learning rate of the first step, in
            standard deviations of the features over the examples that are fitted
            together. It falls linearly to 0.

    Raises:
        ValueError: if an argument is out of its range, or, when it is used with a
            model, if the latent has no mirror images.

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
        """Returns a function from `inputs, hidden, seed` to fitted features.

        Args:
            model: a `tf_vmfvae.models.VAE`. Its weights do not change.
        """
        latent = model.latent
        if latent.is_empty:
            return lambda inputs, hidden, seed: hidden
        if not latent.has_mirror:
            raise ValueError(
                f"{type(latent).__name__} has no mirror images, which refinement "
                "needs; define its method mirror"
            )

        @tf.function(reduce_retracing=True, autograph=False)
        def gradient_of_bound(inputs, hidden, seed):
            with tf.GradientTape() as tape:
                tape.watch(hidden)
                forward = ForwardPass(model, inputs, hidden)
                z = forward.sample(self.samples // 2, seed)
                z = tf.concat([z, latent.mirror(z, hidden)], axis=0)
                loss = tf.reduce_sum(forward.reconstruction(z)) / self.samples
                loss += tf.reduce_sum(forward.kl())
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
                step_seed = tf.random.experimental.stateless_fold_in(seed, step)
                gradient = gradient_of_bound(
                    inputs, tf.convert_to_tensor(features), step_seed
                )
                optimizer.apply([gradient], [features])
            return tf.convert_to_tensor(features)

        return refine
