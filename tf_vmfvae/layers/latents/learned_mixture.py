"""What the learned mixture priors have in common."""

import keras


class LearnedMixture(keras.layers.Layer):
    """Base class of the learned mixtures: their size, their seed and their weights.

    Args:
        components: int, at least 1.
        latent_dim: int. Dimension of the code.
        seed: int or `None`. Seed of the first weights; `None` for a random one.
        **kwargs: other arguments of `keras.layers.Layer`.

    Raises:
        ValueError: if `components` is below 1.
    """

    def __init__(
        self, components: int, latent_dim: int, seed: int | None = None, **kwargs
    ):
        if components < 1:
            raise ValueError(f"components is {components}: give at least 1")
        super().__init__(**kwargs)
        self.components = components
        self.latent_dim = latent_dim
        self.seed = seed

    def _add_component_weight(self, name, *widths, initializer="zeros"):
        """Returns a new weight with a row for each component."""
        # Densities are in full precision, whatever the dtype policy.
        return self.add_weight(
            shape=(self.components, *widths),
            initializer=initializer,
            autocast=False,
            name=name,
        )

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "components": self.components,
                "latent_dim": self.latent_dim,
                "seed": self.seed,
            }
        )
        return config
