"""The layers between a code and the decoder."""

from collections.abc import Iterator

from tf_vmfvae.layers import CodeScale, Latent
from tf_vmfvae.models.seeded_layers import dense


class CodeReader:
    """A perceptron between the code and the decoder, as a part of a model.

    It scales each coordinate by a learned factor (`CodeScale`), then applies rectified
    layers. With `num_layers=0` the decoder reads the code unchanged.

    Args:
        latent: the `tf_vmfvae.layers.Latent` that draws the codes. For an empty one
            there are no layers.
        num_layers: int, at least 0. Number of rectified layers.
        units: int. Width of each.
        seeds: from `seeds_from`.

    Call arguments:
        z: codes, float tensor of shape `(batch, latent_dim)`.

    Returns:
        A float tensor of shape `(batch, width)`.

    Attributes:
        layers: list of the layers.
        width: int. Number of features that the decoder reads.

    Example:
    >>> import tensorflow as tf
    >>> import tf_vmfvae
    >>> from tf_vmfvae.models.seeded_layers import seeds_from
    >>> latent = tf_vmfvae.layers.GaussianLatent(4)
    >>> CodeReader(latent, 2, 8, seeds_from(1))(tf.ones([3, 4])).shape
    TensorShape([3, 8])
    >>> CodeReader(latent, 0, 8, seeds_from(1)).width
    4
    """

    def __init__(self, latent: Latent, num_layers: int, units: int, seeds: Iterator):
        self.layers = []
        self.width = latent.latent_dim
        if latent.is_empty or not num_layers:
            return
        self.layers.append(CodeScale.of(latent, name="code_scale"))
        for index in range(num_layers):
            self.layers.append(dense(units, seeds, "relu", name=f"code_{index}"))
        self.width = units

    def __call__(self, z):
        for layer in self.layers:
            z = layer(z)
        return z
