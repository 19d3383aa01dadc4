"""Fits learned priors to codes, for the tests of several of them."""

import keras
import tensorflow as tf


def fit(prior, codes, steps=300):
    """Fits the prior to codes."""
    optimizer = keras.optimizers.Adam(5e-3)
    optimizer.build(prior.trainable_weights)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(prior.distribution().log_prob(codes))
        optimizer.apply(tape.gradient(loss, prior.trainable_weights))

    for _ in range(steps):
        step()
