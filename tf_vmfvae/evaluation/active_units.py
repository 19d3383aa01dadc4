"""How many directions of the code space a model uses."""

import dataclasses
from collections.abc import Iterable

import numpy as np

from tf_vmfvae.evaluation.encode_examples import encode_examples

# They leave an error of half a per cent in a variance.
PRIOR_DRAWS = 2**16


@dataclasses.dataclass(frozen=True)
class ActiveUnits:
    """How the locations of the posteriors spread over a data set.

    Attributes:
        active_units: coordinates whose location has, over the data set, more than
            0.01 of the prior's variance (Burda et al. 2016, whose prior has variance
            1). The axes of a Gaussian code mean something, as its posterior is
            diagonal. Those of a spherical code do not: any rotation is as good, so
            codes that differ along a single direction may make all units active.
        effective_dimension: `(sum v)^2 / sum v^2` over the eigenvalues `v` of the
            covariance of the locations: along how many directions they spread. It is
            the same in every rotation, so it means the same for both kinds. 0 where
            all locations are one.
        variances: of each coordinate's location, as shares of the prior's, the
            largest first.
        latent_dim: how many coordinates there are.
    """

    active_units: int
    effective_dimension: float
    variances: list[float]
    latent_dim: int

    def as_dict(self) -> dict:
        """Returns the attributes by name."""
        return dataclasses.asdict(self)


def active_units(model, batches: Iterable, threshold: float = 0.01) -> ActiveUnits:
    """Returns how many coordinates of the code vary with the example.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        batches: batches as the model takes them.
        threshold: share of the prior's variance above which a unit is active.

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
    if not latent.latent_dim:
        return ActiveUnits(0, 0.0, [], 0)
    locations = latent.location(hidden).numpy().astype("float64")
    # Of draws, which every prior has; its variance is not always known.
    prior = latent.prior().sample(PRIOR_DRAWS, seed=(0, 1)).numpy().var(axis=0)
    variances = np.sort(locations.var(axis=0) / prior)[::-1]
    spectrum = np.maximum(
        np.linalg.eigvalsh(np.atleast_2d(np.cov(locations.T, ddof=0))), 0
    )
    total = spectrum.sum()
    # What is left of rounding where all locations are one.
    spread = total > 1e-10 * float(prior.sum())
    return ActiveUnits(
        active_units=int((variances > threshold).sum()),
        effective_dimension=float(total**2 / (spectrum**2).sum()) if spread else 0.0,
        variances=[float(share) for share in variances],
        latent_dim=latent.latent_dim,
    )
