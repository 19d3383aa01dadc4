"""What the latents have in common whose KL can be kept from vanishing."""

import tensorflow as tf

from tf_vmfvae.layers.argument_checks import not_negative
from tf_vmfvae.layers.latents.minimum_rate import MinimumRate


class RateFloor:
    """Mixin of a latent with a KL that training could optimise away.

    It stands before the latent's base class, and changes which part of the KL enters
    the training loss. The layer returns the true KL, which bounds use.

    Args:
        free_bits: float, at least 0. Nats (despite the name) of KL per example that
            are free in training, see `charged_kl`.
        minimum_rate: float, at least 0. Smallest average KL in nats per example, which
            a Lagrange multiplier keeps up in training (`MinimumRate`); 0: none.

    Raises:
        ValueError: if one of them is negative or not finite, or both are positive.
    """

    def __init__(
        self, *args, free_bits: float = 0.0, minimum_rate: float = 0.0, **kwargs
    ):
        if free_bits and minimum_rate:
            raise ValueError(
                "free_bits and minimum_rate both keep the KL up: leave one of them out"
            )
        super().__init__(*args, **kwargs)
        self.free_bits = not_negative("free_bits", float(free_bits))
        self.minimum_rate = not_negative("minimum_rate", float(minimum_rate))

    def build(self, hidden_shape):
        if self.minimum_rate:
            self.rate_constraint = MinimumRate(
                self.minimum_rate, dtype=self.variable_dtype, name="rate_constraint"
            )
        super().build(hidden_shape)

    def charged_kl(self, kl):
        """Returns the KL that enters the training loss, of shape `(batch,)`.

        With free bits it is `max(free_bits, kl)`, so a KL below `free_bits` gains
        nothing by falling further (Kingma et al. 2016, section 3.3, with all dimensions
        in one group).
        """
        if self.rate_constraint:
            return self.rate_constraint(kl)
        return tf.maximum(kl, self.free_bits)

    @property
    def has_free_kl(self) -> bool:
        own = type(self).charged_kl is not RateFloor.charged_kl
        return own or self.free_bits > 0 or self.minimum_rate > 0

    def logs(self) -> dict[str, tf.Tensor]:
        if not self.rate_constraint:
            return super().logs()
        return super().logs() | {"rate_multiplier": self.rate_constraint.multiplier}

    def get_config(self):
        config = super().get_config()
        config.update({"free_bits": self.free_bits, "minimum_rate": self.minimum_rate})
        return config
