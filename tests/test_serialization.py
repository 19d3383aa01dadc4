"""Copies of models, and formats that a model is written in or that are refused."""

import copy
import pickle

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.every_layer import IDS, LAYERS, PAIRS, WORDS
from tf_vmfvae import layers, models


def test_a_layer_that_holds_a_function_is_not_registered_and_says_why():
    latent = layers.VonMisesFisherLatent(4, kappa=9.0)
    weigh = layers.ImportanceWeightedNLL(latent.training_log_ratio)
    with pytest.raises(NotImplementedError, match="log_ratio is a function") as caught:
        keras.saving.serialize_keras_object(weigh)
    assert "\n" not in str(caught.value)


# === Copies ===


def small(kind, latent=None):
    latent = latent or layers.VonMisesFisherLatent(3, kappa=9.0, seed=1)
    if kind == "nvdm":
        return models.NVDM(WORDS, latent, hidden_dim=4, seed=2), PAIRS
    model = models.NVRNN(WORDS, latent, embedding_dim=4, hidden_dim=4, seed=2)
    return model, IDS


@pytest.mark.parametrize("kind", ["nvdm", "nvrnn"])
@pytest.mark.parametrize(
    "copied",
    [
        pytest.param(copy.deepcopy, marks=pytest.mark.slow),
        pytest.param(copy.copy, marks=pytest.mark.slow),
        lambda model: pickle.loads(pickle.dumps(model)),
    ],
    ids=["deepcopy", "copy", "pickle"],
)
def test_copies_are_complete_models(kind, copied):
    model, inputs = small(kind)
    model.compile(keras.optimizers.Adam(0.1), run_eagerly=True)
    model.train_on_batch(inputs)
    other = copied(model)

    assert type(other) is type(model)
    outputs, other_outputs = model(inputs), other(inputs)
    for name, value in outputs.items():
        np.testing.assert_array_equal(other_outputs[name], value)
    for _ in range(2):
        assert other.train_on_batch(inputs) == model.train_on_batch(inputs)


@pytest.mark.parametrize("kind", ["nvdm", "nvrnn"])
def test_clone_model_is_refused_rather_than_lose_the_loss(kind):
    model, inputs = small(kind)
    with pytest.raises(ValueError, match=r"^clone_model would lose the loss") as caught:
        keras.models.clone_model(model)
    assert "\n" not in str(caught.value)
    # What the message says works, and so does the model.
    assert type(type(model).from_config(model.get_config())) is type(model)
    assert model(inputs)["kl"].shape == (2,)


def test_a_model_within_another_is_cloned_with_it():
    model, inputs = small("nvdm")
    entry = keras.Input((None, 2), dtype="int32")
    whole = keras.Model(entry, model(entry)["kl"])
    clone = keras.models.clone_model(whole)

    np.testing.assert_allclose(clone(inputs), whole(inputs))
    assert any(isinstance(layer, models.NVDM) for layer in clone.layers)


# === SavedModels ===

LATENTS = {
    "vmf": lambda: layers.VonMisesFisherLatent(4, 9.0, seed=3),
    "gaussian": LAYERS["GaussianLatent"].make,
    "none": LAYERS["NoLatent"].make,
}
OTHERS = {
    name: example.make
    for name, example in LAYERS.items()
    if "Latent" in name and example.make not in LATENTS.values()
}


def assert_served(kind, latent, folder):
    model, inputs = small(kind, latent())
    model.export(folder, verbose=False)
    served = tf.saved_model.load(folder)
    outputs = model(inputs)
    # The noise continues from where it was when the model was exported.
    for name, value in served.serve(inputs).items():
        np.testing.assert_allclose(value, outputs[name], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ["nvdm", "nvrnn"])
@pytest.mark.parametrize("latent", LATENTS.values(), ids=LATENTS)
def test_an_exported_model_gives_what_the_model_gives(kind, latent, tmp_path):
    assert_served(kind, latent, str(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("latent", OTHERS.values(), ids=OTHERS)
def test_an_exported_model_with_any_other_latent_gives_what_the_model_gives(
    latent, tmp_path
):
    # A model of either kind calls its latent in the same way.
    assert_served("nvdm", latent, str(tmp_path))


@pytest.mark.parametrize("format", ["litert", "onnx", "openvino"])
def test_other_formats_are_refused(format, tmp_path):
    model, _ = small("nvdm")
    with pytest.raises(
        ValueError, match=f"^format is '{format}': NVDM can only be"
    ) as caught:
        model.export(tmp_path / "model", format=format)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["model.h5", "model.hdf5"])
def test_files_that_could_not_be_loaded_are_refused(name, tmp_path):
    model, _ = small("nvdm")
    with pytest.raises(ValueError, match=r"^filepath is .*: a NVDM can only be load"):
        model.save(tmp_path / name)
    assert not list(tmp_path.iterdir())
    # The weights alone may be in such a file.
    model.save_weights(tmp_path / "model.weights.h5")
    other, _ = small("nvdm")
    other.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_array_equal(other.logits.kernel, model.logits.kernel)


@pytest.mark.parametrize("kind", ["nvdm", "nvrnn"])
def test_a_quantized_model_is_refused_and_the_model_stays_as_it_is(kind):
    model, inputs = small(kind)
    before = model(inputs)["reconstruction"]
    with pytest.raises(ValueError, match=r"^quantize: Keras computes wrong values"):
        model.quantize("int8")
    assert model(inputs)["reconstruction"].shape == before.shape
    assert all("int8" not in str(weight.dtype) for weight in model.weights)


@pytest.mark.parametrize(
    "kind", ["nvdm", pytest.param("nvrnn", marks=pytest.mark.slow)]
)
def test_a_converter_that_fails_leaves_all_models_intact(kind):
    model, inputs = small(kind)
    other, _ = small(kind)
    before = model(inputs)["kl"]
    function = tf.function(lambda inputs: model(inputs, training=True))
    concrete = function.get_concrete_function(tf.TensorSpec(inputs.shape, tf.int32))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], model)
    with pytest.raises(Exception, match=r"."):
        converter.convert()

    np.testing.assert_allclose(model(inputs)["kl"], before)
    for each in (model, other, small(kind)[0]):
        each.compile()
        assert np.isfinite(each.train_on_batch(inputs)[0])
