"""The evidence lower bound of a model on data, and what its parts say."""

import dataclasses
import math
from collections.abc import Iterable

import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Bounds:
    """A valid bound on the log-likelihood, in nats an example.

    One sample of the code an example reaches the decoder (see `VAE`).

    Attributes:
        nll: minus the evidence lower bound, `reconstruction + kl`.
        reconstruction: minus the log-likelihood given the code.
        kl: what the code costs.
        code_gain: reconstruction with the codes of a batch shuffled between its
            examples, minus with their own: what the decoder takes from the code. An
            example that is alone in its batch, or in its replica's share of one, does
            not count.
        ppl: `exp(total NLL / total words)`, `<eos>` included.
        ppl_by_example: `exp(mean over examples of NLL / words)`, the perplexity of
            Miao et al. (2016), in which short examples weigh as much as long ones.
        mean_cosine: mean cosine between the locations of different examples.
        examples: how many examples.
        tokens: how many target words, `<eos>` included.
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
    def from_totals(cls, totals: dict) -> "Bounds":
        """Turns sums of `batch_totals` over batches into the bounds."""
        examples = float(totals["examples"])
        words = float(totals["words"])
        reconstruction = float(totals["reconstruction"]) / examples
        kl = float(totals["kl"]) / examples
        nll = reconstruction + kl
        directions = tf.convert_to_tensor(totals["direction"])
        pairs = max(examples * (examples - 1), 1.0)
        cosines = float(tf.reduce_sum(directions**2)) - float(totals["directions"])
        return cls(
            nll=nll,
            reconstruction=reconstruction,
            kl=kl,
            code_gain=float(totals["gain"]) / max(float(totals["in_company"]), 1.0),
            ppl=math.exp(min(nll * examples / words, 700.0)),
            ppl_by_example=math.exp(
                min(float(totals["nll_per_word"]) / examples, 700.0)
            ),
            mean_cosine=cosines / pairs,
            examples=round(examples),
            tokens=round(words),
        )

    def as_dict(self) -> dict[str, float]:
        """Returns the attributes by name."""
        return dataclasses.asdict(self)


def batch_totals(model, inputs) -> dict[str, tf.Tensor]:
    """Returns the sums over one batch that `Bounds` are made of.

    Sums of batches, and of the replicas of a strategy, add up.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        inputs: a batch, as the model takes it; its empty rows come last.

    Returns:
        A dictionary of float tensors: scalars, and `"direction"`, the sum of the
        unit vectors along the locations, of shape `(latent_dim,)`.
    """
    hidden = model.encoder(inputs, training=False)
    z, kl = model.latent(hidden)
    outputs = {
        "reconstruction": model.likelihood([inputs, z], training=False),
        "kl": kl,
    }
    totals = model.totals(inputs, outputs)

    is_example = model.is_example(inputs)
    real = tf.cast(is_example, kl.dtype)
    # Every code goes to the next example; one that is alone has nowhere to go.
    count = tf.reduce_sum(tf.cast(is_example, tf.int32))
    following = (tf.range(tf.shape(real)[0]) + 1) % tf.maximum(count, 1)
    shuffled = model.likelihood([inputs, tf.gather(z, following)], training=False)
    in_company = real * tf.cast(count > 1, kl.dtype)
    gain = shuffled - outputs["reconstruction"]
    totals["gain"] = tf.reduce_sum(in_company * gain)
    totals["in_company"] = tf.reduce_sum(in_company)

    direction = tf.math.l2_normalize(model.latent.location(hidden), axis=-1)
    direction *= real[:, None]
    totals["direction"] = tf.reduce_sum(direction, axis=0)
    totals["directions"] = tf.reduce_sum(direction**2)
    return totals


def evaluate(model, batches: Iterable) -> Bounds:
    """Returns the bounds of a model on a data set, each example counted once.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        batches: a `tf.data.Dataset` of batches, as the model takes them.

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
    totals = None
    run = tf.function(lambda inputs: batch_totals(model, inputs), reduce_retracing=True)
    for inputs in batches:
        sums = {name: value.numpy() for name, value in run(inputs).items()}
        if totals is None:
            totals = {name: value.astype("float64") for name, value in sums.items()}
        else:
            totals = {name: totals[name] + value for name, value in sums.items()}
    if totals is None or not totals["examples"]:
        raise ValueError("batches holds no example: there is nothing to evaluate")
    return Bounds.from_totals(totals)
