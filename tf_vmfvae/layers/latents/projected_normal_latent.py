"""The direction of a Gaussian code."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import ProjectedNormal
from tf_vmfvae.layers.latents.gaussian_latent import GaussianLatent
from tf_vmfvae.layers.latents.latent import Latent, pair_weights
from tf_vmfvae.layers.latents.learned_prior import KL_DRAWS, KL_SEED
from tf_vmfvae.layers.latents.mixture_prior import MixturePrior
from tf_vmfvae.layers.latents.scaled_sphere import ScaledSphere
from tf_vmfvae.ops.geometry import great_circle, unit_vectors

tfd = tfp.distributions


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class ProjectedNormalLatent(GaussianLatent):
    """A Gaussian code without its length: `z = sqrt(d) x / |x|`, uniform a priori.

    With `x ~ N(mu(x), diag(sigma(x)^2))` as in `GaussianLatent`, the posterior is a
    `ProjectedNormal`. A function of `x` cannot tell more than `x` itself, so the KL of
    `z` to the uniform prior is at most that of `x` to the standard normal one. In many
    dimensions the length of `x` hardly varies and says next to nothing, and yet a
    Gaussian code pays for it. Unlike a von Mises-Fisher posterior this one may have
    another spread in each direction.

    Choose few dimensions. A Gaussian code's unused ones are harmless; here they make
    `|x|` noisy, and dividing by it passes the noise on to the others.

    Codes have the length `sqrt(d)`, about that of a Gaussian code. Training charges
    the KL of `x`, which is exact and without noise. The KL that the layer returns
    outside training, and with it every figure, is that of `z`: the KL of `x` minus what
    its length costs, estimated from draws whose noise hardly matters, because only the
    cost of the length is (`ProjectedNormal.sample_with_radial_kl`).

    Args:
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        free_bits: float, at least 0, as for `GaussianLatent`.
        seed: int or `None`, see `Latent`.
        minimum_rate: float, at least 0, as for `GaussianLatent`.
        prior_components: int, at least 0. Components of a learned mixture prior on the
            sphere (`MixturePrior`); 0 for the uniform prior.
        **kwargs: other arguments of `keras.layers.Layer`.

    Returns:
        `(z, kl)`, as every `Latent`.

    Raises:
        ValueError: if `latent_dim` is below 2; also as for `GaussianLatent`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.ProjectedNormalLatent(50, seed=1)
    >>> z, kl = latent(np.zeros((2, 400), "float32"))
    >>> bool(abs(kl[0]) < 1e-4)  # all features are 0: the prior itself
    True
    >>> tf_vmfvae.layers.GaussianLatent(50, seed=1).has_mirror, latent.has_mirror
    (True, False)
    """

    _mixture_prior_class = MixturePrior
    # The image of a code depends on the length that it has lost, so only those of new
    # draws are known.
    mirror = Latent.mirror

    def __init__(
        self,
        latent_dim: int,
        free_bits: float = 0.0,
        seed: int | None = None,
        *,
        minimum_rate: float = 0.0,
        prior_components: int = 0,
        **kwargs,
    ):
        if latent_dim < 2:
            raise ValueError(
                f"latent_dim must be at least 2 for a spherical code, not {latent_dim}"
            )
        super().__init__(
            latent_dim,
            free_bits,
            seed,
            minimum_rate=minimum_rate,
            prior_components=prior_components,
            **kwargs,
        )
        self.radius = latent_dim**0.5

    def location(self, hidden):
        """Returns the directions of the means, `(batch, latent_dim)`."""
        return self.radius * unit_vectors(super().location(hidden))

    def posterior(self, hidden) -> tfd.Distribution:
        normal = self._posterior_at(super().location(hidden), hidden)
        return ScaledSphere(
            ProjectedNormal(normal.mean(), normal.stddev()), self.radius
        )

    def prior(self) -> tfd.Distribution:
        if not self.mixture_prior:
            return self.fixed_prior()
        return ScaledSphere(self.mixture_prior.distribution(), self.radius)

    def fixed_prior(self) -> tfd.Distribution:
        dtype = tf.as_dtype(self.variable_dtype)
        uniform = tfd.SphericalUniform(self.latent_dim, dtype=dtype)
        return ScaledSphere(uniform, self.radius)

    def fixed_kl(self, posterior: tfd.Distribution):
        _, of_length = posterior.unit.sample_with_radial_kl([KL_DRAWS], seed=KL_SEED)
        return self.fixed_training_kl(posterior) - tf.reduce_mean(of_length, axis=0)

    def fixed_training_kl(self, posterior: tfd.Distribution):
        normal = posterior.unit.before_projection()
        return tfd.kl_divergence(normal, super().fixed_prior())

    def interpolate(self, start, end, steps: int):
        """Returns `steps` codes along the great circle from `start` to `end`."""
        ends = start / self.radius, end / self.radius
        return self.radius * great_circle(*ends, steps)

    def shared_weights(self, other: Latent):
        if type(other) is GaussianLatent and not other.normalization:
            return pair_weights(self.posterior_weights, other.posterior_weights)
        return super().shared_weights(other)

    def _sample(self, posterior, shape=()):
        return Latent._sample(self, posterior, shape)

    def _sample_mirrored(self, posterior, hidden, codes):
        # The images of the Gaussian codes, with the same noise subtracted.
        code = posterior.unit
        opposite = ScaledSphere(
            ProjectedNormal(code.loc, -code.scale_diag), self.radius
        )
        seed, shape = self._next_seed(), ((codes + 1) // 2,)
        drawn, images = (
            self._sample_with(seed, each, shape) for each in (posterior, opposite)
        )
        return self._in_turn(drawn, images, codes)

    def get_config(self):
        config = super().get_config()
        del config["batch_norm"]
        return config
