"""Exact properties of the von Mises-Fisher distribution."""

from collections.abc import Sequence

from trainers.reproduce.library.importing import import_library


def kl_and_cosine(
    dimension: int, kappas: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Returns the KL from the uniform distribution and the mean cosine, by kappa.

    Args:
        dimension: of the space around the sphere.
        kappas: concentrations.

    >>> kl, cosine = kl_and_cosine(50, [80.0])
    >>> round(kl[0], 6), round(cosine[0], 4)
    (19.515208, 0.7383)
    """
    import_library()
    import tensorflow as tf
    import tensorflow_probability as tfp

    from tf_vmfvae.distributions import VonMisesFisher

    direction = tf.one_hot(0, dimension, dtype=tf.float64)
    concentrations = tf.constant(kappas, tf.float64)
    vmf = VonMisesFisher(direction, concentrations)
    uniform = tfp.distributions.SphericalUniform(dimension, dtype=tf.float64)
    kl = vmf.kl_divergence(uniform).numpy().tolist()
    return kl, vmf.mean_resultant_length().numpy().tolist()
