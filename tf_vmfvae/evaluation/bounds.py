"""The evidence lower bound of a model on a data set, and its parts."""

import dataclasses
from collections.abc import Iterable

import tensorflow as tf

from tf_vmfvae.evaluation.examples import require_examples
from tf_vmfvae.evaluation.forward_pass import ForwardPass
from tf_vmfvae.evaluation.perplexity import perplexity
from tf_vmfvae.evaluation.result import Result
from tf_vmfvae.ops.any_length import AnyLength


@dataclasses.dataclass(frozen=True)
class Bounds(Result):
    """A valid bound on the log-likelihood, in nats per example.

    Each example is decoded from one sample of its code (see `VAE`).

    Attributes:
        nll: the negative evidence lower bound, `reconstruction + kl`.
        reconstruction: the negative log-likelihood given the code.
        kl: the KL divergence of the posterior from the prior.
        code_gain: how much the reconstruction worsens if each example is decoded from
            the code of another example in its batch. It measures how much the decoder
            uses the code. An example that is alone in its batch, or in its replica's
            share of the batch, is left out.
        ppl: `exp(total NLL / total words)`, including `<eos>`.
        ppl_by_example: `exp(mean over examples of NLL / words)`, the perplexity of
            Miao et al. (2016), which gives short and long examples the same weight.
        mean_cosine: mean cosine between the posterior locations of two different
            examples.
        examples: number of examples.
        tokens: number of target words, including `<eos>`.
    """

    nll: float
    reconstruction: float
    kl: float
    code_gain: float
    ppl: float
    ppl_by_example: float
    mean_cosine: float
    examples: int
    tokens: int

    @classmethod
    def from_totals(cls, batches: Iterable[dict[str, tf.Tensor]]) -> "Bounds":
        """Returns the bounds of a data set.

        Args:
            batches: what `batch_totals` returned for each batch.

        Raises:
            ValueError: if there is no example.
        """
        totals = {"examples": 0.0}
        for batch in batches:
            for name, value in batch.items():
                totals[name] = totals.get(name, 0.0) + value.numpy()
        require_examples(totals["examples"])
        examples, words = float(totals["examples"]), float(totals["words"])
        reconstruction = float(totals["reconstruction"]) / examples
        kl = float(totals["kl"]) / examples
        nll = reconstruction + kl
        direction = tf.convert_to_tensor(totals["direction"])
        # The square of the sum holds every pair twice and every vector with itself.
        cosines = float(tf.reduce_sum(direction**2)) - float(totals["squared_length"])
        pairs = max(examples * (examples - 1), 1.0)
        return cls(
            nll=nll,
            reconstruction=reconstruction,
            kl=kl,
            code_gain=float(totals["gain"]) / max(float(totals["shuffled"]), 1.0),
            ppl=perplexity(nll * examples, words),
            ppl_by_example=perplexity(totals["nll_per_word"], examples),
            mean_cosine=cosines / pairs,
            examples=round(examples),
            tokens=round(words),
        )


def batch_totals(model, inputs) -> dict[str, tf.Tensor]:
    """Returns sums over the examples of one batch, from which `Bounds` are computed.

    Totals of batches can be added, and so can those of the replicas of a strategy.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        inputs: a batch, as the model takes it; its empty rows come last.

    Returns:
        A dictionary of float64 tensors: what `VAE.totals` returns; `"gain"`, the code
        gain summed over as many examples as `"shuffled"` says; `"direction"`, the sum
        of the unit vectors along the locations, of shape `(latent_dim,)`; and
        `"squared_length"`, the sum of their squared lengths.
    """
    forward = ForwardPass(model, inputs)
    # The latent's own noise, which each replica gets its share of.
    z, kl = model.latent(forward.hidden)
    reconstruction = forward.reconstruction(z)
    totals = model.totals(inputs, {"reconstruction": reconstruction, "kl": kl})

    is_example = model.is_example(inputs)
    real = tf.cast(is_example, kl.dtype)
    # Every code goes to the next example. The code of a single example cannot move.
    count = tf.reduce_sum(tf.cast(is_example, tf.int32))
    following = (tf.range(tf.shape(real)[0]) + 1) % tf.maximum(count, 1)
    gain = forward.reconstruction(tf.gather(z, following)) - reconstruction
    shuffled = real * tf.cast(count > 1, kl.dtype)
    totals["gain"] = tf.reduce_sum(shuffled * gain)
    totals["shuffled"] = tf.reduce_sum(shuffled)

    # The cosine of many examples is a small difference of large sums.
    location = tf.cast(model.latent.location(forward.hidden), tf.float64)
    direction = tf.math.l2_normalize(location, axis=-1)
    direction *= tf.cast(real, tf.float64)[:, None]
    totals["direction"] = tf.reduce_sum(direction, axis=0)
    totals["squared_length"] = tf.reduce_sum(direction**2)
    # Replicas are added together, which takes one dtype for all.
    return {name: tf.cast(value, tf.float64) for name, value in totals.items()}


def evaluate(model, batches: Iterable) -> Bounds:
    """Returns the bounds of a model on a data set.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        batches: an iterable of batches as the model takes them, for instance a
            `tf.data.Dataset`. Empty rows are not counted.

    Returns:
        The `Bounds`.

    Raises:
        ValueError: if there is no example.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(8, kappa=20.0, seed=1)
    >>> model = tf_vmfvae.models.NVRNN(["profit", "rose"], latent, hidden_dim=8)
    >>> ids = model.tokenizer(["profit rose", "rose"]).to_tensor()
    >>> bounds = tf_vmfvae.evaluation.evaluate(model, [ids])
    >>> bounds.examples, bounds.tokens, round(bounds.kl, 4)
    (2, 5, 4.486)
    """
    run = AnyLength(lambda inputs: batch_totals(model, inputs))
    return Bounds.from_totals(run(inputs) for inputs in batches)
