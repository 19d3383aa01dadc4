import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models

WORDS = ["the", "cat", "dog", "sees", "hears", "it", "them"]
TEXTS = ["the cat sees it", "the dog hears them"]
SIZES = {"embedding_dim": 6, "hidden_dim": 8, "dropout": 0.0}


def make(latent=None, **options):
    model = models.NVRNN(WORDS, latent or layers.NoLatent(), **{**SIZES, **options})
    # Nothing that starts at zero may stay there: it would be taken for what was taken.
    for weight in model.trainable_weights:
        noise = np.random.default_rng(len(weight.path)).normal(size=weight.shape)
        weight.assign_add(0.3 * noise.astype("float32"))
    return model


def vmf(kappa=10.0, latent_dim=4, **options):
    return layers.VonMisesFisherLatent(latent_dim, kappa=kappa, **options)


def inputs(model):
    labels = [0, 1] if model.condition == "label" else None
    return model.to_ids(TEXTS, labels).to_tensor()


def likelihood(model, z):
    return model.likelihood([inputs(model), z]).numpy()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"num_layers": 2, "tie_embeddings": False},
        {"condition": "bow"},
        {"condition": "label", "num_labels": 2},
        {"code_layers": 2},
    ],
    ids=str,
)
def test_a_plain_model_that_is_given_a_code_is_what_it_was(options):
    plain, model = make(**options), make(vmf(), bow_loss=1.0, **options)
    expected = likelihood(plain, tf.zeros([2, 0]))
    z = model.latent.prior().sample(2, seed=1)
    assert not np.allclose(likelihood(model, z), expected, atol=1e-2)
    models.warm_start(model, plain)
    np.testing.assert_allclose(likelihood(model, z), expected, atol=1e-5)


def test_the_new_code_is_learned_to_be_used():
    plain, model = make(), make(vmf())
    models.warm_start(model, plain)
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    model.fit(inputs(model), epochs=20, verbose=0)
    z = model.latent.prior().sample(2, seed=1)
    assert not np.allclose(likelihood(model, z), likelihood(model, -z), atol=1e-3)


@pytest.mark.parametrize(
    "options", [{}, {"bow_loss": 1.0}, {"code_layers": 1}], ids=str
)
def test_of_a_like_code_everything_is_taken(options):
    trained, model = (make(vmf(kappa), **options) for kappa in (50.0, 10.0))
    models.warm_start(model, trained)
    for weight, of_trained in zip(
        model.trainable_weights, trained.trainable_weights, strict=True
    ):
        np.testing.assert_array_equal(weight, of_trained)
    assert model.latent.kappa == 10.0


@pytest.mark.parametrize("components", [0, 3, 5])
def test_a_prior_that_learns_is_taken_if_it_fits(components):
    trained = make(vmf(prior_components=components))
    model = make(vmf(prior_components=5))
    before = [weight.numpy() for weight in model.latent.mixture_prior.weights]
    models.warm_start(model, trained)
    # The code is the same one in any case.
    np.testing.assert_array_equal(
        model.latent.mean_direction.kernel, trained.latent.mean_direction.kernel
    )
    z = model.latent.prior().sample(2, seed=1)
    np.testing.assert_allclose(likelihood(model, z), likelihood(trained, z), rtol=1e-6)
    expected = trained.latent.mixture_prior.weights if components == 5 else before
    for weight, value in zip(model.latent.mixture_prior.weights, expected, strict=True):
        np.testing.assert_array_equal(weight, value)


@pytest.mark.parametrize(
    ("latent", "options"),
    [
        (lambda: vmf(latent_dim=6), {}),
        (lambda: layers.GaussianLatent(4), {}),
        (vmf, {"encoder": "bow"}),
        (vmf, {"encoder": "lstm", "encoder_pooling": "mean"}),
        (vmf, {"code_layers": 1}),
        (layers.NoLatent, {}),
    ],
    ids=[
        "wider",
        "gaussian",
        "another encoder",
        "another pooling",
        "code layers",
        "no code",
    ],
)
def test_another_code_is_a_new_one(latent, options):
    trained, model = make(vmf()), make(latent(), **options)
    models.warm_start(model, trained)
    zero = tf.zeros([2, model.latent.latent_dim])
    # The trained decoder's state at the origin is its map's bias.
    if model.latent.latent_dim:
        expected = likelihood(trained, tf.zeros([2, 4]))
        np.testing.assert_allclose(likelihood(model, zero), expected, atol=1e-5)
        np.testing.assert_allclose(likelihood(model, zero + 1), expected, atol=1e-5)
    np.testing.assert_array_equal(
        model.embedding.embeddings, trained.embedding.embeddings
    )


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"hidden_dim": 9}, "hidden_dim: 8, 9"),
        ({"embedding_dim": 5}, "embedding_dim: 6, 5"),
        ({"num_layers": 2}, "num_layers: 1, 2"),
        ({"condition": "bow"}, "condition: none, bow"),
        ({"tie_embeddings": False}, "tie_embeddings: True, False"),
    ],
    ids=str,
)
def test_what_differs_is_named(options, name):
    with pytest.raises(ValueError, match=name):
        models.warm_start(make(vmf(), **options), make())


def test_another_vocabulary_is_refused_in_one_line():
    other = models.NVRNN([*WORDS, "bird"], layers.NoLatent(), **SIZES)
    with pytest.raises(ValueError, match=r"another vocabulary$"):
        models.warm_start(make(), other)


def test_on_two_replicas():
    plain = make()
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with strategy.scope():
        model = make(vmf())
        models.warm_start(model, plain)
    z = model.latent.prior().sample(2, seed=1)
    expected = likelihood(plain, tf.zeros([2, 0]))
    np.testing.assert_allclose(likelihood(model, z), expected, atol=1e-5)
