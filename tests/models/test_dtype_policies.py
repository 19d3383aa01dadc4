"""Dtype policies reach every layer, and nats keep the weights' precision."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import evaluation, layers, models

VOCABULARY = ["ball", "goal", "rain", "snow", "wind"]
TEXTS = ["ball goal ball", "rain snow wind rain", "goal", "wind wind"]
LATENTS = {
    "vmf": lambda: layers.VonMisesFisherLatent(4, kappa=20.0, seed=1),
    "prior": lambda: layers.VonMisesFisherLatent(4, 20.0, seed=1, prior_components=3),
    "learned": lambda: layers.LearnedVonMisesFisherLatent(4, kappa=20.0, seed=1),
    "power_spherical": lambda: layers.PowerSphericalLatent(4, kappa=20.0, seed=1),
    "norm": lambda: layers.VonMisesFisherNormLatent(4, kappa=20.0, seed=1),
    "gaussian": lambda: layers.GaussianLatent(4, seed=1),
    "product": lambda: layers.SphereProductLatent(4, 2, seed=1),
    "natural": lambda: layers.NaturalSphereProductLatent(4, 2, seed=1),
    "none": lambda: layers.NoLatent(seed=1),
}


def make_nvrnn(latent="vmf", **options):
    return models.NVRNN(
        VOCABULARY,
        LATENTS[latent](),
        embedding_dim=6,
        hidden_dim=8,
        dropout=0.0,
        seed=2,
        **options,
    )


def make_nvdm(latent="vmf", **options):
    return models.NVDM(VOCABULARY, LATENTS[latent](), hidden_dim=8, seed=2, **options)


def inputs_of(model):
    if isinstance(model, models.NVRNN):
        return model.to_ids(TEXTS).to_tensor()
    counts = np.array([[t.split().count(word) for word in VOCABULARY] for t in TEXTS])
    ids = np.broadcast_to(np.arange(1, 6), counts.shape)
    return tf.constant(np.where(counts[..., None] > 0, np.stack([ids, counts], -1), 0))


@pytest.fixture(params=["float32", "mixed_bfloat16", "mixed_float16", "float64"])
def globally(request):
    """Sets a policy, as the programs do, and takes it back."""
    before = keras.config.dtype_policy(), keras.config.floatx()
    if request.param == "float64":
        keras.config.set_floatx("float64")
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy(before[0])
    keras.config.set_floatx(before[1])


CONFIGURATIONS = {
    "nvdm": make_nvdm,
    "nvdm bursts": lambda: make_nvdm(bursts=True, codes=3, input_transform="log"),
    "nvrnn": make_nvrnn,
    "nvrnn bilstm": lambda: make_nvrnn(
        encoder_type="bilstm",
        encoder_pooling="max",
        condition=layers.BagOfWordsCondition(),
        bow_loss=1.0,
    ),
    "nvrnn gru": lambda: make_nvrnn(
        encoder_type="gru",
        recurrent_dropout=0.1,
        codes=3,
        code_layers=1,
        word_dropout=1.0,
    ),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_models_learn_under_every_policy(globally, name):
    model = CONFIGURATIONS[name]()
    inputs = inputs_of(model)
    model.compile(keras.optimizers.Adam(0.05))
    losses = model.fit(inputs, epochs=15, shuffle=False, verbose=0).history["loss"]

    assert min(losses) < losses[0] - 0.3
    wide = "float64" if globally == "float64" else "float32"
    for value in model(inputs, training=True).values():
        assert value.dtype == wide
    assert {v.dtype for v in model.trainable_variables} == {wide}
    assert evaluation.evaluate(model, [inputs]).nll > 0
    # Noise is scaled out of the loss, as Keras does it.
    is_half = isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert is_half == (globally == "mixed_float16")


TOLERANCES = {"float32": 1e-5, "mixed_bfloat16": 0.01, "mixed_float16": 0.002}


@pytest.mark.parametrize("make", [make_nvdm, make_nvrnn], ids=["nvdm", "nvrnn"])
@pytest.mark.parametrize("latent", LATENTS)
def test_every_policy_has_the_bound_of_float64(make, latent):
    # The start of a scale is drawn from the prior, in each precision's own numbers.
    options = {"scale_code": False} if make is make_nvdm else {}

    def outputs(dtype):
        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy(dtype)
        try:
            model = make(latent, **options)
        finally:
            keras.config.set_dtype_policy(before)
        for variable, value in zip(model.trainable_variables, weights, strict=True):
            variable.assign(value)
        inputs = inputs_of(model)
        hidden = model.encoder(inputs)
        posterior = model.latent.posterior(hidden)
        # A code that does not go by the noise.
        z = model.latent.location(hidden)
        found = model.likelihood([inputs, z]), model.latent.kl(posterior)
        return [tf.cast(value, tf.float64) for value in found]

    first = make(latent, **options)
    weights = [np.asarray(v.value) for v in first.trainable_variables]
    exact_nll, exact_kl = outputs("float64")
    for dtype, tolerance in TOLERANCES.items():
        nll, kl = outputs(dtype)
        np.testing.assert_allclose(nll, exact_nll, rtol=tolerance, err_msg=dtype)
        # That of a learned prior is estimated from draws of each precision's own.
        tolerance = 1.0 if latent == "prior" else tolerance
        np.testing.assert_allclose(kl, exact_kl, tolerance, tolerance, err_msg=dtype)


def policies_of(model):
    # Embeddings are in the weights' precision anyway: there is no product to speed up.
    return {
        layer.dtype_policy.name
        for layer in model._flatten_layers()
        if not isinstance(layer, keras.layers.Embedding | layers.MixturePrior)
    }


@pytest.mark.parametrize("make", [make_nvdm, make_nvrnn], ids=["nvdm", "nvrnn"])
@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
def test_a_policy_of_its_own_reaches_every_layer_and_the_file(make, dtype, tmp_path):
    model = make("prior", dtype=dtype)
    inputs = inputs_of(model)
    model.compile(keras.optimizers.Adam(0.01))
    model.fit(inputs, epochs=2, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    again = type(model).from_config(model.get_config())

    for each in (model, loaded, again):
        assert policies_of(each) == {dtype}
        assert each.compute_dtype == keras.DTypePolicy(dtype).compute_dtype
    assert keras.config.dtype_policy().name == "float32"
    outputs, loaded_outputs = model(inputs), loaded(inputs)
    for name, value in outputs.items():
        np.testing.assert_array_equal(loaded_outputs[name], value)
    options = {"epochs": 2, "verbose": 0, "shuffle": False}
    goes_on = model.fit(inputs, **options).history["loss"]
    assert loaded.fit(inputs, **options).history["loss"] == goes_on


@pytest.mark.parametrize("make", [make_nvdm, make_nvrnn], ids=["nvdm", "nvrnn"])
def test_float32_holds_against_a_global_policy(make):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        assert policies_of(make(dtype="float32")) == {"float32"}
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy(before)


def test_float64_is_a_policy_of_its_own_too():
    latent = layers.VonMisesFisherLatent(4, kappa=20.0, seed=1, dtype="float64")
    model = models.NVRNN(
        VOCABULARY, latent, embedding_dim=6, hidden_dim=8, dtype="float64"
    )
    model.compile()
    model.fit(inputs_of(model), verbose=0)

    assert policies_of(model) == {"float64"}
    assert model(inputs_of(model))["reconstruction"].dtype == tf.float64


def test_a_latent_with_a_dtype_of_its_own_keeps_it():
    latent = layers.VonMisesFisherLatent(4, kappa=20.0, dtype="float32")
    model = models.NVDM(VOCABULARY, latent, hidden_dim=8, dtype="mixed_bfloat16")
    again = models.NVDM.from_config(model.get_config())

    for each in (model, again):
        assert each.latent.mean_direction.compute_dtype == "float32"
        assert each.logits.compute_dtype == "bfloat16"


def test_a_configuration_with_another_dtype_makes_another_latent_too():
    config = {**make_nvdm(dtype="mixed_bfloat16").get_config(), "dtype": "float64"}
    assert policies_of(models.NVDM.from_config(config)) == {"float64"}


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "int8_from_float32"])
def test_weights_of_less_than_float32_are_refused(dtype):
    with pytest.raises(ValueError, match=f"^dtype is '{dtype}': choose one") as caught:
        make_nvrnn(dtype=dtype)
    assert "\n" not in str(caught.value)
    assert keras.config.dtype_policy().name == "float32"


def test_a_latent_of_other_weights_is_refused():
    with pytest.raises(ValueError, match=r"are in float32 and the model's in float64"):
        make_nvdm(dtype="float64")


@pytest.mark.parametrize("make", [make_nvdm, make_nvrnn], ids=["nvdm", "nvrnn"])
def test_arguments_that_no_one_reads_are_refused(make):
    with pytest.raises(TypeError, match="unexpected keyword argument 'hiden_dim'"):
        make(hiden_dim=3)
