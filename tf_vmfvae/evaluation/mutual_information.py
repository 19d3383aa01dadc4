"""How much information the code carries about the example."""

import dataclasses
import math
from collections.abc import Iterable

import numpy as np
import tensorflow as tf

from tf_vmfvae.evaluation.examples import encode_examples
from tf_vmfvae.evaluation.result import Result


@dataclasses.dataclass(frozen=True)
class MutualInformation(Result):
    """The two parts of the average KL (Hoffman and Johnson 2016), in nats.

    Attributes:
        mutual_information: `I(n; z)` between the index `n` of an example and its code:
            the average of `KL(q(z|x) || q(z))`, where `q(z)` is the mixture of all
            posteriors in the data set. It is at most `limit`.
        standard_error: standard error of `mutual_information`, due to the sampling of
            the codes and the choice of the examples.
        marginal_kl: `KL(q(z) || p(z))`, the rest of the average KL: how far the codes
            of the whole data set are from the prior.
        limit: log of the number of examples. As an estimate for the distribution that
            the examples come from, `mutual_information` is biased downwards, and more
            so the closer it is to this limit.
        examples: number of examples.
    """

    mutual_information: float
    standard_error: float
    marginal_kl: float
    limit: float
    examples: int


def mutual_information(
    model, batches: Iterable, seed: int = 0, cells: int = 4_000_000
) -> MutualInformation:
    """Estimates how much of the KL is information about the example.

    It samples one code per example and evaluates it under the posterior of every
    example, so the time grows with the square of the number of examples.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        batches: batches as the model takes them.
        seed: int. Seed of the codes.
        cells: approximate number of elements that the largest intermediate tensor may
            have.

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
    if latent.is_empty:
        return MutualInformation(0.0, 0.0, 0.0, math.log(examples), examples)
    posterior = latent.posterior(hidden)
    z = posterior.sample(seed=(seed, examples))
    own = posterior.log_prob(z).numpy().astype("float64")

    @tf.function(reduce_retracing=True, autograph=False)
    def log_mixture(codes):
        # A distribution created outside would become a constant of the graph.
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
