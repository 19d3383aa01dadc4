"""How many dimensions of the code a model uses."""

import dataclasses
from collections.abc import Iterable

import numpy as np

from tf_vmfvae.evaluation.examples import encode_examples
from tf_vmfvae.evaluation.result import Result

# Enough for an error of 0.5 % in a variance.
PRIOR_DRAWS = 2**16


@dataclasses.dataclass(frozen=True)
class ActiveUnits(Result):
    """How widely the posterior locations are spread over a data set.

    Attributes:
        active_units: number of coordinates whose location varies over the data set by
            more than 0.01 of the prior's variance (Burda et al. 2016, whose prior has
            variance 1). The axes of a Gaussian code are meaningful, because its
            posterior is diagonal. Those of a spherical code are arbitrary: any
            rotation is as good, so codes that differ along a single direction may
            make all units active.
        effective_dimension: `(sum v)^2 / sum v^2` over the eigenvalues `v` of the
            covariance of the locations: the number of directions in which they are
            spread. Rotations do not change it, so it can be compared between Gaussian
            and spherical codes. It is 0 if all locations are the same.
        variances: variance of each coordinate's location as a fraction of the prior's
            variance, largest first.
        latent_dim: number of coordinates.
    """

    active_units: int
    effective_dimension: float
    variances: list[float]
    latent_dim: int


def active_units(model, batches: Iterable, threshold: float = 0.01) -> ActiveUnits:
    """Counts the coordinates of the code that vary from example to example.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        batches: batches as the model takes them.
        threshold: fraction of the prior's variance above which a unit is active.

    Returns:
        The `ActiveUnits`.

    Raises:
        ValueError: if there is no example.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(8, kappa=20.0, seed=1)
    >>> model = tf_vmfvae.models.NVRNN(["profit", "rose"], latent, hidden_dim=8)
    >>> ids = model.tokenizer(["profit rose", "profit rose"]).to_tensor()
    >>> tf_vmfvae.evaluation.active_units(model, [ids]).active_units
    0
    """
    hidden = encode_examples(model, batches)
    latent = model.latent
    if latent.is_empty:
        return ActiveUnits(0, 0.0, [], 0)
    locations = latent.location(hidden).numpy().astype("float64")
    # Every prior can be sampled, but not every prior knows its variance.
    prior = latent.prior().sample(PRIOR_DRAWS, seed=(0, 1)).numpy().var(axis=0)
    variances = np.sort(locations.var(axis=0) / prior)[::-1]
    spectrum = np.maximum(
        np.linalg.eigvalsh(np.atleast_2d(np.cov(locations.T, ddof=0))), 0
    )
    total = spectrum.sum()
    # If all locations are the same, rounding still leaves a little variance.
    spread = total > 1e-10 * float(prior.sum())
    return ActiveUnits(
        active_units=int((variances > threshold).sum()),
        effective_dimension=float(total**2 / (spectrum**2).sum()) if spread else 0.0,
        variances=[float(share) for share in variances],
        latent_dim=latent.latent_dim,
    )
