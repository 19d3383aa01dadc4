"""One step of an evaluation, from a batch to its bounds."""

import tensorflow as tf

from tf_vmfvae.evaluation import batch_totals
from tf_vmfvae.ops.any_length import AnyLength
from trainers.devices.strategies import sum_over_replicas


def evaluation_step(model, strategy: tf.distribute.Strategy) -> AnyLength:
    """Returns a compiled function from a distributed batch to its `batch_totals`.

    Args:
        model: `tf_vmfvae.models.VAE`, built in the strategy's scope.
        strategy: `tf.distribute.Strategy`.
    """
    return AnyLength(
        lambda inputs: sum_over_replicas(
            strategy, lambda share: batch_totals(model, share), inputs
        )
    )
