import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.ops.any_length import AnyLength


@pytest.fixture
def traced():
    """Returns a function of batches, and the shapes that it was traced for."""
    shapes = []

    def total(batch):
        shapes.append([part.shape.as_list() for part in tf.nest.flatten(batch)])
        return tf.add_n([tf.reduce_sum(part) for part in tf.nest.flatten(batch)])

    return AnyLength(total), shapes


def test_batches_of_all_lengths_share_one_trace(traced):
    function, shapes = traced
    totals = [float(function(tf.ones([2, length]))) for length in (3, 7, 1, 3)]
    assert totals == [6, 14, 2, 6]
    assert shapes == [[[2, None]]]


def test_batches_with_labels_or_counts_share_one_trace(traced):
    function, shapes = traced
    for length in (2, 5):
        batch = {"ids": tf.ones([3, length, 2]), "label": tf.ones([3])}
        assert float(function(batch)) == 6 * length + 3
    assert shapes == [[[3, None, 2], [3]]]


def test_another_number_of_rows_is_traced_again(traced):
    function, shapes = traced
    assert [float(function(tf.ones([rows, 2]))) for rows in (2, 5, 3)] == [4, 10, 6]
    assert shapes[0] == [[2, None]]
    assert len(shapes) == 2


def test_batches_of_several_replicas_are_summed():
    devices = tf.config.list_logical_devices("CPU")
    strategy = tf.distribute.MirroredStrategy([device.name for device in devices])

    def total(batch):
        sums = strategy.run(tf.reduce_sum, args=(batch,))
        return strategy.reduce(tf.distribute.ReduceOp.SUM, sums, axis=None)

    function, count = AnyLength(total), strategy.num_replicas_in_sync
    for length in (2, 4):
        batch = strategy.experimental_distribute_values_from_function(
            lambda context, length=length: tf.ones([1, length])
        )
        np.testing.assert_equal(function(batch).numpy(), count * length)
