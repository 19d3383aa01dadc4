"""Whatever is registered with Keras comes back from its configuration."""

import copy
import json
import pickle

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models

IDS = np.array([[3, 4, 2], [5, 2, 0]], "int32")
LABELS = np.array([0, 4], "int32")
PAIRS = np.array([[[1, 2], [3, 1]], [[2, 4], [0, 0]]], "int32")
HIDDEN = np.random.default_rng(0).normal(size=(2, 7)).astype("float32")
WORDS = ["ball", "goal", "rain"]


def _latent(make, *arguments, **options):
    return lambda: make(*arguments, seed=3, **options), (HIDDEN,)


# One of each class, with what it is called with.
EXAMPLES = {
    "BagDense": (
        lambda: layers.BagDense(3, 2, activation="relu"),
        (PAIRS[..., 0], PAIRS[..., 1].astype("float32")),
    ),
    "BagNLL": (layers.BagNLL, (HIDDEN, np.abs(HIDDEN))),
    "BagOfWordsCondition": (
        lambda: layers.BagOfWordsCondition(3, seed=1),
        (IDS, np.stack([HIDDEN] * 3, axis=1)),
    ),
    "BurstyBagNLL": (lambda: layers.BurstyBagNLL(7.0), (HIDDEN, PAIRS)),
    "CodeScale": (lambda: layers.CodeScale(3.0), (HIDDEN,)),
    "Dense": (lambda: layers.Dense(2, "tanh"), (HIDDEN,)),
    "Dropout": (lambda: layers.Dropout(0.2, seed=1), (HIDDEN,)),
    "GaussianLatent": _latent(layers.GaussianLatent, 4, free_bits=2.0),
    "LSTM": (lambda: layers.LSTM(2, return_state=True), (HIDDEN[:, None],)),
    "LabelCondition": (lambda: layers.LabelCondition(5, 3, seed=1), (LABELS,)),
    "LearnedVonMisesFisherLatent": _latent(
        layers.LearnedVonMisesFisherLatent, 4, 9.0, kappa_floor=2.0, kappa_ceiling=20.0
    ),
    "MeanOverCodes": (layers.MeanOverCodes, (HIDDEN[:, 0], HIDDEN[:1])),
    "MixturePrior": (lambda: layers.MixturePrior(3, 4, seed=1), None),
    "NVDM": (
        lambda: models.NVDM(
            WORDS,
            layers.NaturalSphereProductLatent(4, 2, seed=3),
            hidden_dim=4,
            encoder_layers=1,
            decoder_layers=0,
            activation="tanh",
            input_transform="log",
            input_dropout=0.1,
            dropout=0.1,
            scale_code=False,
            bursts=True,
            codes=2,
            seed=1,
            dtype="mixed_bfloat16",
            name="documents",
        ),
        (PAIRS,),
    ),
    "NVRNN": (
        lambda: models.NVRNN(
            WORDS,
            layers.PowerSphericalLatent(4, 9.0, seed=3),
            embedding_dim=4,
            hidden_dim=5,
            num_layers=2,
            encoder_type="gru",
            encoder_pooling="max",
            code_layers=1,
            condition=layers.BagOfWordsCondition(3),
            bow_loss=0.5,
            codes=2,
            word_dropout=0.5,
            dropout=0.1,
            recurrent_dropout=0.1,
            tie_embeddings=False,
            seed=1,
            name="sentences",
        ),
        (IDS,),
    ),
    "NaturalSphereProductLatent": _latent(
        layers.NaturalSphereProductLatent, 4, 2, 9.0, concentration_features=1
    ),
    "NoLatent": _latent(layers.NoLatent),
    "Perplexity": (lambda: models.Perplexity("exp"), None),
    "PowerSphericalLatent": _latent(layers.PowerSphericalLatent, 4, 9.0),
    "RepeatExamples": (layers.RepeatExamples, (HIDDEN[:1], HIDDEN)),
    "SphereProductLatent": _latent(
        layers.SphereProductLatent, 4, 2, 9.0, concentration_features=1
    ),
    "VonMisesFisherLatent": _latent(
        layers.VonMisesFisherLatent, 4, 9.0, training_kappa=5.0, prior_components=2
    ),
    "VonMisesFisherNormLatent": _latent(
        layers.VonMisesFisherNormLatent, 4, 9.0, norm_range=5.0, norm_width=0.5
    ),
    "WordCounts": (lambda: layers.WordCounts(3), (PAIRS,)),
    "WordDropout": (lambda: layers.WordDropout(0.5, seed=1), (IDS,)),
    "WordSoftmax": (
        lambda: layers.WordSoftmax(5, embedding=keras.layers.Embedding(6, 7)),
        (HIDDEN[:, None],),
    ),
    "WordTokenizer": (lambda: layers.WordTokenizer(WORDS), (["goal ball", "x"],)),
}


def registered():
    """Returns the names of all classes but losses, which `tests/losses` has."""
    return sorted(
        name.removeprefix("tf_vmfvae>")
        for name, made in keras.saving.get_custom_objects().items()
        if name.startswith("tf_vmfvae>") and not issubclass(made, keras.Loss)
    )


def test_every_registered_class_is_tried():
    assert registered() == sorted(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_registered_class_comes_back_from_its_configuration(name):
    make, inputs = EXAMPLES[name]
    original = make()
    # As Keras writes it into a file.
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(original)))
    again = keras.saving.deserialize_keras_object(config)

    assert type(again) is type(original)
    # JSON has no tuples.
    assert json.dumps(again.get_config()) == json.dumps(original.get_config())
    if inputs is None:
        return
    # The first call builds them.
    original(*inputs), again(*inputs)
    weights = [v.value for v in original.trainable_variables]
    for variable, value in zip(again.trainable_variables, weights, strict=True):
        variable.assign(value)
    for value, other in zip(
        arrays(original(*inputs)), arrays(again(*inputs)), strict=True
    ):
        np.testing.assert_array_equal(other, value)


def arrays(outputs):
    return [
        np.asarray(x.to_tensor() if isinstance(x, tf.RaggedTensor) else x)
        for x in tf.nest.flatten(outputs)
    ]


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
    model.compile(keras.optimizers.Adam(0.1))
    model.train_on_batch(inputs)
    other = copied(model)

    assert type(other) is type(model)
    outputs, other_outputs = model(inputs), other(inputs)
    for name, value in outputs.items():
        np.testing.assert_array_equal(other_outputs[name], value)
    options = {"verbose": 0, "shuffle": False}
    assert other.fit(inputs, **options).history == model.fit(inputs, **options).history


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

LATENTS = ("VonMisesFisherLatent", "GaussianLatent", "NoLatent")
OTHERS = [
    name
    for name, (make, _) in EXAMPLES.items()
    if "Latent" in name and name not in LATENTS
]


def assert_served(kind, latent, folder):
    model, inputs = small(kind, EXAMPLES[latent][0]())
    model.export(folder, verbose=False)
    served = tf.saved_model.load(folder)
    outputs = model(inputs)
    # The noise continues from where it was when the model was exported.
    for name, value in served.serve(inputs).items():
        np.testing.assert_allclose(value, outputs[name], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ["nvdm", "nvrnn"])
@pytest.mark.parametrize("latent", LATENTS)
def test_an_exported_model_gives_what_the_model_gives(kind, latent, tmp_path):
    assert_served(kind, latent, str(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nvdm", "nvrnn"])
@pytest.mark.parametrize("latent", OTHERS)
def test_an_exported_model_with_any_other_latent_gives_what_the_model_gives(
    kind, latent, tmp_path
):
    assert_served(kind, latent, str(tmp_path))


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


@pytest.mark.parametrize("kind", ["nvdm", "nvrnn"])
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
