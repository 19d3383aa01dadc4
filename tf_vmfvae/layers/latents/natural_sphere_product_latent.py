"""A code of several unit vectors, as concentrated as the evidence is strong."""

import keras
import tensorflow as tf

from tf_vmfvae.layers.latents.sphere_product_latent import SphereProductLatent


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class NaturalSphereProductLatent(SphereProductLatent):
    """A product of spheres whose natural parameters are linear in the features.

    The linear map `v_j(x)` that gives a sphere its mean direction also gives it its
    concentration: `kappa_j(x) mu_j(x) = g_j v_j(x)`, with one learned `g_j` for each
    sphere. Features that agree on a direction add up, features that contradict each
    other cancel out, and without any evidence the posterior is the prior. If
    concentrations were independent of `v_j`, an example unlike all training examples
    would get a random direction with full confidence.

    The KL differs from example to example and can vanish in training: anneal its
    weight.

    Args:
        kappa: float, greater than 0. Concentration, before training, of an example for
            which the coordinates of `v_j` have a mean square of 1.
        concentration_features: int, or `None` for 0. How many of the last hidden
            features, such as the length of a document, are for `log g_j` alone. They
            are not evidence for a direction, and would swamp the others at first.
        **kwargs: other arguments of `SphereProductLatent`.

    Returns:
        `(z, kl)`, as `SphereProductLatent`.

    Raises:
        ValueError: if `concentration_features` leaves no feature for a direction; also
            as for `SphereProductLatent`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.NaturalSphereProductLatent(25, 5, seed=1)
    >>> z, kl = latent(np.zeros((3, 400), "float32"))
    >>> tuple(z.shape), round(float(kl[0]), 4)  # no evidence: the prior itself
    ((3, 25), 0.0)
    """

    def build(self, hidden_shape):
        if self._concentration_width(hidden_shape[-1]) >= hidden_shape[-1]:
            raise ValueError(
                f"concentration_features is {self.concentration_features}, which "
                f"leaves none of {hidden_shape[-1]} hidden features for a direction"
            )
        super().build(hidden_shape)

    def concentration(self, hidden):
        """Returns the concentrations, of shape `(batch, spheres)`."""
        # The square root has no gradient at 0. A kappa this small is as good as 0.
        strength = tf.sqrt(tf.reduce_mean(self._vectors(hidden) ** 2, axis=-1) + 1e-12)
        return tf.minimum(strength * super().concentration(hidden), 1e6)

    @property
    def direction_weights(self):
        return []  # They give a code its concentration too.

    def _concentration_width(self, features):
        return self.concentration_features or 0

    def _direction_width(self, features):
        return features - self._concentration_width(features)
