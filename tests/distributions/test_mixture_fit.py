"""Maximum likelihood fits of the mixture: against plain EM, and planted clusters."""

import numpy as np
import pytest
import tensorflow as tf

from tests.reference import mixture_em as reference
from tests.reference.unit_vectors import unit_vectors
from tf_vmfvae.distributions import VonMisesFisher, VonMisesFisherMixture
from tf_vmfvae.distributions.numerics import mixture_em, unit_rows


def planted(dimension, kappa, components=4, rows=2000, dtype="float64", seed=0):
    """Samples from `components` clusters with orthogonal directions."""
    basis = np.linalg.qr(
        np.random.default_rng(seed).normal(size=(dimension, min(dimension, components)))
    )[0].T
    directions = np.concatenate([basis, -basis])[:components].astype(dtype)
    owner = np.arange(rows) % components
    z = VonMisesFisher(directions[owner], kappa).sample(seed=[seed, dimension])
    return z.numpy(), directions, owner


@pytest.mark.parametrize("dimension", [2, 3, 10, 40])
@pytest.mark.parametrize("weighted", [False, True])
def test_likelihood_equals_that_of_plain_em_from_the_same_start(dimension, weighted):
    z, _, _ = planted(dimension, kappa=4.0, rows=300)
    start = unit_vectors([3, dimension], seed=5)
    weights = np.random.default_rng(2).uniform(size=300) if weighted else None
    history, (shares, directions, kappas) = reference.em(z, start, 12, weights)
    found = mixture_em.fit_mixture(
        z, 3, weights=weights, iterations=12, tolerance=0.0, initial_directions=start
    )
    np.testing.assert_allclose(found.log_likelihood, history, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.exp(found.log_weights), shares, rtol=1e-6)
    np.testing.assert_allclose(found.mean_directions, directions, atol=1e-6)
    np.testing.assert_allclose(found.concentration, kappas, rtol=1e-6)


# In nats, of about 1,500; products in float32 cost the first a digit.
@pytest.mark.parametrize(("dtype", "error"), [("float32", 3e-6), ("float64", 1e-9)])
def test_likelihood_of_embeddings_equals_that_of_plain_em(dtype, error):
    z, _, _ = planted(768, kappa=300.0, rows=400, dtype=dtype)
    start = unit_vectors([3, 768], seed=5)
    # In float32 their norms are 1 only up to rounding, which costs several 1e-6 nats.
    rows = z.astype("float64")
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    history, _ = reference.em(rows, start, 4)
    found = mixture_em.fit_mixture(
        z, 3, iterations=4, tolerance=0.0, initial_directions=start
    )
    np.testing.assert_allclose(found.log_likelihood, history, rtol=0, atol=error)


def test_likelihood_never_falls():
    z, _, _ = planted(20, kappa=15.0)
    found = mixture_em.fit_mixture(z, 7, iterations=40, tolerance=0.0, seed=3)
    assert np.all(np.diff(found.log_likelihood) > -1e-12)


@pytest.mark.parametrize(
    ("dimension", "kappa"),
    [
        (2, 30.0),
        (2, 1e4),
        (3, 10.0),
        (30, 60.0),
        (768, 1500.0),
        (768, 1e4),
        (3072, 1e4),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_planted_clusters_are_recovered(dimension, kappa, dtype):
    z, directions, owner = planted(dimension, kappa, dtype=dtype)
    mixture = VonMisesFisherMixture.fit(z, len(directions), starts=3, seed=1)
    assert mixture.dtype == dtype
    cosines = mixture.mean_directions.numpy() @ directions.T
    match = np.argmax(cosines, axis=1)
    assert sorted(match) == list(range(len(directions)))
    # (d - 1) / (n kappa A) is the expected squared error of a mean direction; clusters
    # that overlap add to it.
    rows = len(z) / len(directions)
    length = float(VonMisesFisher(directions[0], kappa).mean_resultant_length())
    slack = 6 * (dimension - 1) / (rows * kappa * length)
    assert np.all(1 - cosines.max(axis=1) < slack + 1e-6)
    np.testing.assert_allclose(mixture.concentration, kappa, rtol=0.15)
    labels = np.argmax(mixture.component_probabilities(z), axis=1)
    assert np.mean(match[labels] == owner) > 0.97


@pytest.mark.slow
@pytest.mark.parametrize("dimension", [2, 10, 50, 768, 3072])
@pytest.mark.parametrize("kappa", [1.0, 100.0, 1e4])
def test_clusters_are_recovered_wherever_the_sample_can_tell_them_apart(
    dimension, kappa
):
    z, directions, owner = planted(dimension, kappa, dtype="float32")
    mixture = VonMisesFisherMixture.fit(z, len(directions), starts=3, seed=1)
    truth = VonMisesFisherMixture(directions, kappa)
    # True of any sample: no parameters, the true ones included, explain it better.
    gain = np.mean(mixture.log_prob(z) - truth.log_prob(z))
    assert gain > -1e-5
    # `kappa A` is the KL divergence between two clusters in nats, and what a row says
    # about the d - 1 coordinates of its cluster's direction.
    length = float(VonMisesFisher(directions[0], kappa).mean_resultant_length())
    information = kappa * length
    rows = len(z) / len(directions)
    if information < 8 or rows * information < 4 * dimension:
        # Nobody could recover them. The fit describes the sample, noise included.
        return
    labels = np.argmax(mixture.component_probabilities(z), axis=1)
    match = np.argmax(mixture.mean_directions.numpy() @ directions.T, axis=1)
    assert sorted(match) == list(range(len(directions)))
    assert np.mean(match[labels] == owner) > 0.95
    np.testing.assert_allclose(mixture.concentration, kappa, rtol=0.2)


def test_a_concentration_near_zero_is_found_too():
    z, _, _ = planted(5, kappa=1.0, components=1, rows=20_000)
    mixture = VonMisesFisherMixture.fit(z, 1)
    assert float(mixture.concentration[0]) == pytest.approx(1.0, abs=0.1)


def test_shared_concentration_is_one_for_all_components():
    z, _, _ = planted(10, kappa=np.float64(40.0))
    mixture = VonMisesFisherMixture.fit(
        z, 4, shared_concentration=True, starts=3, seed=1
    )
    assert len(np.unique(mixture.concentration)) == 1
    assert float(mixture.concentration[0]) == pytest.approx(40.0, rel=0.1)


def test_more_starts_are_never_worse_and_a_seed_repeats_the_fit():
    z, _, _ = planted(4, kappa=8.0, components=6)
    one = mixture_em.fit_mixture(z, 6, seed=4)
    many = mixture_em.fit_mixture(z, 6, starts=5, seed=4)
    assert many.log_likelihood[-1] >= one.log_likelihood[-1]
    again = mixture_em.fit_mixture(z, 6, seed=4)
    np.testing.assert_array_equal(one.mean_directions, again.mean_directions)


def test_integer_weights_equal_repeated_rows():
    z, _, _ = planted(6, kappa=9.0, rows=100)
    counts = np.arange(100) % 3
    start = unit_vectors([3, 6], seed=5)
    options = {"iterations": 10, "tolerance": 0.0, "initial_directions": start}
    weighted = mixture_em.fit_mixture(z, 3, weights=counts, **options)
    repeated = mixture_em.fit_mixture(np.repeat(z, counts, axis=0), 3, **options)
    np.testing.assert_allclose(weighted.log_likelihood, repeated.log_likelihood)


def test_data_of_several_blocks_and_memory_mapped_data_give_the_same(
    tmp_path, monkeypatch
):
    z, _, _ = planted(12, kappa=20.0)
    whole = mixture_em.fit_mixture(z, 4, seed=1)
    np.save(tmp_path / "z.npy", z)
    monkeypatch.setattr(unit_rows, "_CELLS", 12 * 300)
    mapped = np.load(tmp_path / "z.npy", mmap_mode="r")
    parts = mixture_em.fit_mixture(mapped, 4, seed=1)
    np.testing.assert_allclose(parts.log_likelihood, whole.log_likelihood, rtol=1e-10)


@pytest.mark.parametrize("dimension", [3, 200])
def test_rows_of_any_length_are_normalised_to_the_last_digit(dimension):
    z, _, _ = planted(dimension, kappa=4.0 * dimension, components=2, rows=100)
    options = {"iterations": 3, "tolerance": 0.0, "normalize": True}
    options["initial_directions"] = unit_vectors([2, dimension])
    expected = mixture_em.fit_mixture(z, 2, **options)
    lengths = np.geomspace(1e-25, 1e25, 100)[:, np.newaxis]
    for dtype, tolerance in (("float64", 1e-9), ("float32", 1e-5)):
        found = mixture_em.fit_mixture((z * lengths).astype(dtype), 2, **options)
        np.testing.assert_allclose(
            found.log_likelihood, expected.log_likelihood, rtol=tolerance
        )


def test_an_empty_component_is_moved_to_where_the_data_are():
    z, directions, _ = planted(3, kappa=200.0, components=3)
    # No row is nearest to the last two.
    start = np.concatenate([directions[:1], -directions[:1], -directions[:1]])
    start[1:] += 1e-3
    found = mixture_em.fit_mixture(z, 3, iterations=100, initial_directions=start)
    assert np.all(np.exp(found.log_weights) > 0.2)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_copies_of_one_point_end_at_the_largest_concentration(dtype):
    z = np.repeat(np.eye(3, dtype=dtype)[:2], 5, axis=0)
    mixture = VonMisesFisherMixture.fit(z, 2, seed=1)
    assert np.all(np.isfinite(mixture.log_prob(z)))
    assert float(tf.reduce_max(mixture.concentration)) <= mixture_em.CEILING
    # As many components as rows, copies among them.
    assert np.all(np.isfinite(VonMisesFisherMixture.fit(z, 10).log_prob(z)))


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (
            lambda z: 2 * z,
            {},
            r"samples\[0\] has the norm 2, so it is not a unit vector",
        ),
        (lambda z: z[0], {}, "shape"),
        (lambda z: z[:0], {}, "at least one row"),
        (lambda z: z.astype(int), {}, "floating dtype"),
        (
            lambda z: np.where(np.arange(9)[:, None] == 4, np.nan, z),
            {},
            r"samples\[4\]",
        ),
        (lambda z: z, {"components": 10}, "components is 10, but only 9 rows"),
        (lambda z: z, {"components": 0}, "components must be a whole number"),
        (lambda z: z, {"starts": 0}, "starts must be"),
        (lambda z: z, {"iterations": 0}, "iterations must be"),
        (lambda z: z, {"tolerance": -1.0}, "tolerance must be"),
        (lambda z: z, {"weights": np.ones(8)}, r"weights must have the shape \(9,\)"),
        (lambda z: z, {"weights": -np.ones(9)}, "weights must be finite, not negative"),
        (lambda z: z, {"weights": np.eye(9)[0]}, "only 1 rows have a weight"),
        (
            lambda z: z,
            {"initial_directions": np.eye(3)},
            "initial_directions must have",
        ),
    ],
)
def test_bad_input_is_refused_by_name(change, options, message):
    z = unit_vectors([9, 3])
    with pytest.raises(ValueError, match=message):
        VonMisesFisherMixture.fit(change(z), **{"components": 2, **options})
