"""The fast LSTM has the outputs, states and gradients of Keras's LSTM."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.layers import LSTM
from tf_vmfvae.ops.lstm_sequence import lstm_sequence

BATCH, TIME, WIDTH, UNITS = 3, 5, 4, 6


def _pair(**options):
    """Returns the fast layer and Keras's layer, with the same weights."""
    made = [
        kind(UNITS, return_sequences=True, return_state=True, **options)
        for kind in (LSTM, keras.layers.LSTM)
    ]
    for layer in made:
        layer.build((BATCH, TIME, WIDTH))
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=w.shape) for w in made[0].get_weights()]
    for layer in made:
        layer.set_weights(weights)
    return made


def _problem(seed=0):
    rng = np.random.default_rng(seed)
    shapes = [(BATCH, TIME, WIDTH), (BATCH, UNITS), (BATCH, UNITS)]
    return [tf.constant(rng.normal(size=shape), tf.float32) for shape in shapes]


def _weights(shape):
    return np.random.default_rng(5).normal(size=shape).astype("float32")


def _outputs_and_gradients(layer, mask=None, training=False):
    inputs, h, c = _problem()
    variables = [variable.value for variable in layer.trainable_variables]
    with tf.GradientTape() as tape:
        tape.watch([inputs, h, c])
        outputs = layer(inputs, initial_state=[h, c], mask=mask, training=training)
        # Different weights for all entries, so that every gradient is checked.
        total = sum(
            tf.reduce_sum(output * _weights(output.shape)) for output in outputs
        )
    return [*outputs, *tape.gradient(total, [inputs, h, c, *variables])]


RIGHT = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0]], bool)
HOLES = np.array([[0, 1, 0, 1, 1], [1, 1, 1, 1, 0], [0, 0, 0, 0, 0]], bool)


@pytest.mark.parametrize(
    ("mask", "go_backwards"), [*itertools.product([None, RIGHT, HOLES], [False, True])]
)
def test_outputs_states_and_gradients_are_those_of_keras(mask, go_backwards):
    fast, plain = _pair(go_backwards=go_backwards)
    ours = _outputs_and_gradients(fast, mask)
    theirs = _outputs_and_gradients(plain, mask)

    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5)


def _loop(inputs, h, c, kernel, recurrent_kernel, bias, state_mask):
    """Computes the formulas step by step, for automatic differentiation."""
    outputs = []
    for x in tf.unstack(inputs, axis=1):
        logits = x @ kernel + (h * state_mask) @ recurrent_kernel + bias
        i, f, g, o = tf.split(logits, 4, axis=-1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h = tf.sigmoid(o) * tf.tanh(c)
        outputs.append(h)
    return tf.stack(outputs, axis=1)


def test_dropout_on_the_state_follows_the_formulas():
    inputs, h, c = _problem()
    weights = [tf.constant(weight, tf.float32) for weight in _pair()[0].get_weights()]
    state_mask = tf.constant(_weights((BATCH, UNITS)))
    arguments = [inputs, h, c, *weights]
    results = []
    for run in (
        lambda x, h, c, *w: lstm_sequence(x, (h, c), *w, state_mask=state_mask)[0],
        lambda *arguments: _loop(*arguments, state_mask),
    ):
        with tf.GradientTape() as tape:
            tape.watch(arguments)
            outputs = run(*arguments)
            total = tf.reduce_sum(outputs * _weights(outputs.shape))
        results.append([outputs, *tape.gradient(total, arguments)])

    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5)


def test_dropout_on_the_state_is_only_for_training():
    layer, plain = _pair(recurrent_dropout=0.5, seed=3)
    inputs = _problem()[0]

    np.testing.assert_allclose(layer(inputs)[0], plain(inputs)[0], atol=1e-6)
    assert not np.allclose(layer(inputs)[0], layer(inputs, training=True)[0])


def test_one_compiled_function_takes_any_batch_and_length():
    fast, plain = _pair()
    call = tf.function(
        lambda x: fast(x)[0], input_signature=[tf.TensorSpec([None, None, WIDTH])]
    )
    for batch, time in ((2, 1), (1, 9)):
        inputs = tf.random.stateless_normal([batch, time, WIDTH], (1, 2))
        np.testing.assert_allclose(call(inputs), plain(inputs)[0], atol=1e-6)


def _value_and_gradient(layer, inputs):
    mask = tf.ones(tf.shape(inputs)[:2], tf.bool)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs, mask=mask)
        total = tf.reduce_sum(outputs[0] ** 2)
    return [*outputs, tape.gradient(total, inputs)]


@pytest.mark.parametrize("batch", [1, 2, 40])
@pytest.mark.parametrize("compiled", [False, True])
def test_a_fixed_batch_size_takes_several_lengths(batch, compiled):
    fast, plain = _pair()
    call = _value_and_gradient
    if compiled:
        signature = [tf.TensorSpec([batch, None, WIDTH])]
        call = tf.function(lambda x: _value_and_gradient(fast, x), signature)
    for time in (3, 4, 1, 9):
        inputs = tf.random.stateless_normal([batch, time, WIDTH], (1, 2))
        found = call(inputs) if compiled else call(fast, inputs)
        expected = _value_and_gradient(plain, inputs)
        for value, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(value, other, atol=1e-5)


def test_layers_of_different_sizes_do_not_disturb_each_other():
    inputs = tf.random.stateless_normal([20, 7, WIDTH], (1, 2))
    for units in (3, 5, 4, 3):
        fast, plain = (
            kind(units, return_sequences=True) for kind in (LSTM, keras.layers.LSTM)
        )
        for layer in (fast, plain):
            layer.build(inputs.shape)
        plain.set_weights(fast.get_weights())
        with tf.GradientTape() as tape:
            outputs = fast(inputs)
        np.testing.assert_allclose(outputs, plain(inputs), atol=1e-6)
        gradients = tape.gradient(outputs, fast.trainable_variables)
        assert [g.shape for g in gradients] == [w.shape for w in fast.weights]
        inputs = outputs


def test_xla_gives_the_same_outputs():
    fast, plain = _pair()
    inputs = _problem()[0]
    call = tf.function(lambda x: fast(x)[0], jit_compile=True)

    np.testing.assert_allclose(call(inputs), plain(inputs)[0], atol=1e-6)


def test_bfloat16_products_stay_near_float32():
    fast, plain = _pair(dtype="mixed_bfloat16")[0], _pair()[1]
    inputs = _problem()[0]
    outputs, h, c = fast(inputs)

    assert outputs.dtype == h.dtype == c.dtype == tf.bfloat16
    np.testing.assert_allclose(
        tf.cast(outputs, tf.float32), plain(inputs)[0], atol=0.05
    )


def test_bfloat16_drops_as_much_of_the_state_as_float32():
    # Each unit only passes on its own state, so a dropped state gives an output of 0.
    layer = LSTM(UNITS, recurrent_dropout=0.05, dtype="mixed_bfloat16", seed=1)
    layer.build((None, 1, WIDTH))
    _, recurrent_kernel, _ = weights = [np.zeros(w.shape) for w in layer.get_weights()]
    recurrent_kernel[:, 2 * UNITS : 3 * UNITS] = np.eye(UNITS)
    layer.set_weights(weights)
    examples = 20_000
    ones, zeros = tf.ones([examples, UNITS]), tf.zeros([examples, UNITS])
    outputs = layer(
        tf.zeros([examples, 1, WIDTH]), initial_state=[ones, zeros], training=True
    )

    share = np.mean(tf.cast(outputs, tf.float32) == 0)
    assert abs(share - 0.05) < 6 * np.sqrt(0.05 * 0.95 / (examples * UNITS))


@pytest.mark.parametrize(
    "options",
    [{"activation": "relu"}, {"use_bias": False}, {"unroll": True}, {"dropout": 0.5}],
)
def test_unsupported_options_are_left_to_keras(options):
    fast, plain = _pair(**options)
    inputs = _problem()[0]

    np.testing.assert_array_equal(fast(inputs)[0], plain(inputs)[0])


@pytest.mark.parametrize(
    ("precision", "tolerance"), [("float32", 2e-5), ("mixed_bfloat16", 0.05)]
)
def test_training_drops_recurrent_weights_for_the_whole_batch(precision, tolerance):
    def make(**options):
        layer = LSTM(UNITS, return_sequences=True, dtype=precision, **options)
        layer.build((BATCH, TIME, WIDTH))
        layer.set_weights([_weights(w.shape) for w in layer.get_weights()])
        return layer

    dropping, plain = make(weight_drop=0.4, seed=3), make()
    kernel, recurrent_kernel, bias = dropping.get_weights()
    kept = keras.random.dropout(
        tf.ones_like(recurrent_kernel), 0.4, seed=keras.random.SeedGenerator(3)
    )
    plain.set_weights([kernel, recurrent_kernel * kept, bias])
    inputs = _problem()[0]
    found = []
    for layer in (dropping, plain):
        variables = [variable.value for variable in layer.trainable_variables]
        with tf.GradientTape() as tape:
            outputs = layer(inputs, training=True)
            total = tf.reduce_sum(tf.cast(outputs, "float32") * _weights(outputs.shape))
        found.append([outputs, *tape.gradient(total, variables)])
    # What is dropped learns nothing.
    found[1][2] *= kept

    assert 0 < np.mean(kept == 0) < 1
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(
            tf.cast(one, "float32"),
            tf.cast(other, "float32"),
            rtol=tolerance,
            atol=tolerance,
        )


def test_each_call_drops_other_weights_and_only_in_training():
    plain = _pair()[1]
    dropping = LSTM(UNITS, return_sequences=True, weight_drop=0.5, seed=3)
    dropping.build((BATCH, TIME, WIDTH))
    dropping.set_weights(plain.get_weights())
    inputs = _problem()[0]

    np.testing.assert_allclose(dropping(inputs), plain(inputs)[0], atol=1e-6)
    first, second = (dropping(inputs, training=True) for _ in range(2))
    assert np.abs(first - second).max() > 1e-3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weight_drop": 1.0}, "weight_drop is 1.0: give 0 or more, and below 1"),
        ({"weight_drop": "a"}, "weight_drop is 'a': give 0 or more"),
        ({"weight_drop": 0.5, "activation": "relu"}, "weight_drop is 0.5: it needs"),
        ({"weight_drop": 0.5, "unroll": True}, "weight_drop is 0.5: it needs"),
    ],
    ids=str,
)
def test_a_weight_drop_that_cannot_be_had_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        LSTM(UNITS, **options)


def test_a_configuration_makes_the_same_layer():
    layer = LSTM(UNITS, recurrent_dropout=0.25, weight_drop=0.5, name="encoder")
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(layer)
    )

    assert isinstance(again, LSTM)
    assert (again.units, again.recurrent_dropout) == (UNITS, 0.25)
    assert again.weight_drop == 0.5


@pytest.mark.parametrize(
    "options",
    [{}, {"go_backwards": True}, {"activation": "relu"}],
    ids=str,
)
@pytest.mark.parametrize("mask", [None, RIGHT])
@pytest.mark.parametrize("width", [WIDTH, 0])
def test_a_context_is_read_as_if_it_were_repeated_over_time(options, mask, width):
    context = tf.constant(_weights((BATCH, 2)))
    results = []
    for given in ("context", "repeated"):
        layer = LSTM(UNITS, return_sequences=True, return_state=True, **options)
        layer.build((BATCH, TIME, width + 2))
        layer.set_weights([_weights(w.shape) for w in layer.get_weights()])
        inputs, h, c = _problem()
        inputs = inputs[..., :width]
        variables = [variable.value for variable in layer.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch([inputs, h, c, context])
            options_of_call, read = {"context": context}, inputs
            if given == "repeated":
                repeated = tf.repeat(context[:, None], TIME, axis=1)
                options_of_call, read = {}, tf.concat([inputs, repeated], axis=-1)
            outputs = layer(
                read, initial_state=[h, c], mask=mask, training=True, **options_of_call
            )
            total = sum(
                tf.reduce_sum(output * _weights(output.shape)) for output in outputs
            )
        gradients = tape.gradient(total, [inputs, h, c, context, *variables])
        results.append([*outputs, *gradients])

    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("batch", [5, 40])
@pytest.mark.parametrize("width", [WIDTH, 0])
def test_a_functional_model_can_have_a_context(batch, width):
    words = keras.Input((None, width))
    context = keras.Input((2,))
    layer = LSTM(UNITS)
    model = keras.Model([words, context], layer(words, context=context))
    assert layer.cell.kernel.shape == (width + 2, 4 * UNITS)

    x = tf.random.stateless_normal([batch, TIME, width], (1, 2))
    read = tf.random.stateless_normal([batch, 2], (3, 4))
    plain = keras.layers.LSTM(UNITS)
    plain.build((None, None, width + 2))
    plain.set_weights(layer.get_weights())
    repeated = tf.repeat(read[:, None], TIME, axis=1)
    expected = plain(tf.concat([x, repeated], axis=-1))
    np.testing.assert_allclose(model([x, read]), expected, atol=1e-6)
    again = keras.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(again([x, read]), expected, atol=1e-6)
