"""What the latents have in common whose prior may be a learned mixture."""

import tensorflow as tf
import tensorflow_probability as tfp

tfd = tfp.distributions

# The KL to a learned prior is estimated from samples of the posterior. Outside training
# they are always the same ones.
TRAINING_DRAWS = 2
KL_DRAWS = 16
KL_SEED = (0, 0)


class LearnedPrior:
    """Mixin of a latent that learns its prior if `mixture_prior` is not `None`.

    It stands before the latent's base class, whose prior and KL are the fixed ones. A
    latent that defines these itself overrides `fixed_prior`, `fixed_kl` and
    `fixed_training_kl` instead.
    """

    def fixed_prior(self) -> tfd.Distribution:
        """Returns the prior that is not learned."""
        return super().prior()

    def fixed_kl(self, posterior: tfd.Distribution):
        """Returns the KL to `fixed_prior`, of shape `(batch,)`."""
        return super().kl(posterior)

    def fixed_training_kl(self, posterior: tfd.Distribution):
        """Returns the KL of a `training_posterior` to `fixed_prior`."""
        return super().training_kl(posterior)

    def prior(self) -> tfd.Distribution:
        if not self.mixture_prior:
            return self.fixed_prior()
        return self.mixture_prior.distribution()

    def kl(self, posterior: tfd.Distribution):
        kl = self.fixed_kl(posterior)
        if not self.mixture_prior:
            return kl
        return kl - self._prior_gain(posterior.sample(KL_DRAWS, seed=KL_SEED))

    def training_kl(self, posterior: tfd.Distribution):
        kl = self.fixed_training_kl(posterior)
        if not self.mixture_prior:
            return kl
        return kl - self._prior_gain(self._sample(posterior, (TRAINING_DRAWS,)))

    def _prior_gain(self, draws):
        """Returns the mean of `log p(z)` minus that of the fixed prior, `(batch,)`.

        Args:
            draws: codes of shape `(draws, batch, latent_dim)`.
        """
        fixed, learned = self.fixed_prior(), self.prior()
        # One draw at a time: with many examples, all draws would not fit into memory.
        gains = [learned.log_prob(z) - fixed.log_prob(z) for z in tf.unstack(draws)]
        return tf.add_n(gains) / len(gains)
