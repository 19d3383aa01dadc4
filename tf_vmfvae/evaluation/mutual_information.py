"""How much the code tells of the example, and how its price splits."""

import dataclasses
import math
from collections.abc import Iterable

import numpy as np
import tensorflow as tf

from tf_vmfvae.evaluation.encode_examples import encode_examples


@dataclasses.dataclass(frozen=True)
class MutualInformation:
    """The average KL in two parts (Hoffman and Johnson 2016), in nats.

    Attributes:
        mutual_information: `I(n; z)` between the number of an example of the data set
            and its code: `KL(q(z|x) || q(z))` on average, where `q(z)` mixes the
            posteriors of the data set. At most `limit`.
        standard_error: of `mutual_information`, for the noise of the samples and the
            choice of the examples.
        marginal_kl: `KL(q(z) || p(z))`, what is left of the average KL: how far the
            codes of the data set, taken together, lie from the prior.
        limit: log of the number of examples. As an estimate of the information under
            the distribution that the examples are from, `mutual_information` is
            biased downwards, the more the nearer it comes to this limit.
        examples: how many examples.
    """

    mutual_information: float
    standard_error: float
    marginal_kl: float
    limit: float
    examples: int

    def as_dict(self) -> dict[str, float]:
        """Returns the attributes by name."""
        return dataclasses.asdict(self)


def mutual_information(
    model, batches: Iterable, seed: int = 0, cells: int = 4_000_000
) -> MutualInformation:
    """Returns how much of the KL is information on the example.

    One code is drawn for each example and weighed under the posterior of every
    example, so time rises with the square of their number.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        batches: batches as the model takes them.
        seed: int. Seed of the codes.
        cells: about how many numbers the largest intermediate tensor may hold.

    Returns:
        The `MutualInformation`.

    Raises:
        ValueError: if there is no example.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(8, kappa=20.0, seed=1)
    >>> model = tf_vmfvae.models.NVRNN(["profit", "rose"], latent, hidden_dim=8)
    >>> ids = model.tokenizer(["profit rose", "rose"]).to_tensor()
    >>> found = tf_vmfvae.evaluation.mutual_information(model, [ids])
    >>> found.mutual_information <= found.limit
    True
    """
    hidden = encode_examples(model, batches)
    latent, examples = model.latent, hidden.shape[0]
    if not latent.latent_dim:
        return MutualInformation(0.0, 0.0, 0.0, math.log(examples), examples)
    posterior = latent.posterior(hidden)
    z = posterior.sample(seed=(seed, examples))
    own = posterior.log_prob(z).numpy().astype("float64")

    @tf.function(reduce_retracing=True)
    def log_mixture(codes):
        # Built anew: a distribution made outside would be a constant of the graph.
        log_prob = latent.posterior(hidden).log_prob(codes[:, None])
        return tf.reduce_logsumexp(tf.cast(log_prob, tf.float64), axis=-1)

    at_once = max(1, cells // (examples * latent.latent_dim))
    mixture = np.concatenate(
        [
            log_mixture(z[start : start + at_once])
            for start in range(0, examples, at_once)
        ]
    )
    information = own - (mixture - math.log(examples))
    mean = float(information.mean())
    kl = float(tf.reduce_mean(tf.cast(latent.kl(posterior), tf.float64)))
    return MutualInformation(
        mutual_information=mean,
        standard_error=float(information.std() / math.sqrt(examples)),
        marginal_kl=kl - mean,
        limit=math.log(examples),
        examples=examples,
    )
