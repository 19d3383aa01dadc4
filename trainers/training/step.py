"""One training step, from a batch to new weights."""

import keras
import tensorflow as tf

from tf_vmfvae.models.seed_states import seed_states
from tf_vmfvae.ops.any_length import AnyLength
from tf_vmfvae.ops.batch_part import reading_part
from trainers.devices.strategies import even_shares, sum_over_replicas

# In float16 the loss is this many times the mean over the examples. The sum might
# overflow, and in the mean the gradient of a single word might underflow.
HALF_SCALE = 16.0


class TrainingStep:
    """A compiled training step of any VAE under a strategy.

    Each replica computes the gradient of its share's summed loss inside `strategy.run`,
    and the gradients are summed there. Outside, the sums are divided by the total
    number of examples and clipped, and the optimiser updates the weights. So the number
    of replicas changes nothing but the speed.

    What XLA compiles was chosen by measurements on CPUs. It makes the optimiser's
    passes over the weights four times as fast. Matrix products and loops do not become
    faster, and compiling them takes minutes for each sentence length.

    In mixed_float16 the loss is scaled by a constant rather than dynamically as in
    Keras, because here a nonfinite gradient is an error.

    Args:
        model: `tf_vmfvae.models.VAE`, built in the strategy's scope.
        optimizer: `keras.optimizers.Optimizer`, made and built in the strategy's scope.
        strategy: `tf.distribute.Strategy`.
        clip_norm: float. Gradients are scaled down to this global norm.
        jit: `"auto"` uses XLA for the optimiser if this process has one replica, `"on"`
            for the gradients too, and `"off"` for nothing.
        accumulate_steps: int. Every replica reads its share in this many parts, one
            after another, and adds up their gradients: less memory, the same update.
            A code's noise still depends on its place in the batch if all parts have
            the same size. Dropout's is the same in every part.
        weights: the trainable variables that the step updates, for which the optimiser
            is built; by default all.
        notice: `tf.Variable`, or `None`. What this process tells the others: it is
            summed over the replicas in the same message as the gradients.

    Call arguments:
        inputs: a distributed batch.

    Returns:
        The totals that `VAE.totals` returns, for the whole batch, and `"norm"`, the
        norm of the gradients before clipping. If any of these is not finite, the step
        is not taken: weights and optimiser stay as they are, so that they can show
        which examples are to blame. With a notice, also `"notices"`, the sum of all.

    Raises:
        ValueError: if the optimiser scales the loss itself; or if the model's latent
            normalises over the batch, and the batch is read in parts.
    """

    def __init__(
        self,
        model,
        optimizer: keras.optimizers.Optimizer,
        strategy: tf.distribute.Strategy,
        clip_norm: float,
        jit: str = "auto",
        accumulate_steps: int = 1,
        weights: list | None = None,
        notice: tf.Variable | None = None,
    ):
        _check(optimizer)
        if accumulate_steps > 1 and model.latent.normalizes_batch:
            raise ValueError(
                f"accumulate_steps is {accumulate_steps}: the latent normalises over "
                "the batch, which has to be read at once; give 1"
            )
        self.model = model
        self._weights = weights
        self.optimizer = optimizer
        self.strategy = strategy
        self.clip_norm = clip_norm
        # Several replicas in one process update their mirrored variables by messages,
        # which XLA cannot compile. Each worker updates its own variables.
        alone = len(strategy.extended.worker_devices) == 1
        self._update = tf.function(
            self._clip_and_apply,
            jit_compile=(alone and jit != "off") or None,
            autograph=False,
        )
        self.accumulate_steps = accumulate_steps
        self.notice = notice
        self._replica_step = self._gradients_and_totals
        if jit == "on":
            self._replica_step = tf.function(
                self._replica_step, jit_compile=True, autograph=False
            )
        if accumulate_steps > 1:
            self._part_step, self._replica_step = self._replica_step, self._accumulate
        self._step = AnyLength(self._take_step)

    def __call__(self, inputs) -> dict[str, tf.Tensor]:
        return self._step(inputs)

    @property
    def _updated(self):
        if self._weights is None:
            return self.model.trainable_variables
        return self._weights

    def _take_step(self, inputs):
        gradients, totals, notices = sum_over_replicas(
            self.strategy,
            lambda share: (*self._replica_step(share), self._notices()),
            inputs,
        )
        examples = tf.maximum(totals["examples"], 1.0)
        # Not under XLA, which computes this sum on a single core.
        norm = tf.linalg.global_norm(gradients) / examples
        scale = self.clip_norm * tf.minimum(1.0 / norm, 1.0 / self.clip_norm)
        results = {**totals, "norm": norm}
        # Zero gradients would not do: the optimiser would still follow its momentum.
        tf.cond(
            tf.reduce_all(tf.math.is_finite(tf.stack(list(results.values())))),
            lambda: self._update(gradients, scale / examples),
            lambda: None,
        )
        return {**results, **notices}

    def _notices(self):
        return {} if self.notice is None else {"notices": tf.identity(self.notice)}

    def _gradients_and_totals(self, inputs):
        variables = [variable.value for variable in self._updated]
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

    def _accumulate(self, share):
        """Returns the sums of the gradients and totals of a share's parts."""
        count = self.accumulate_steps
        parts = tf.nest.map_structure(lambda x: even_shares(x, count), share)
        states = seed_states(self.model)
        before = [tf.convert_to_tensor(state) for state in states]

        def sums(index):
            # All parts have the noise of the same step.
            for state, value in zip(states, before, strict=True):
                state.assign(value)
            part = tf.nest.map_structure(lambda x: x[index], parts)
            with reading_part(index, count):
                return self._part_step(part)

        def add(index, totals):
            return index + 1, tf.nest.map_structure(tf.add, totals, sums(index))

        first = tf.constant(1), sums(tf.constant(0))
        return tf.while_loop(
            lambda index, _: index < count, add, first, parallel_iterations=1
        )[1]

    def _clip_and_apply(self, gradients, scale):
        gradients = [gradient * scale for gradient in gradients]
        self.optimizer.apply(gradients, self._updated)


def _check(optimizer):
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        raise ValueError(
            "optimizer: the training step scales the loss itself; give the optimizer "
            "inside the LossScaleOptimizer"
        )
