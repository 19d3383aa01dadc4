"""Every public layer and model behaves as Keras's own do.

The checks are those that KerasHub makes of its layers (`run_layer_test`) and models
(`run_model_saving_test`): arguments, configuration, build, calls, dtype policies,
training, files.
"""

import inspect
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.every_layer import EXAMPLES, LAYERS, MODELS
from tf_vmfvae import layers, models

# Base classes, which have to be completed.
BASES = {"Condition", "FixedConcentrationLatent", "Latent", "SphericalLatent"}
BASES |= {"LanguageModel", "VAE"}
OTHERS = {"Perplexity", "softmax_cutoffs", "warm_start"}
# Functions, whose tests are in tests/models.
OTHERS |= {"DocumentPreprocessor", "Preprocessor", "SentencePreprocessor"}
# A layer that holds a function has no configuration, and texts have no symbolic form.
WITHOUT_CONFIGURATION = {"ImportanceWeightedNLL"}
WITHOUT_SYMBOLIC_CALL = {
    "GaussianMixturePrior",
    "MixturePrior",
    "SphereProductMixturePrior",
    "WordTokenizer",
}
# How far outputs may be from those in float32.
POLICIES = {"mixed_bfloat16": 0.03, "mixed_float16": 0.005, "float64": 1e-5}


def arrays(outputs):
    """Returns each output as an array; texts' words may be ragged."""
    return [
        np.asarray(x.to_tensor() if isinstance(x, tf.RaggedTensor) else x)
        for x in tf.nest.flatten(outputs)
    ]


def symbolic(inputs, with_batch_size=False):
    return [
        keras.Input(
            values.shape[1:],
            batch_size=len(values) if with_batch_size else None,
            dtype=values.dtype.name,
        )
        for values in inputs
    ]


def copy_weights(source, target):
    values = [variable.numpy() for variable in source.trainable_variables]
    for variable, value in zip(target.trainable_variables, values, strict=True):
        variable.assign(value)


class Holder(keras.Model):
    """A model that consists of one layer, whose outputs become small."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def call(self, inputs):
        outputs = tf.nest.flatten(self.layer(*inputs))
        squares = [tf.reduce_sum(tf.cast(x, tf.float32) ** 2) for x in outputs]
        self.add_loss(tf.add_n(squares))
        return outputs


def run_layer_test(name, example):
    """Checks all but files of a layer, as KerasHub's `run_layer_test` does."""
    layer = example.make()
    assert_arguments_are_attributes(layer)
    if name not in WITHOUT_CONFIGURATION:
        run_serialization_test(layer, example.inputs)
    if example.inputs is None:
        assert len(layer.trainable_weights) == example.trainable
        return

    built = example.make()
    if example.trainable:
        built.build(*[values.shape for values in example.inputs])
    else:
        built(*example.inputs)
    assert built.built
    called = example.make()
    outputs = called(*example.inputs)
    for each in (built, called):
        assert len(each.trainable_weights) == example.trainable
        assert len(each.non_trainable_variables) == example.state
    assert tuple(tuple(x.shape) for x in tf.nest.flatten(outputs)) == example.outputs
    if name not in WITHOUT_SYMBOLIC_CALL:
        assert_symbolic_call_agrees(example.make(), example.inputs, outputs)
    run_precision_test(name, example, called)
    if example.trainable:
        run_training_test(example)


def assert_arguments_are_attributes(layer):
    constructor = type(layer).__init__
    # Keras keeps those of its LSTM in the cell.
    if constructor.__module__.startswith("keras."):
        return
    for argument in list(inspect.signature(constructor).parameters.values())[1:]:
        if argument.kind not in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            assert hasattr(layer, argument.name)


def run_serialization_test(layer, inputs):
    """Checks that a layer comes back from its configuration, as Keras writes it."""
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is type(layer)
    # JSON has no tuples.
    assert json.dumps(again.get_config()) == json.dumps(layer.get_config())
    assert set(dir(type(layer).from_config(layer.get_config()))) == set(dir(layer))
    if inputs is None:
        return
    # The first call builds them.
    layer(*inputs), again(*inputs)
    copy_weights(layer, again)
    outputs, again_outputs = arrays(layer(*inputs)), arrays(again(*inputs))
    for value, other in zip(outputs, again_outputs, strict=True):
        np.testing.assert_array_equal(other, value)


def assert_symbolic_call_agrees(layer, inputs, outputs):
    found = layer(*symbolic(inputs, with_batch_size=True))
    both = zip(tf.nest.flatten(found), tf.nest.flatten(outputs), strict=True)
    for symbol, value in both:
        assert tf.TensorShape(symbol.shape).is_compatible_with(value.shape)
        assert symbol.dtype == value.dtype.name


def run_precision_test(name, example, original):
    """Checks what a layer gives under each dtype policy."""
    for dtype, tolerance in POLICIES.items():
        policy = keras.DTypePolicy(dtype)
        layer = example.make(dtype=dtype)
        outputs = layer(*example.inputs)
        assert {v.dtype for v in layer.trainable_weights} <= {policy.variable_dtype}
        for value in tf.nest.flatten(outputs):
            # Nats have the precision of the weights. A layer that takes its inputs as
            # they are gives their precision.
            allowed = {policy.compute_dtype, policy.variable_dtype, "int32"}
            assert not layer.autocast or value.dtype.name in allowed
        if example.state:
            # Other draws belong to another precision.
            continue
        if name not in WITHOUT_SYMBOLIC_CALL:
            assert_symbolic_call_agrees(
                example.make(dtype=dtype), example.inputs, outputs
            )
        copy_weights(original, layer)
        found = arrays(layer(*example.inputs))
        for value, exact in zip(found, arrays(original(*example.inputs)), strict=True):
            np.testing.assert_allclose(
                value.astype("float64"), exact, rtol=tolerance, atol=tolerance
            )


def run_training_test(example):
    """Checks that a step of training in a model changes every weight."""
    layer = example.make()
    model = Holder(layer)
    model.compile(keras.optimizers.Adam(0.01), run_eagerly=True)
    model(example.inputs)
    before = [v.numpy() for v in layer.trainable_variables]
    model.train_on_batch(example.inputs)
    for variable, value in zip(layer.trainable_variables, before, strict=True):
        assert np.any(variable.numpy() != value), variable.path


def run_model_saving_test(model, inputs, path):
    """Checks that a model comes back from a file, as KerasHub's test of that name."""
    model.save(path)
    loaded = keras.models.load_model(path)
    assert type(loaded) is type(model)
    assert len(loaded.variables) == len(model.variables)
    # Keras writes a seed generator's seed, but not its state.
    outputs, loaded_outputs = model(inputs), loaded(inputs)
    if isinstance(outputs, dict):
        assert outputs.keys() == loaded_outputs.keys()
    for value, other in zip(arrays(outputs), arrays(loaded_outputs), strict=True):
        np.testing.assert_allclose(other, value, rtol=1e-6, atol=1e-6)


def test_every_public_layer_and_model_is_tried():
    public = {*layers.__all__, *models.__all__}
    assert {*EXAMPLES, *BASES, *OTHERS} == public


def test_every_class_that_keras_can_save_is_tried():
    prefix = "tf_vmfvae>"
    registered = {
        name.removeprefix(prefix)
        for name, made in keras.saving.get_custom_objects().items()
        # `tests/losses` has the losses.
        if name.startswith(prefix) and not issubclass(made, keras.Loss)
    }
    assert registered == {*EXAMPLES, "Perplexity"} - WITHOUT_CONFIGURATION


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_does_what_keras_expects_of_a_layer(name):
    run_layer_test(name, LAYERS[name])


@pytest.mark.parametrize(
    "name", sorted({*LAYERS} - WITHOUT_CONFIGURATION - WITHOUT_SYMBOLIC_CALL)
)
def test_a_layer_in_a_functional_model_comes_back_from_a_file(name, tmp_path):
    example = LAYERS[name]
    inputs = symbolic(example.inputs)
    model = keras.Model(inputs, example.make()(*inputs))
    run_model_saving_test(model, list(example.inputs), tmp_path / "model.keras")


@pytest.mark.parametrize("name", MODELS)
def test_a_model_does_what_keras_expects_of_a_model(name, tmp_path):
    example = MODELS[name]
    model = example.make()
    assert_arguments_are_attributes(model)
    outputs = model(*example.inputs)
    assert len(model.trainable_weights) == example.trainable
    assert len(model.non_trainable_variables) == example.state
    assert tuple(tuple(x.shape) for x in tf.nest.flatten(outputs)) == example.outputs
    run_serialization_test(example.make(), example.inputs)
    run_model_saving_test(model, *example.inputs, tmp_path / "model.keras")


def test_the_metric_comes_back_from_its_configuration():
    run_serialization_test(models.Perplexity("exp"), None)
