import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer

import tf_vmfvae
from tests.reference.unit_vectors import unit_vectors
from tf_vmfvae import VonMisesFisherClustering
from tf_vmfvae.distributions import VonMisesFisher


@pytest.fixture(scope="module")
def blobs():
    directions = np.linalg.qr(np.random.default_rng(1).normal(size=(20, 3)))[0].T
    owner = np.arange(600) % 3
    kappa = np.array([40.0, 80.0, 160.0])[owner]
    return VonMisesFisher(directions[owner], kappa).sample(seed=[1, 2]).numpy(), owner


def test_clusters_are_found_and_predicted(blobs):
    points, owner = blobs
    clustering = VonMisesFisherClustering(3, random_state=1)
    labels = clustering.fit_predict(points)
    assert adjusted_rand_score(owner, labels) > 0.98
    np.testing.assert_array_equal(clustering.predict(points), labels)
    probabilities = clustering.predict_proba(points)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), labels)
    assert sorted(np.round(clustering.concentrations_, -1)) == [40, 80, 160]
    assert clustering.weights_.sum() == pytest.approx(1)
    assert clustering.n_features_in_ == 20
    assert clustering.converged_


def test_score_is_the_mean_log_density_of_the_mixture(blobs):
    points, _ = blobs
    clustering = VonMisesFisherClustering(3, random_state=1).fit(points)
    log_prob = clustering.distribution_.log_prob(points)
    np.testing.assert_allclose(clustering.score_samples(points), log_prob, rtol=1e-9)
    assert clustering.score(points) == pytest.approx(np.mean(log_prob))
    assert clustering.lower_bound_ == pytest.approx(np.mean(log_prob), abs=1e-3)


@pytest.mark.slow
def test_bic_is_lowest_at_the_planted_number_of_clusters(blobs):
    points, _ = blobs
    bic = {
        count: VonMisesFisherClustering(count, n_init=3, random_state=1)
        .fit(points)
        .bic(points)
        for count in (1, 2, 3, 4, 5)
    }
    assert min(bic, key=bic.get) == 3
    one = VonMisesFisherClustering(1, random_state=1).fit(points)
    # 19 numbers for the direction, 1 for the concentration.
    expected = 20 * np.log(600) - 2 * 600 * one.score(points)
    assert one.bic(points) == pytest.approx(expected)
    assert one.aic(points) == pytest.approx(40 - 2 * 600 * one.score(points))


def test_a_random_state_repeats_the_fit(blobs):
    points, _ = blobs
    one, two = (VonMisesFisherClustering(5, random_state=7).fit(points) for _ in "ab")
    np.testing.assert_array_equal(one.mean_directions_, two.mean_directions_)


def test_it_works_in_a_pipeline_and_a_grid_search(blobs):
    points, owner = blobs
    scaled = points * np.linspace(1, 2, len(points))[:, None]
    pipeline = make_pipeline(Normalizer(), VonMisesFisherClustering(random_state=1))
    grid = {"vonmisesfisherclustering__n_clusters": [1, 3]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(scaled)
    assert search.best_params_ == {"vonmisesfisherclustering__n_clusters": 3}
    assert adjusted_rand_score(owner, search.predict(scaled)) > 0.98


def test_normalize_accepts_vectors_of_any_length(blobs):
    points, _ = blobs
    scaled = points * np.linspace(1, 2, len(points))[:, None]
    plain = VonMisesFisherClustering(3, random_state=1).fit(points)
    other = VonMisesFisherClustering(3, random_state=1, normalize=True).fit(scaled)
    np.testing.assert_allclose(
        other.mean_directions_, plain.mean_directions_, atol=1e-8
    )
    with pytest.raises(
        ValueError, match=r"samples\[1\] has the norm .* not a unit vector"
    ):
        VonMisesFisherClustering(3).fit(scaled)


def test_parameters_are_cloned_and_an_unfitted_estimator_says_so(blobs):
    points, _ = blobs
    clustering = VonMisesFisherClustering(4, tol=0.1, shared_concentration=True)
    assert clone(clustering).get_params() == clustering.get_params()
    with pytest.raises(NotFittedError):
        clustering.predict(points)


def test_a_fit_that_did_not_converge_warns(blobs):
    points, _ = blobs
    with pytest.warns(ConvergenceWarning, match="max_iter=1"):
        VonMisesFisherClustering(3, max_iter=1, random_state=1).fit(points)


def test_too_many_clusters_and_other_dimensions_are_refused(blobs):
    points, _ = blobs
    with pytest.raises(ValueError, match="n_clusters is 601, but only 600 rows"):
        VonMisesFisherClustering(601).fit(points)
    clustering = VonMisesFisherClustering(3, random_state=1).fit(points)
    with pytest.raises(ValueError, match="20 features"):
        clustering.predict(unit_vectors([5, 19]))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_clusters", 0),
        ("n_clusters", "a"),
        ("n_clusters", 2.5),
        ("n_init", 0),
        ("max_iter", 0),
        ("max_iter", None),
        ("tol", -1.0),
        ("tol", "a"),
        ("tol", np.nan),
    ],
)
def test_an_argument_out_of_range_has_its_own_name_in_the_message(blobs, name, value):
    points, _ = blobs
    with pytest.raises(ValueError, match=f"^{name} must be .*not {value!r}$"):
        VonMisesFisherClustering(**{name: value}).fit(points)
    with pytest.raises(ValueError, match=r"^sample_weight must have the shape"):
        VonMisesFisherClustering().fit(points, sample_weight=[1.0])


def test_the_package_imports_it_only_when_it_is_asked_for():
    with pytest.raises(AttributeError, match="no attribute 'Clustering'"):
        tf_vmfvae.Clustering  # noqa: B018
