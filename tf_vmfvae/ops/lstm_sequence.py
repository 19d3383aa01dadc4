"""An LSTM over whole sequences, with its own gradient."""

import functools

import tensorflow as tf

from tf_vmfvae.ops.streams import STREAMS

# In smaller batches, a loop for each stream costs more time than it saves.
SMALL_BATCH = 16


def lstm_sequence(
    inputs, state, kernel, recurrent_kernel, bias, mask=None, state_mask=None
):
    """Runs an LSTM over sequences, with the gates of Keras in Keras's order.

    `i, f, o` are sigmoids and `g` is a tanh of `x W + h U + b`;
    `c' = f c + i g`, `h' = o tanh(c')` (Hochreiter and Schmidhuber 1997).

    Automatic differentiation of the loop multiplies matrices step by step. Here the
    inputs' projection, and the gradients of both kernels, of the bias and of the
    inputs, are each one product over all steps. Within a loop, one product per step is
    left: with `U` in the forward pass, and with its transpose in the backward pass.
    The two halves of a large batch run in parallel.

    On one core, outputs and gradients of an `NVRNN`'s encoder and decoder (400 units,
    64 sentences of 24 words) take 98 and 106 ms; with `keras.layers.LSTM` they take 127
    and 135 ms (docs/results/speed.md).

    Products are in the dtype of `inputs`, sums at least in float32.

    Args:
        inputs: float tensor, `(batch, time, width)`; the width may be 0.
        state: `h` and `c` before the first step, each `(batch, units)`.
        kernel: `W`, `(width, 4 * units)`, gates in the order i, f, g, o.
        recurrent_kernel: `U`, `(units, 4 * units)`.
        bias: `b`, `(4 * units,)`, or one for each example, `(batch, 4 * units)`; at
            least float32.
        mask: bool tensor `(batch, time)` or `None`. Where it is false, the state stays
            the same.
        state_mask: `(batch, units)` or `None`. Each step reads `h` times this mask:
            dropout on the state.

    Returns:
        The `h` of all steps, `(batch, time, units)`, and the last `h` and `c`.

    >>> x, zero = tf.ones([1, 3, 1]), tf.zeros([1, 1])
    >>> weights = tf.ones([1, 4]), tf.zeros([1, 4]), tf.zeros([4])
    >>> outputs, h, c = lstm_sequence(x, (zero, zero), *weights)
    >>> [round(float(value), 4) for value in outputs[0, :, 0]]
    [0.3696, 0.5453, 0.6225]
    """
    split_bias = bias.shape.rank == 2
    per_example = [inputs, *state, mask, state_mask, bias if split_bias else None]
    batch = inputs.shape[0]
    if batch is not None and batch < SMALL_BATCH:
        parts = [per_example]
    else:
        size = (tf.shape(inputs)[0] + STREAMS - 1) // STREAMS
        parts = [
            [x if x is None else x[i * size : (i + 1) * size] for x in per_example]
            for i in range(STREAMS)
        ]
    kernels = kernel, recurrent_kernel
    results = [
        _run(*part, *kernels, part_bias if split_bias else bias)
        for *part, part_bias in parts
    ]
    return [tf.concat(column, axis=0) for column in zip(*results, strict=True)]


def _run(inputs, h, c, mask, state_mask, *weights):
    """Does what `lstm_sequence` does, in one loop over time."""
    masks = {}
    if mask is not None:
        masks["mask"] = tf.transpose(mask)[..., tf.newaxis]
    if state_mask is not None:
        masks["state_mask"] = state_mask

    bias_rank = weights[-1].shape.rank
    forward, backward = _forward, _backward
    if tf.executing_eagerly():
        forward, backward = _compiled(inputs.shape[-1], h.shape[-1], bias_rank)

    # A bias for each example has a gradient for each example.
    bias_axes = [0] if bias_rank == 2 else [0, 1]

    @tf.custom_gradient
    def run(inputs, h, c, kernel, recurrent_kernel, bias):
        kernels = kernel, recurrent_kernel
        states, cells, gates = forward(inputs, (h, c), kernels, bias, **masks)

        def gradient(d_states, d_h, d_c):
            before = (_shifted(h, states), _shifted(c, cells))
            d_states = tf.transpose(d_states, [1, 0, 2])
            *gradients, d_logits = backward(
                inputs, before, cells, gates, kernels, (d_states, d_h, d_c), **masks
            )
            return *gradients, tf.reduce_sum(_wide(d_logits), axis=bias_axes)

        return (tf.transpose(states, [1, 0, 2]), states[-1], cells[-1]), gradient

    return run(inputs, h, c, *weights)


@functools.cache
def _compiled(width, units, bias_rank):
    """Returns the loops for eager calls, which would run them in Python.

    Each combination of sizes has its own functions. If one function saw several,
    TensorFlow would trace it without static sizes.
    """
    return tuple(
        tf.function(loop, reduce_retracing=True, autograph=False)
        for loop in (_forward, _backward)
    )


def _forward(inputs, state, kernels, bias, mask=None, state_mask=None):
    """Returns all `h`, all `c` and all gates, `(time, batch, units or 4 * units)`."""
    kernel, recurrent_kernel = kernels
    h, c = state
    time, units = tf.shape(inputs)[1], recurrent_kernel.shape[0]
    projected = _projected(inputs, kernel, bias)

    def step(index, h, c, states, cells, gates):
        read = h if state_mask is None else h * state_mask
        logits = projected(index) + _wide(read @ recurrent_kernel)
        i, f, g, o = tf.split(logits, 4, axis=-1)
        i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
        new_c = f * c + i * g
        new_h = tf.cast(o * tf.tanh(new_c), h.dtype)
        if mask is not None:
            new_h = tf.where(mask[index], new_h, h)
            new_c = tf.where(mask[index], new_c, c)
        return (
            index + 1,
            _shaped(new_h, h),
            _shaped(new_c, c),
            states.write(index, new_h),
            cells.write(index, new_c),
            gates.write(index, tf.concat([i, f, g, o], axis=-1)),
        )

    wide_c = _wide(c)
    arrays = [
        tf.TensorArray(like.dtype, time, element_shape=[None, width])
        for like, width in ((h, units), (wide_c, units), (wide_c, 4 * units))
    ]
    *_, states, cells, gates = tf.while_loop(
        lambda index, *_: index < time, step, [0, h, wide_c, *arrays]
    )
    return states.stack(), cells.stack(), gates.stack()


def _backward(
    inputs, before, cells, gates, kernels, upstream, mask=None, state_mask=None
):
    """Returns the gradients of inputs, `h`, `c`, both kernels, and of all logits."""
    kernel, recurrent_kernel = kernels
    states_before, cells_before = before
    d_states, d_h, d_c = upstream
    time, units = tf.shape(gates)[0], recurrent_kernel.shape[0]
    transposed = tf.transpose(recurrent_kernel)

    def step(index, d_h, d_c, d_logits):
        i, f, g, o = tf.split(gates[index], 4, axis=-1)
        d_h = d_h + _wide(d_states[index])
        squashed = tf.tanh(cells[index])
        through = d_c + d_h * o * (1 - squashed * squashed)
        d_gates = tf.concat(
            [
                through * g * i * (1 - i),
                through * cells_before[index] * f * (1 - f),
                through * i * (1 - g * g),
                d_h * squashed * o * (1 - o),
            ],
            axis=-1,
        )
        new_d_c = through * f
        if mask is not None:
            d_gates = tf.where(mask[index], d_gates, tf.zeros_like(d_gates))
        d_gates = tf.cast(d_gates, inputs.dtype)
        new_d_h = d_gates @ transposed
        if state_mask is not None:
            new_d_h *= state_mask
        new_d_h = _wide(new_d_h)
        if mask is not None:
            new_d_h += tf.where(mask[index], tf.zeros_like(d_h), d_h)
            new_d_c = tf.where(mask[index], new_d_c, d_c)
        d_h, d_c = _shaped(new_d_h, d_h), _shaped(new_d_c, d_c)
        return index - 1, d_h, d_c, d_logits.write(index, d_gates)

    array = tf.TensorArray(inputs.dtype, time, element_shape=[None, 4 * units])
    _, d_h, d_c, d_logits = tf.while_loop(
        lambda index, *_: index >= 0, step, [time - 1, _wide(d_h), _wide(d_c), array]
    )
    d_logits = d_logits.stack()
    flat = tf.reshape(d_logits, [-1, 4 * units])
    read = states_before if state_mask is None else states_before * state_mask
    d_inputs, d_kernel = _projection_gradients(inputs, kernel, flat)
    return (
        d_inputs,
        tf.cast(d_h, inputs.dtype),
        tf.cast(d_c, inputs.dtype),
        d_kernel,
        tf.matmul(tf.reshape(read, [-1, units]), flat, transpose_a=True),
        d_logits,
    )


def _projected(inputs, kernel, bias):
    """Returns a function from the index of a step to its `x W + b`."""
    width, gates = kernel.shape
    if not width:  # Compiled graphs fail at a product of zero width.
        return lambda index: bias
    by_step = tf.transpose(inputs, [1, 0, 2])
    projected = _wide(tf.reshape(by_step, [-1, width]) @ kernel)
    projected = tf.reshape(projected, [tf.shape(by_step)[0], -1, gates]) + bias
    return lambda index: projected[index]


def _projection_gradients(inputs, kernel, flat):
    """Returns the gradients of `x` and `W`."""
    width = kernel.shape[0]
    if not width:
        return tf.zeros_like(inputs), tf.zeros_like(kernel)
    by_step = tf.transpose(inputs, [1, 0, 2])
    d_inputs = tf.matmul(flat, kernel, transpose_b=True)
    d_inputs = tf.reshape(d_inputs, tf.shape(by_step))
    d_kernel = tf.matmul(tf.reshape(by_step, [-1, width]), flat, transpose_a=True)
    return tf.transpose(d_inputs, [1, 0, 2]), d_kernel


def _shifted(first, values):
    """Returns the value before each step."""
    return tf.concat([tf.cast(first, values.dtype)[tf.newaxis], values[:-1]], axis=0)


def _shaped(values, like):
    """Returns `values` with the static shape of `like`, as loop variables need it."""
    values.set_shape(like.shape)
    return values


def _wide(values):
    """Returns `values`, cast to float32 if they are narrower."""
    return tf.cast(values, tf.float32) if values.dtype.size < 4 else values
