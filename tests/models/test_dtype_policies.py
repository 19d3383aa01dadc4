"""Dtype policies reach every layer, and nats keep the precision of the weights."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models import sentence_models
from tf_vmfvae import evaluation, layers, models

VOCABULARY = ["ball", "goal", "rain", "snow", "wind"]
TEXTS = ["ball goal ball", "rain snow wind rain", "goal", "wind wind"]
LATENTS = {
    "vmf": lambda: layers.VonMisesFisherLatent(4, kappa=20.0, seed=1),
    "prior": lambda: layers.VonMisesFisherLatent(4, 20.0, seed=1, prior_components=3),
    "learned": lambda: layers.LearnedVonMisesFisherLatent(4, kappa=20.0, seed=1),
    "power_spherical": lambda: layers.PowerSphericalLatent(4, kappa=20.0, seed=1),
    "spherical_cauchy": lambda: layers.SphericalCauchyLatent(4, kappa=20.0, seed=1),
    "norm": lambda: layers.VonMisesFisherNormLatent(4, kappa=20.0, seed=1),
    "gaussian": lambda: layers.GaussianLatent(4, seed=1),
    "batch_norm": lambda: layers.GaussianLatent(4, seed=1, batch_norm=0.6),
    "projected_normal": lambda: layers.ProjectedNormalLatent(4, seed=1),
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
def global_policy(request):
    """Sets a global policy for the test, and returns its name."""
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
    "nvrnn with options": lambda: make_nvrnn(
        encoder_type="gru",
        encoder_pooling="max",
        recurrent_dropout=0.1,
        condition=layers.BagOfWordsCondition(),
        bow_loss=1.0,
        codes=3,
        code_layers=1,
        word_dropout=1.0,
    ),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_models_learn_under_every_policy(global_policy, name):
    model = CONFIGURATIONS[name]()
    inputs = inputs_of(model)
    # Tracing takes longer than all of these steps together.
    model.compile(keras.optimizers.Adam(0.05), run_eagerly=True)
    steps = 15 if isinstance(model, models.NVDM) else 8
    losses = [float(model.train_on_batch(inputs)[0]) for _ in range(steps)]

    assert min(losses) < losses[0] - 0.3
    wide = "float64" if global_policy == "float64" else "float32"
    for value in model(inputs, training=True).values():
        assert value.dtype == wide
    assert {v.dtype for v in model.trainable_variables} == {wide}
    # Keras scales the loss so that small gradients do not vanish in float16.
    is_scaled = isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert is_scaled == (global_policy == "mixed_float16")


TOLERANCES = {"float32": 1e-5, "mixed_bfloat16": 0.02, "mixed_float16": 0.002}


@pytest.mark.parametrize(
    ("make", "latent"),
    [
        *[pytest.param(make_nvdm, latent, id=f"nvdm-{latent}") for latent in LATENTS],
        pytest.param(make_nvrnn, "vmf", id="nvrnn-vmf"),
        pytest.param(make_nvrnn, "none", id="nvrnn-none"),
    ],
)
def test_every_policy_gives_the_bound_of_float64(make, latent):
    # The initial scale is estimated from draws, which differ between precisions.
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
        # A code without noise.
        z = model.latent.location(hidden)
        found = model.likelihood([inputs, z]), model.latent.kl(posterior)
        return [tf.cast(value, tf.float64) for value in found]

    first = make(latent, **options)
    weights = [np.asarray(v.value) for v in first.trainable_variables]
    exact_nll, exact_kl = outputs("float64")
    for dtype, tolerance in TOLERANCES.items():
        nll, kl = outputs(dtype)
        np.testing.assert_allclose(nll, exact_nll, rtol=tolerance, err_msg=dtype)
        # The KL to a learned prior is estimated from draws, which differ, too.
        tolerance = 1.0 if latent == "prior" else tolerance
        np.testing.assert_allclose(kl, exact_kl, tolerance, tolerance, err_msg=dtype)


def policies_of(model):
    # Embeddings always have the precision of the weights.
    return {
        layer.dtype_policy.name
        for layer in model._flatten_layers()
        if not isinstance(layer, keras.layers.Embedding | layers.MixturePrior)
    }


@pytest.mark.parametrize("make", [make_nvdm, make_nvrnn], ids=["nvdm", "nvrnn"])
@pytest.mark.parametrize(
    "dtype", ["mixed_bfloat16", pytest.param("mixed_float16", marks=pytest.mark.slow)]
)
def test_a_models_policy_reaches_every_layer_and_the_file(make, dtype, tmp_path):
    model = make("prior", dtype=dtype)
    inputs = inputs_of(model)
    model.compile(keras.optimizers.Adam(0.01), run_eagerly=True)
    model.train_on_batch(inputs)
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
    for _ in range(2):
        assert loaded.train_on_batch(inputs) == model.train_on_batch(inputs)


@pytest.mark.parametrize("make", [make_nvdm, make_nvrnn], ids=["nvdm", "nvrnn"])
def test_a_models_policy_overrides_the_global_one(make):
    def made():
        model = make(dtype="float32")
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
        return model

    model = sentence_models.with_policy("mixed_bfloat16", made)
    assert policies_of(model) == {"float32"}


@pytest.mark.parametrize("dtype", ["float64", "mixed_float16"])
def test_evaluation_works_in_any_dtype(dtype):
    latent = layers.VonMisesFisherLatent(4, kappa=20.0, seed=1, dtype=dtype)
    model = models.NVDM(VOCABULARY, latent, hidden_dim=8, seed=2, dtype=dtype)
    assert 0 < evaluation.evaluate(model, [inputs_of(model)]).nll < 10


def test_a_model_can_be_in_float64():
    latent = layers.VonMisesFisherLatent(4, kappa=20.0, seed=1, dtype="float64")
    model = models.NVRNN(
        VOCABULARY, latent, embedding_dim=6, hidden_dim=8, dtype="float64"
    )
    model.compile(run_eagerly=True)
    model.train_on_batch(inputs_of(model))

    assert policies_of(model) == {"float64"}
    assert model(inputs_of(model))["reconstruction"].dtype == tf.float64


def test_a_latent_keeps_a_dtype_that_it_was_given():
    latent = layers.VonMisesFisherLatent(4, kappa=20.0, dtype="float32")
    model = models.NVDM(VOCABULARY, latent, hidden_dim=8, dtype="mixed_bfloat16")
    again = models.NVDM.from_config(model.get_config())

    for each in (model, again):
        assert each.latent.mean_direction.compute_dtype == "float32"
        assert each.logits.compute_dtype == "bfloat16"


@pytest.mark.parametrize(
    "make_condition",
    [layers.BagOfWordsCondition, lambda **options: layers.LabelCondition(3, **options)],
    ids=["bow", "label"],
)
def test_a_condition_follows_the_model_unless_it_was_given_a_dtype(make_condition):
    follows = make_nvrnn(condition=make_condition(), dtype="mixed_bfloat16")
    keeps = make_nvrnn(
        condition=make_condition(dtype="float32"), dtype="mixed_bfloat16"
    )

    assert policies_of(follows) == {"mixed_bfloat16"}
    assert keeps.condition.dtype_policy.name == "float32"
    again = models.NVRNN.from_config(keeps.get_config())
    assert again.condition.dtype_policy.name == "float32"


def test_a_changed_dtype_in_a_configuration_changes_the_latent_too():
    config = {**make_nvdm(dtype="mixed_bfloat16").get_config(), "dtype": "float64"}
    assert policies_of(models.NVDM.from_config(config)) == {"float64"}


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "int8_from_float32"])
def test_weights_with_fewer_digits_than_float32_are_refused(dtype):
    with pytest.raises(ValueError, match=f"^dtype is '{dtype}': choose one") as caught:
        make_nvrnn(dtype=dtype)
    assert "\n" not in str(caught.value)
    assert keras.config.dtype_policy().name == "float32"


def test_a_latent_whose_weights_have_another_dtype_is_refused():
    with pytest.raises(ValueError, match=r"are in float32 and the model's in float64"):
        make_nvdm(dtype="float64")


@pytest.mark.parametrize("make", [make_nvdm, make_nvrnn], ids=["nvdm", "nvrnn"])
def test_unknown_arguments_are_refused(make):
    with pytest.raises(TypeError, match="unexpected keyword argument 'hiden_dim'"):
        make(hiden_dim=3)


# === mixed_bfloat16 ===


def in_mixed_bfloat16(make):
    return sentence_models.with_policy("mixed_bfloat16", make)


def test_mixed_bfloat16_learns_as_float32_does():
    losses = []

    def make():
        return sentence_models.make_model("vmf", dropout=0.0, bow_loss=1.0)

    for model in (make(), in_mixed_bfloat16(make)):
        model.compile(keras.optimizers.Adam(0.03), run_eagerly=True)
        ids = sentence_models.ids_of(model)
        history = model.fit(ids, epochs=5, shuffle=False, verbose=0).history
        losses.append(np.array(history["nll"]))
        assert {v.dtype for v in model.trainable_variables} == {"float32"}
        assert model(ids)["reconstruction"].dtype == tf.float32

    np.testing.assert_allclose(*losses, rtol=0.03)
    assert losses[1][-1] < losses[1][0] - 1


@pytest.mark.parametrize("latent", ["vmf", "none"])
def test_mixed_bfloat16_writes_sentences(latent):
    model = in_mixed_bfloat16(lambda: sentence_models.make_model(latent))
    assert len(model.generate(3, seed=1)) == 3


@pytest.mark.parametrize("tied", [True, False])
def test_mixed_bfloat16_sums_the_gradient_over_all_uses_of_a_word(tied):
    # 1000 uses; a sum of ones in bfloat16 stops at 256.
    texts = [" ".join(["shares"] * 50)] * 20
    gradients = []

    def make():
        return sentence_models.make_model("none", dropout=0.0, tie_embeddings=tied)

    for model in (make(), in_mixed_bfloat16(make)):
        ids = sentence_models.ids_of(model, texts)
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(model(ids, training=True)["reconstruction"])
        embeddings = model.embedding.embeddings
        gradients.append(tf.convert_to_tensor(tape.gradient(loss, embeddings.value)))

    error = np.linalg.norm(gradients[0] - gradients[1])
    assert error < 0.02 * np.linalg.norm(gradients[0])
