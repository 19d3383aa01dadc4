"""The averages of the weights, under one replica and two."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainers.devices.strategies import make_strategy
from trainers.training.averaged_weights import averaged_weights
from trainers.training.optimizers import make_optimizer


@pytest.mark.parametrize("strategy", ["one_device", "mirrored"])
def test_weights_have_their_averages_until_the_context_ends(strategy):
    strategy = make_strategy(strategy)
    with strategy.scope():
        weights = [keras.Variable(np.ones(shape)) for shape in ([2], [3, 2])]
        optimizer = make_optimizer("sgd", 0.5, ema_momentum=0.75)
        optimizer.build(weights)
    step = tf.function(
        lambda: optimizer.apply([tf.ones(w.shape) for w in weights], weights)
    )
    for _ in range(3):
        step()
    # After the steps the weights were 0.5, 0 and -0.5.
    average = 0.75 * (0.75 * 0.5) - 0.25 * 0.5
    copies = [
        copy
        for weight in weights
        for copy in strategy.experimental_local_results(weight.value)
    ]
    assert len(copies) == 2 * strategy.num_replicas_in_sync
    with averaged_weights(optimizer, weights):
        for copy in copies:
            np.testing.assert_allclose(copy, average, 1e-6)

    for copy in copies:
        np.testing.assert_array_equal(copy, -0.5)


def test_without_averages_the_weights_stay_as_they_are():
    weight = keras.Variable(1.0)
    optimizer = make_optimizer("sgd", 1.0)
    optimizer.apply([tf.constant(0.5)], [weight])

    with averaged_weights(optimizer, [weight]):
        assert float(weight) == 0.5
