"""The contract of all latents."""

from typing import ClassVar

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.ops.batch_part import place_in_batch
from tf_vmfvae.ops.geometry import straight_line
from tf_vmfvae.ops.keras_internals import sublayers

tfd = tfp.distributions


class Latent(keras.layers.Layer):
    """Base class of the latents: hidden features in, codes and their KL out.

    A latent turns an encoder's features into a posterior distribution `q(z|x)`, draws a
    code from it and computes `KL(q(z|x) || p(z))`. Models, evaluation and generation
    use only what is defined here, and never ask which latent they have.

    A new latent is a subclass with `posterior`, `prior` and `location`. With `mirror`
    too, training can draw several codes for each example.

    Args:
        latent_dim: int. Number of dimensions of a code.
        seed: int or `None`. Seed of the noise and of the initial weights; `None` for a
            random one.
        **kwargs: other arguments of `keras.layers.Layer`. Without a `dtype` the
            latent takes the dtype of its model.

    Call arguments:
        hidden: float tensor of shape `(batch, features)`.
        codes: int, at least 1. How many codes training draws for each example. Every
            second one is the mirror image of the one before it, so that most of their
            noise cancels out in the gradient. Outside training it is always one.
        is_example: bool tensor of shape `(batch,)`: which rows are examples and do not
            only fill up the batch; by default all. Only latents whose training
            posteriors depend on the other examples (`normalizes_batch`) read it.
        training: bool.

    Returns:
        `(z, kl)`: the codes, of shape `(batch, latent_dim)`, or in training
        `(codes * batch, latent_dim)`, the whole batch `codes` times; and the KL
        divergence to the prior in nats, of shape `(batch,)`.

    Attributes:
        mixture_prior: the layer that learns `p(z)`, a `MixturePrior` or one like it;
            or `None`.
        rate_constraint: the `MinimumRate` that keeps the average KL up, or `None`.
    """

    mixture_prior = None
    rate_constraint = None

    # Methods that used to have another name. A subclass that still defines the old one
    # would train without it.
    _RENAMED: ClassVar = {
        "charge": "charged_kl",
        "draw_at": "set_sampling_concentration",
    }

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for old, new in cls._RENAMED.items():
            if old in vars(cls):
                raise TypeError(
                    f"{cls.__name__}.{old} is never called: rename the method to {new}"
                )

    def __init__(self, latent_dim: int, seed: int | None = None, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self._has_own_dtype = kwargs.get("dtype") is not None

    def build(self, hidden_shape):
        super().build(hidden_shape)
        # Layers that were made after this one was frozen are still trainable. Setting
        # `self.trainable` again would not reach them: it has the value already.
        for layer in sublayers(self):
            layer.trainable = layer.trainable and self.trainable

    def follow_dtype_policy(self, policy: keras.DTypePolicy) -> None:
        """Takes a model's dtype policy, unless the layer was given a `dtype`.

        Args:
            policy: `keras.DTypePolicy`.

        Raises:
            ValueError: if the layer's variables have another dtype than the model's.
        """
        before = self.dtype_policy
        if before.variable_dtype != policy.variable_dtype:
            raise ValueError(
                f"the latent's variables are in {before.variable_dtype} and the "
                f"model's in {policy.variable_dtype}: give both the same dtype"
            )
        if self._has_own_dtype:
            return
        for layer in [self, *sublayers(self)]:
            if layer.dtype_policy == before:
                layer.dtype_policy = policy

    @property
    def is_empty(self) -> bool:
        """Whether a code has no dimensions, so that it says nothing."""
        return self.latent_dim == 0

    @property
    def has_mirror(self) -> bool:
        """Whether the latent defines `mirror`."""
        return self._defines("mirror")

    @property
    def has_sampling_concentration(self) -> bool:
        """Whether the latent defines `set_sampling_concentration`."""
        return self._defines("set_sampling_concentration")

    @property
    def has_free_kl(self) -> bool:
        """Whether the latent defines `charged_kl`, which leaves out part of the KL."""
        return self._defines("charged_kl")

    @property
    def normalizes_batch(self) -> bool:
        """Whether an example's posterior in training depends on the whole batch."""
        return False

    def _defines(self, method):
        return getattr(type(self), method) is not getattr(Latent, method)

    def posterior(self, hidden) -> tfd.Distribution:
        """Returns `q(z|x)`, a distribution with batch shape `(batch,)`."""
        raise NotImplementedError(f"{type(self).__name__} has no posterior")

    def prior(self) -> tfd.Distribution:
        """Returns `p(z)`, a distribution with a scalar batch shape."""
        raise NotImplementedError(f"{type(self).__name__} has no prior")

    def location(self, hidden):
        """Returns the centre of each posterior, of shape `(batch, latent_dim)`."""
        raise NotImplementedError(f"{type(self).__name__} has no location")

    def mirror(self, z, hidden):
        """Returns the mirror image of each code about the centre of its posterior.

        The image is as likely under the posterior as the code, so it is a sample too.

        Args:
            z: codes of shape `(..., batch, latent_dim)`.
            hidden: float tensor of shape `(batch, features)`.
        """
        raise NotImplementedError(f"{type(self).__name__} has no mirror images")

    def set_sampling_concentration(self, kappa: float) -> None:
        """Sets the concentration that training samples codes with from now on.

        Args:
            kappa: float, greater than 0.
        """
        raise NotImplementedError(f"{type(self).__name__} has no fixed concentration")

    def kl(self, posterior: tfd.Distribution):
        """Returns `KL(posterior || prior)` in nats, of shape `(batch,)`."""
        return tfd.kl_divergence(posterior, self.prior())

    def charged_kl(self, kl):
        """Returns the KL that enters the training loss, of shape `(batch,)`.

        By default `kl` itself. Bounds always use `kl`.
        """
        return kl

    def logs(self) -> dict[str, tf.Tensor]:
        """Returns scalars that change in training, for its logs, by name."""
        return {}

    def training_posterior(self, hidden) -> tfd.Distribution:
        """Returns the distribution that training samples from, by default `q(z|x)`."""
        return self.posterior(hidden)

    def batch_posterior(self, hidden, is_example=None) -> tfd.Distribution:
        """Returns the posteriors of a training batch, by default `training_posterior`.

        It is called once in each training step, and may update moving statistics.

        Args:
            hidden: float tensor of shape `(batch, features)`.
            is_example: bool tensor of shape `(batch,)`, see the class; or `None`.
        """
        return self.training_posterior(hidden)

    def training_kl(self, posterior: tfd.Distribution):
        """Returns the KL divergence of a `training_posterior`, as `kl` does."""
        return self.kl(posterior)

    def training_log_ratio(self, z, hidden):
        """Returns `log q(z|x) - log p(z)` of codes that training has drawn.

        Args:
            z: codes of shape `(..., batch, latent_dim)`.
            hidden: float tensor of shape `(batch, features)`.
        """
        posterior = self.training_posterior(hidden)
        return posterior.log_prob(z) - self.prior().log_prob(z)

    @property
    def posterior_weights(self) -> list[keras.Variable]:
        """The weights that make the codes: not those of a prior or a constraint."""
        others = filter(None, (self.mixture_prior, self.rate_constraint))
        of_others = {id(weight) for layer in others for weight in layer.weights}
        return [weight for weight in self.weights if id(weight) not in of_others]

    @property
    def direction_weights(self) -> list[keras.Variable]:
        """The weights that a code of one unit vector has its mean direction from.

        Other codes have none.
        """
        return []

    def shared_weights(
        self, other: "Latent"
    ) -> tuple[list[keras.Variable], list[keras.Variable]] | None:
        """Returns the weights that make the same codes as another latent's.

        Latents of the same kind share the weights of their posteriors. Those of
        different kinds whose codes are one unit vector share the mean directions, and
        each keeps its own concentration.

        Args:
            other: the other latent.

        Returns:
            this latent's weights and, in the same order, the other's; `None` if their
            codes are not alike.
        """
        if type(self) is type(other):
            return pair_weights(self.posterior_weights, other.posterior_weights)
        if not self.direction_weights:
            return None
        return pair_weights(self.direction_weights, other.direction_weights)

    def interpolate(self, start, end, steps: int):
        """Returns `steps` codes from `start` to `end`, `(steps, latent_dim)`.

        Args:
            start: code of shape `(latent_dim,)`.
            end: code of shape `(latent_dim,)`.
            steps: int, at least 2; the first code is `start`, the last `end`.
        """
        return straight_line(start, end, steps)

    def call(self, hidden, codes=1, is_example=None, training=False):
        if not training:
            posterior = self.posterior(hidden)
            return self._sample(posterior), self.kl(posterior)
        posterior = self.batch_posterior(hidden, is_example)
        if codes > 1:
            z = self._sample_mirrored(posterior, hidden, codes)
        else:
            z = self._sample(posterior)
        return z, self.training_kl(posterior)

    def compute_output_spec(self, hidden, codes=1, is_example=None, training=False):
        batch = hidden.shape[0]
        rows = batch if codes == 1 else None
        return (
            keras.KerasTensor((rows, self.latent_dim), dtype=self.variable_dtype),
            keras.KerasTensor((batch,), dtype=self.variable_dtype),
        )

    def _linear_map(
        self, name: str, seed_offset: int = 0, use_bias: bool = True
    ) -> keras.layers.Dense:
        """Returns a dense layer from hidden features to `latent_dim` numbers."""
        return keras.layers.Dense(
            self.latent_dim,
            use_bias=use_bias,
            kernel_initializer=keras.initializers.GlorotUniform(
                self._seed_plus(seed_offset)
            ),
            dtype=self.dtype_policy,
            name=name,
        )

    def _seed_plus(self, offset):
        """Returns a seed for initial weights, `None` for a random one."""
        return None if self.seed is None else self.seed + offset

    def _sample(self, posterior, shape=()):
        """Returns one code for each example, or `shape` of them."""
        return self._sample_with(self._next_seed(), posterior, shape)

    def _sample_with(self, seed, posterior, shape):
        place, parts = place_in_batch()
        if parts == 1:
            return posterior.sample(shape, seed=seed)
        # Each replica draws for all of them and keeps its own codes, so that together
        # they have the noise that one device would draw for the whole batch.
        draws = posterior.sample((*shape, parts), seed=seed)
        return tf.gather(draws, place, axis=len(shape))

    def _sample_mirrored(self, posterior, hidden, codes):
        """Returns `codes` codes for each example, `(codes * batch, latent_dim)`."""
        drawn = self._sample(posterior, ((codes + 1) // 2,))
        images = self._mirror_in(posterior, drawn, hidden)
        return self._in_turn(drawn, images, codes)

    def _in_turn(self, drawn, images, codes):
        """Returns codes and images in turn, `(codes * batch, latent_dim)`."""
        both = tf.stack([drawn, images], axis=1)
        rows = codes * tf.shape(drawn)[1]
        return tf.reshape(both, [-1, self.latent_dim])[:rows]

    def _mirror_in(self, posterior, z, hidden):
        """Returns the mirror images of codes drawn from `posterior`."""
        return self.mirror(z, hidden)

    def _next_seed(self):
        """Returns a new stateless seed, `(2,)`, the same in every replica."""
        seed = tf.cast(self.seed_generator.next(), tf.int32)
        return tf.random.experimental.stateless_fold_in(seed, 0)

    def get_config(self):
        config = super().get_config()
        config.update({"latent_dim": self.latent_dim, "seed": self.seed})
        return config


def pair_weights(
    own: list[keras.Variable], others: list[keras.Variable]
) -> tuple[list[keras.Variable], list[keras.Variable]] | None:
    """Returns both lists, or `None` if their shapes differ."""
    shapes, other_shapes = ([tuple(w.shape) for w in each] for each in (own, others))
    return (own, others) if shapes == other_shapes else None
