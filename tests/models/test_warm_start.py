"""A model takes over the weights of a trained one."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models
from tf_vmfvae.ops.batch_inputs import padded

WORDS = ["the", "cat", "dog", "sees", "hears", "it", "them"]
TEXTS = ["the cat sees it", "the dog hears them"]
SIZES = {"embedding_dim": 6, "hidden_dim": 8, "dropout": 0.0}


def make(latent=None, condition=None, **options):
    """Returns a model; `condition` is a function that makes one, or `None`."""
    model = models.NVRNN(
        WORDS,
        latent or layers.NoLatent(),
        condition=condition and condition(),
        **{**SIZES, **options},
    )
    # Weights that are zero in every new model would look like copied ones.
    for weight in model.trainable_weights:
        noise = np.random.default_rng(len(weight.path)).normal(size=weight.shape)
        weight.assign_add(0.3 * noise.astype("float32"))
    return model


def with_condition(condition):
    return make(condition=lambda: condition)


def vmf(kappa=10.0, latent_dim=4, **options):
    return layers.VonMisesFisherLatent(latent_dim, kappa=kappa, **options)


def inputs(model):
    labels = [0, 1] if model.needs_labels else None
    return padded(model.to_ids(TEXTS, labels))


def likelihood(model, z):
    return model.likelihood([inputs(model), z]).numpy()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"num_layers": 2, "tie_embeddings": False},
        {"condition": layers.BagOfWordsCondition},
        {"condition": lambda: layers.LabelCondition(num_labels=2)},
        {"code_layers": 2},
        {"code_at_every_step": False, "decoder_layers": 2},
    ],
    ids=["plain", "two untied layers", "bow", "label", "code layers", "first state"],
)
def test_a_code_added_to_a_plain_model_does_not_change_its_likelihood(options):
    plain, model = make(**options), make(vmf(), bow_loss=1.0, **options)
    expected = likelihood(plain, tf.zeros([2, 0]))
    z = model.latent.prior().sample(2, seed=1)
    assert not np.allclose(likelihood(model, z), expected, atol=1e-2)
    models.warm_start(model, plain)
    np.testing.assert_allclose(likelihood(model, z), expected, atol=1e-5)


@pytest.mark.slow
def test_training_makes_use_of_the_new_code():
    plain, model = make(), make(vmf())
    models.warm_start(model, plain)
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    model.fit(inputs(model), epochs=20, verbose=0)
    z = model.latent.prior().sample(2, seed=1)
    assert not np.allclose(likelihood(model, z), likelihood(model, -z), atol=1e-3)


@pytest.mark.parametrize(
    "options",
    [{}, {"bow_loss": 1.0}, {"code_layers": 1}, {"code_at_every_step": False}],
    ids=str,
)
def test_with_the_same_kind_of_code_all_weights_are_copied(options):
    trained, model = (make(vmf(kappa), **options) for kappa in (50.0, 10.0))
    models.warm_start(model, trained)
    for weight, copied in zip(model.weights, trained.weights, strict=True):
        np.testing.assert_array_equal(weight, copied)
    assert model.latent.kappa == 10.0


def test_frozen_weights_are_copied_too():
    trained, model = make(vmf()), make(vmf())
    trained.trainable = False
    model.embedding.trainable = False
    models.warm_start(model, trained)
    for weight, copied in zip(model.weights, trained.weights, strict=True):
        np.testing.assert_array_equal(weight, copied)


def test_the_noise_of_the_model_stays_its_own():
    trained, model = make(vmf(seed=1)), make(vmf(seed=2))
    state = model.latent.seed_generator.state.numpy()
    models.warm_start(model, trained)
    np.testing.assert_array_equal(model.latent.seed_generator.state, state)


@pytest.mark.parametrize("components", [0, 3, 5])
def test_a_learned_prior_is_copied_if_it_fits(components):
    trained = make(vmf(prior_components=components))
    model = make(vmf(prior_components=5))
    before = [weight.numpy() for weight in model.latent.mixture_prior.weights]
    models.warm_start(model, trained)
    # The code is the same in any case.
    np.testing.assert_array_equal(
        model.latent.mean_direction.kernel, trained.latent.mean_direction.kernel
    )
    z = model.latent.prior().sample(2, seed=1)
    np.testing.assert_allclose(likelihood(model, z), likelihood(trained, z), rtol=1e-6)
    expected = trained.latent.mixture_prior.weights if components == 5 else before
    for weight, value in zip(model.latent.mixture_prior.weights, expected, strict=True):
        np.testing.assert_array_equal(weight, value)


def learned_kappa(**options):
    return layers.SphereProductLatent(4, spheres=1, kappa=20.0, **options)


@pytest.mark.parametrize(
    "latent",
    [
        learned_kappa,
        lambda: layers.LearnedVonMisesFisherLatent(4, kappa=20.0),
        lambda: layers.SphericalCauchyLatent(4, kappa=20.0),
    ],
    ids=["product of one", "learned", "cauchy"],
)
def test_a_unit_vector_keeps_its_direction_with_another_concentration(latent):
    trained, model = make(vmf()), make(latent())
    own = [weight.numpy() for weight in model.latent.weights[2:]]
    models.warm_start(model, trained)

    hidden = trained.encoder(inputs(trained))
    np.testing.assert_array_equal(model.encoder(inputs(model)), hidden)
    np.testing.assert_allclose(
        model.latent.location(hidden), trained.latent.location(hidden), rtol=1e-6
    )
    z = model.latent.prior().sample(2, seed=1)
    np.testing.assert_allclose(likelihood(model, z), likelihood(trained, z), rtol=1e-6)
    for weight, value in zip(model.latent.weights[2:], own, strict=True):
        np.testing.assert_array_equal(weight, value)


def test_the_learned_prior_of_one_sphere_goes_on_as_that_of_a_product():
    trained = make(vmf(prior_components=3))
    model = make(learned_kappa(prior_components=3))
    models.warm_start(model, trained)
    z = trained.latent.prior().sample(20, seed=1)
    np.testing.assert_allclose(
        model.latent.prior().log_prob(z), trained.latent.prior().log_prob(z), rtol=1e-5
    )


def test_the_direction_of_a_gaussian_code_goes_on_from_it():
    trained = make(layers.GaussianLatent(4))
    model = make(layers.ProjectedNormalLatent(4))
    models.warm_start(model, trained)
    hidden = trained.encoder(inputs(trained))
    normal = model.latent.posterior(hidden).unit.before_projection()
    np.testing.assert_array_equal(normal.mean(), trained.latent.location(hidden))
    z = model.latent.prior().sample(2, seed=1)
    np.testing.assert_allclose(likelihood(model, z), likelihood(trained, z), rtol=1e-6)


@pytest.mark.parametrize(
    ("latent", "options"),
    [
        (lambda: vmf(latent_dim=6), {}),
        (lambda: layers.GaussianLatent(4), {}),
        (lambda: layers.SphereProductLatent(4, spheres=2), {}),
        (lambda: layers.NaturalSphereProductLatent(4, spheres=1), {}),
        (lambda: layers.VonMisesFisherNormLatent(4, kappa=10.0), {}),
        (vmf, {"encoder_type": "bow"}),
        (vmf, {"encoder_pooling": "mean"}),
        (vmf, {"code_layers": 1}),
        (vmf, {"num_layers": 2, "decoder_layers": 1}),
        (vmf, {"code_at_every_step": False}),
        (layers.NoLatent, {}),
    ],
    ids=[
        "wider",
        "gaussian",
        "two spheres",
        "natural parameters",
        "a norm of its own",
        "another encoder",
        "another pooling",
        "code layers",
        "a deeper encoder",
        "first state",
        "no code",
    ],
)
def test_a_different_code_starts_without_influence(latent, options):
    trained, model = make(vmf()), make(latent(), **options)
    models.warm_start(model, trained)
    zero = tf.zeros([2, model.latent.latent_dim])
    # At the origin the trained decoder's first state is the bias of its map.
    if not model.latent.is_empty:
        expected = likelihood(trained, tf.zeros([2, 4]))
        np.testing.assert_allclose(likelihood(model, zero), expected, atol=1e-5)
        np.testing.assert_allclose(likelihood(model, zero + 1), expected, atol=1e-5)
    np.testing.assert_array_equal(
        model.embedding.embeddings, trained.embedding.embeddings
    )


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"hidden_dim": 9}, "hidden_dim: 8, not 9"),
        ({"embedding_dim": 5}, "embedding_dim: 6, not 5"),
        ({"num_layers": 2}, "decoder_layers: 1, not 2"),
        ({"decoder_layers": 2}, "decoder_layers: 1, not 2"),
        (
            {"condition": layers.BagOfWordsCondition},
            r"condition: None, not BagOfWordsCondition\(units=200\)",
        ),
        ({"tie_embeddings": False}, "tie_embeddings: True, not False"),
    ],
    ids=str,
)
def test_arguments_that_differ_are_named(options, name):
    with pytest.raises(ValueError, match=name):
        models.warm_start(make(vmf(), **options), make())


def test_conditions_of_different_widths_or_labels_are_refused():
    for one, other in (
        (layers.BagOfWordsCondition(3), layers.BagOfWordsCondition(4)),
        (layers.LabelCondition(3), layers.LabelCondition(4)),
        (layers.LabelCondition(3), layers.BagOfWordsCondition(50)),
    ):
        with pytest.raises(ValueError, match="a different condition: "):
            models.warm_start(with_condition(one), with_condition(other))


def test_a_different_vocabulary_is_refused_in_one_line():
    other = models.NVRNN([*WORDS, "bird"], layers.NoLatent(), **SIZES)
    with pytest.raises(ValueError, match=r"a different vocabulary$"):
        models.warm_start(make(), other)


@pytest.mark.slow
def test_weights_are_copied_to_two_replicas(two_replicas):
    plain = make()
    with two_replicas.scope():
        model = make(vmf())
        models.warm_start(model, plain)
    z = model.latent.prior().sample(2, seed=1)
    expected = likelihood(plain, tf.zeros([2, 0]))
    np.testing.assert_allclose(likelihood(model, z), expected, atol=1e-5)
