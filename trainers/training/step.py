"""One step of training, from a batch to new weights."""

import keras
import tensorflow as tf

# In float16 the gradient is that of so many times the mean over the examples: that of
# their sum may be beyond its range, and single words' shares of the mean below it.
HALF_SCALE = 16.0


class TrainingStep:
    """A step of training of any VAE under a strategy, compiled.

    The gradient of the summed loss of a replica's share is taken and reduced inside
    `strategy.run`; the sums are divided by the global number of examples and
    clipped, and the optimiser steps outside. So the number of replicas changes
    nothing but the speed.

    What XLA compiles goes by measurement on CPUs: the optimiser's passes over the
    weights take a quarter of the time with it; of the rest, matrix products and loops
    are no faster, and compiling takes minutes for each length of the sentences.

    In mixed_float16 the loss is scaled by a constant, not dynamically as Keras does it:
    a gradient that is not finite is an error here.

    Args:
        model: `tf_vmfvae.models.VAE`, built in the strategy's scope.
        optimizer: `keras.optimizers.Optimizer`, made and built in the strategy's scope.
        strategy: `tf.distribute.Strategy`.
        clip_norm: float. Gradients are scaled down to this global norm.
        jit: `"auto"`, XLA for the optimiser where there is one replica; `"on"`, for the
            gradients too; or `"off"`.

    Call arguments:
        inputs: a batch, as the strategy hands it out.

    Returns:
        What `VAE.totals` returns, over the whole batch, and `"norm"`, that of the
        gradients before clipping. If one of them is not finite no step is taken:
        weights and optimiser stay as they are, and can still tell which sentences
        were to blame.

    Raises:
        ValueError: if the optimiser scales the loss itself, or keeps averages of the
            weights that it would never put in their place.
    """

    def __init__(
        self,
        model,
        optimizer: keras.optimizers.Optimizer,
        strategy: tf.distribute.Strategy,
        clip_norm: float,
        jit: str = "auto",
    ):
        _check(optimizer)
        self.model = model
        self.optimizer = optimizer
        self.strategy = strategy
        self.clip_norm = clip_norm
        # Variables that a strategy mirrors are updated by its own messages.
        alone = strategy.num_replicas_in_sync == 1
        self._update = tf.function(
            self._clip_and_apply, jit_compile=(alone and jit != "off") or None
        )
        self._share = tf.function(self._gradients_and_totals, jit_compile=True)
        if jit != "on":
            self._share = self._gradients_and_totals

    @tf.function(reduce_retracing=True)
    def __call__(self, inputs) -> dict[str, tf.Tensor]:
        gradients, totals = sum_over_shares(self.strategy, self._share, inputs)
        examples = tf.maximum(totals["examples"], 1.0)
        # Not under XLA, which reduces to one number on one core.
        norm = tf.linalg.global_norm(gradients) / examples
        scale = self.clip_norm * tf.minimum(1.0 / norm, 1.0 / self.clip_norm)
        results = {**totals, "norm": norm}
        # A gradient of 0 would not do: with it, too, an optimizer follows its momentum.
        tf.cond(
            tf.reduce_all(tf.math.is_finite(tf.stack(list(results.values())))),
            lambda: self._update(gradients, scale / examples),
            lambda: None,
        )
        return results

    def _gradients_and_totals(self, inputs):
        variables = [variable.value for variable in self.model.trainable_variables]
        with tf.GradientTape() as tape:
            totals = self.model.totals(inputs, self.model(inputs, training=True))
            loss = self.model.objective(totals)
            if self.model.compute_dtype == "float16":
                scale = HALF_SCALE / tf.maximum(totals["examples"], 1.0)
                loss *= scale
        zero = tf.UnconnectedGradients.ZERO
        gradients = tape.gradient(loss, variables, unconnected_gradients=zero)
        gradients = [tf.convert_to_tensor(g) for g in gradients]
        if self.model.compute_dtype == "float16":
            gradients = [g / scale for g in gradients]
        return gradients, totals

    def _clip_and_apply(self, gradients, scale):
        gradients = [gradient * scale for gradient in gradients]
        self.optimizer.apply(gradients, self.model.trainable_variables)


def _check(optimizer):
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        raise ValueError(
            "optimizer: the training step scales the loss itself; give the optimizer "
            "that the LossScaleOptimizer holds"
        )
    if optimizer.use_ema and not optimizer.ema_overwrite_frequency:
        raise ValueError(
            "optimizer: use_ema keeps averages that this training never uses; give an "
            "ema_overwrite_frequency too"
        )


def sum_over_shares(strategy: tf.distribute.Strategy, step, inputs):
    """What `step` makes of the replicas' shares, summed in few messages."""

    def replica_step(inputs):
        context = tf.distribute.get_replica_context()
        return context.all_reduce(tf.distribute.ReduceOp.SUM, step(inputs))

    sums = strategy.run(replica_step, args=(inputs,))
    return tf.nest.map_structure(
        lambda replicas: strategy.experimental_local_results(replicas)[0], sums
    )
