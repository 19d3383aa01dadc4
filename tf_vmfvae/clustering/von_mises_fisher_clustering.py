"""A scikit-learn estimator around mixtures of von Mises-Fisher distributions."""

import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, check_random_state, validate_data

from tf_vmfvae.distributions import VonMisesFisherMixture
from tf_vmfvae.distributions.numerics import mixture_em


class VonMisesFisherClustering(ClusterMixin, BaseEstimator):
    """Clusters unit vectors, sentence embeddings say, by a von Mises-Fisher mixture.

    Soft clustering by maximum likelihood (Banerjee et al. 2005, soft-movMF): every
    cluster has a mean direction, a concentration and a share of the data. Against
    spherical k-means it tells narrow clusters from wide ones, gives each point a
    probability for each cluster, and a likelihood to choose the number of clusters by
    (`bic`).

    Args:
        n_clusters: int, at least 1 and at most the number of rows.
        n_init: int, at least 1. Fits from this many k-means++ starts; the one of the
            highest likelihood is kept.
        max_iter: int, at least 1. The most iterations of a fit.
        tol: float, at least 0. A fit ends when an iteration gains less, in nats a row.
        shared_concentration: bool. Whether all clusters are equally concentrated.
        normalize: bool. Whether rows are divided by their norm first; otherwise a row
            that is no unit vector is refused.
        random_state: int, `numpy.random.RandomState` or `None`. Seed of the starts.

    Attributes:
        mean_directions_: float64 `[n_clusters, d]`, unit vectors.
        cluster_centers_: the same, under the name that `sklearn.cluster.KMeans` has.
        concentrations_: float64 `[n_clusters]`.
        weights_: float64 `[n_clusters]`, shares that sum to 1.
        labels_: int `[rows]`, the likeliest cluster of each row that was fitted.
        lower_bound_: float. Mean log-likelihood of a row, in nats.
        n_iter_: int. Iterations of the best fit.
        converged_: bool. Whether it converged.
        n_features_in_: int. `d`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> rng = np.random.default_rng(1)
    >>> centres = np.repeat(np.eye(3), 50, axis=0)
    >>> points = centres + 0.1 * rng.normal(size=centres.shape)
    >>> points /= np.linalg.norm(points, axis=1, keepdims=True)
    >>> clustering = tf_vmfvae.VonMisesFisherClustering(3, random_state=1)
    >>> labels = clustering.fit_predict(points)
    >>> [len(set(part)) for part in np.split(labels, 3)], len(set(labels))
    ([1, 1, 1], 3)
    >>> clustering.predict_proba(points[:1]).round(3).max().item()
    1.0
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        n_init: int = 1,
        max_iter: int = 100,
        tol: float = 1e-4,
        shared_concentration: bool = False,
        normalize: bool = False,
        random_state=None,
    ):
        self.n_clusters = n_clusters
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.shared_concentration = shared_concentration
        self.normalize = normalize
        self.random_state = random_state

    def fit(self, X, y=None, sample_weight=None):
        """Fits the mixture.

        Args:
            X: float array-like `[rows, d]`, unit vectors unless `normalize` is true. A
                memory-mapped array is read block by block.
            y: ignored; there for scikit-learn.
            sample_weight: a weight for each row, or `None`.

        Returns:
            The estimator itself.

        Raises:
            ValueError: if an argument is out of its range or a row is no unit vector.
        """
        rows = self._rows(X, reset=True)
        random = check_random_state(self.random_state)
        found = mixture_em.fit_mixture(
            rows,
            self.n_clusters,
            weights=sample_weight,
            starts=self.n_init,
            iterations=self.max_iter,
            tolerance=self.tol,
            shared_concentration=self.shared_concentration,
            normalize=self.normalize,
            seed=random.randint(2**31 - 1),
        )
        self.mean_directions_ = found.mean_directions
        self.concentrations_ = found.concentration
        self.weights_ = np.exp(found.log_weights)
        self.lower_bound_ = found.log_likelihood[-1]
        self.n_iter_ = found.iterations
        self.converged_ = found.converged
        if not found.converged:
            warnings.warn(
                f"the fit did not converge in max_iter={self.max_iter} iterations; "
                "raise max_iter or tol",
                ConvergenceWarning,
                stacklevel=2,
            )
        self.labels_ = self._labels(rows)
        return self

    @property
    def cluster_centers_(self) -> np.ndarray:
        """The mean directions, `[n_clusters, d]`."""
        return self.mean_directions_

    @property
    def distribution_(self) -> VonMisesFisherMixture:
        """The fitted mixture, a TensorFlow Probability distribution in float64."""
        check_is_fitted(self)
        return VonMisesFisherMixture(
            self.mean_directions_, self.concentrations_, np.log(self.weights_)
        )

    def predict(self, X):
        """Returns the likeliest cluster of each row, int `[rows]`."""
        check_is_fitted(self)
        return self._labels(self._rows(X))

    def predict_proba(self, X):
        """Returns the probability of each cluster, float64 `[rows, n_clusters]`."""
        joint = self._joint(X)
        return np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True))

    def score_samples(self, X):
        """Returns the log-density of each row in nats, float64 `[rows]`."""
        return np.logaddexp.reduce(self._joint(X), axis=1)

    def score(self, X, y=None, sample_weight=None) -> float:
        """Returns the mean log-density of a row, in nats."""
        return float(np.average(self.score_samples(X), weights=sample_weight))

    def bic(self, X) -> float:
        """Returns the Bayesian information criterion; the lower the better."""
        log_density = self.score_samples(X)
        return float(
            self._parameters() * np.log(len(log_density)) - 2 * log_density.sum()
        )

    def aic(self, X) -> float:
        """Returns Akaike's information criterion; the lower the better."""
        return float(2 * self._parameters() - 2 * self.score_samples(X).sum())

    def _parameters(self):
        """How many numbers were fitted."""
        clusters, dimension = self.mean_directions_.shape
        concentrations = 1 if self.shared_concentration else clusters
        return clusters * (dimension - 1) + concentrations + clusters - 1

    def _rows(self, X, reset=False):
        rows = validate_data(
            self, X, reset=reset, dtype=[np.float64, np.float32], copy=False
        )
        return mixture_em.checked_rows(rows, self.normalize)

    def _labels(self, rows):
        return np.concatenate(
            [np.argmax(joint, axis=1) for joint in self._blocks(rows)]
        )

    def _joint(self, X):
        check_is_fitted(self)
        return np.concatenate(list(self._blocks(self._rows(X))))

    def _blocks(self, rows):
        """Yields log pi_m vMF(z; mu_m, kappa_m), a block of rows at a time."""
        data = mixture_em.Data(rows, np.ones(len(rows)))
        yield from mixture_em.joint_blocks(
            data, self.mean_directions_, self.concentrations_, np.log(self.weights_)
        )
