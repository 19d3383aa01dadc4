"""A scikit-learn estimator for mixtures of von Mises-Fisher distributions."""

import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, check_random_state, validate_data

from tf_vmfvae.distributions import VonMisesFisherMixture
from tf_vmfvae.distributions.numerics import mixture_em
from tf_vmfvae.distributions.numerics.unit_rows import UnitRows

# What scikit-learn calls the arguments of a fit.
NAMES = {
    "components": "n_clusters",
    "starts": "n_init",
    "iterations": "max_iter",
    "tolerance": "tol",
    "weights": "sample_weight",
}


class VonMisesFisherClustering(ClusterMixin, BaseEstimator):
    """Clusters unit vectors, such as sentence embeddings, by a vMF mixture.

    Soft clustering by maximum likelihood (Banerjee et al. 2005, soft-movMF): every
    cluster has a mean direction, a concentration and a weight. Unlike spherical
    k-means, it distinguishes narrow from wide clusters, gives each point a probability
    for each cluster, and has a likelihood, by which the number of clusters can be
    chosen (`bic`).

    Args:
        n_clusters: int, at least 1 and at most the number of rows.
        n_init: int, at least 1. Number of fits, each from another k-means++ start; the
            one with the highest likelihood is kept.
        max_iter: int, at least 1. Maximum number of EM iterations in a fit.
        tol: float, at least 0. A fit ends when an iteration raises the mean
            log-likelihood per row by less than this many nats.
        shared_concentration: bool. Whether all clusters have the same concentration.
        normalize: bool. Whether to normalise the rows first; otherwise a row that is
            not a unit vector is refused.
        random_state: int, `numpy.random.RandomState` or `None`. Seed of the starts.

    Attributes:
        mean_directions_: float64 `[n_clusters, d]`, unit vectors.
        concentrations_: float64 `[n_clusters]`.
        weights_: float64 `[n_clusters]`; they sum to 1.
        labels_: int `[rows]`, the likeliest cluster of each row of the fit.
        lower_bound_: float. Mean log-likelihood of a row, in nats.
        n_iter_: int. Number of iterations of the best fit.
        converged_: bool. Whether the best fit converged.
        n_features_in_: int. The dimension `d`.

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
            y: ignored; scikit-learn passes it.
            sample_weight: a weight for each row, or `None`.

        Returns:
            The estimator itself.

        Raises:
            ValueError: if an argument is out of range, or a row is not a unit vector.
        """
        rows = self._validated(X, reset=True)
        random = check_random_state(self.random_state)
        fitted = mixture_em.fit_mixture(
            rows,
            self.n_clusters,
            weights=sample_weight,
            starts=self.n_init,
            iterations=self.max_iter,
            tolerance=self.tol,
            shared_concentration=self.shared_concentration,
            normalize=self.normalize,
            seed=random.randint(2**31 - 1),
            names=NAMES,
        )
        self.mean_directions_ = fitted.mean_directions
        self.concentrations_ = fitted.concentration
        self.weights_ = np.exp(fitted.log_weights)
        self.lower_bound_ = fitted.log_likelihood[-1]
        self.n_iter_ = fitted.iterations
        self.converged_ = fitted.converged
        if not fitted.converged:
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
        """The mean directions, by the name that `sklearn.cluster.KMeans` uses."""
        return self.mean_directions_

    @property
    def distribution_(self) -> VonMisesFisherMixture:
        """The fitted mixture, in float64."""
        check_is_fitted(self)
        return VonMisesFisherMixture(
            self.mean_directions_, self.concentrations_, np.log(self.weights_)
        )

    def predict(self, X):
        """Returns the likeliest cluster of each row, int `[rows]`."""
        check_is_fitted(self)
        return self._labels(self._validated(X))

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
        """Returns the Bayesian information criterion; lower is better."""
        log_density = self.score_samples(X)
        return float(
            self._parameters() * np.log(len(log_density)) - 2 * log_density.sum()
        )

    def aic(self, X) -> float:
        """Returns Akaike's information criterion; lower is better."""
        return float(2 * self._parameters() - 2 * self.score_samples(X).sum())

    def _parameters(self):
        """Returns the number of fitted parameters."""
        clusters, dimension = self.mean_directions_.shape
        concentrations = 1 if self.shared_concentration else clusters
        return clusters * (dimension - 1) + concentrations + clusters - 1

    def _validated(self, X, reset=False):
        return validate_data(
            self, X, reset=reset, dtype=[np.float64, np.float32], copy=False
        )

    def _labels(self, X):
        return np.concatenate([np.argmax(joint, axis=1) for joint in self._blocks(X)])

    def _joint(self, X):
        check_is_fitted(self)
        return np.concatenate(list(self._blocks(self._validated(X))))

    def _blocks(self, X):
        """Yields `log(weight vMF(z; mu, kappa))` of all clusters, block by block."""
        yield from mixture_em.joint_blocks(
            UnitRows(X, normalize=self.normalize),
            self.mean_directions_,
            self.concentrations_,
            np.log(self.weights_),
        )
