import numpy as np
import pytest
import tensorflow_probability as tfp

from tf_vmfvae import distributions, layers

tfd = tfp.distributions

PRIORS = {
    "gaussian": lambda components: layers.GaussianMixturePrior(components, 6, seed=1),
    "spheres": lambda components: layers.SphereProductMixturePrior(
        components, 6, spheres=2, seed=1
    ),
}


@pytest.fixture(params=PRIORS)
def mixture(request):
    """A mixture of four components that differ in everything."""
    prior = PRIORS[request.param](4)
    rng = np.random.default_rng(3)
    for weight in prior.weights:
        weight.assign(weight + rng.normal(size=weight.shape) / 15)
    return prior.distribution()


def test_the_density_is_that_of_tfp(mixture):
    slow = tfd.MixtureSameFamily(
        tfd.Categorical(logits=mixture.logits), mixture.components
    )
    z = mixture.sample([30, 2], seed=(1, 2))

    assert mixture.log_prob(z).shape == (30, 2)
    np.testing.assert_allclose(mixture.log_prob(z), slow.log_prob(z), atol=2e-5)
    np.testing.assert_allclose(mixture.mean(), slow.mean(), atol=1e-6)


def test_draws_follow_the_density(mixture):
    z = mixture.sample(40_000, seed=(1, 2)).numpy()

    np.testing.assert_allclose(z.mean(axis=0), mixture.mean(), atol=0.03)
    # Every component draws its share, and each draw is from a component of its own.
    rows = tfd.Categorical(
        logits=mixture.logits + mixture.components.log_prob(z[:, None])
    )
    shares = np.exp(mixture.logits) / np.sum(np.exp(mixture.logits))
    np.testing.assert_allclose(
        rows.probs_parameter().numpy().mean(axis=0), shares, atol=0.01
    )
    assert abs(np.corrcoef(z[:-1, 0], z[1:, 0])[0, 1]) < 0.02


@pytest.mark.parametrize("prior", PRIORS)
def test_memory_for_draws_does_not_grow_with_the_components(prior):
    # Draws from every component would take 200 GB.
    z = PRIORS[prior](100_000).distribution().sample(2**16, seed=(1, 2))
    assert z.shape == (2**16, 6)


def test_kappas_far_apart_keep_their_digits():
    prior = layers.SphereProductMixturePrior(2, 6, spheres=2, seed=1)
    # exp(10 x 0.8) times 1.5: about 4,500 beside 1.5.
    prior.log_spreads.assign([[-0.8, 0.0], [0.0, -0.8]])
    mixture = prior.distribution()
    z = mixture.sample(100, seed=(1, 2))
    directions, kappa = (
        np.float64(values) for values in (mixture.directions, mixture.kappa)
    )
    joint = distributions.VonMisesFisher(directions, kappa).log_prob(
        np.float64(z).reshape(100, 1, 2, 3)
    )
    exact = np.logaddexp.reduce(np.sum(joint, axis=-1) - np.log(2), axis=-1)
    np.testing.assert_allclose(mixture.log_prob(z), exact, atol=3e-3)


def test_gaussians_far_narrower_than_the_prior_keep_their_digits():
    prior = layers.GaussianMixturePrior(3, 6, seed=1)
    prior.means.assign(np.random.default_rng(1).normal(size=(3, 6)) / 5)
    prior.log_widths.assign(np.full((3, 6), np.log(0.02) / 10))  # means 100 widths away
    mixture = prior.distribution()
    z = mixture.sample(100, seed=(1, 2))
    exact = tfd.MultivariateNormalDiag(
        np.float64(mixture.means), np.float64(mixture.widths)
    ).log_prob(np.float64(z)[:, None])
    exact = np.logaddexp.reduce(exact - np.log(3), axis=-1)

    longest = np.max(np.sum((z / mixture.widths[0]) ** 2, axis=-1))
    np.testing.assert_allclose(mixture.log_prob(z), exact, atol=1e-6 * longest)
    assert longest > 1e4
