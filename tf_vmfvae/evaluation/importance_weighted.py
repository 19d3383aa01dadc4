"""Bounds from many samples of the code: the ELBO's average and a tighter one."""

import dataclasses
import math
from collections.abc import Iterable, Sequence

import numpy as np
import tensorflow as tf

from tf_vmfvae.evaluation.refinement import Refinement

# Copies of the logits alive at once: product, exponentials, probabilities.
COPIES = 3
BYTES = 4


@dataclasses.dataclass(frozen=True)
class ImportanceWeightedBounds:
    """Two valid bounds on the log-likelihood from the same samples of the code.

    Attributes:
        nll: minus the evidence lower bound, averaged over all samples; nats an
            example. Each sample is decoded by itself: bounds are averaged, never
            codes.
        nll_standard_error: of `nll`, for the noise of the samples alone.
        reconstruction: minus the log-likelihood given the code, averaged likewise.
        kl: what the code costs.
        ppl: `exp(total NLL / total words)`, `<eos>` included.
        ppl_by_example: `exp(mean over examples of NLL / words)`, the perplexity of
            Miao et al. (2016), in which short examples weigh as much as long ones.
        nll_iw: number of samples -> minus the importance-weighted bound.
        nll_iw_standard_error: likewise, for the noise of the samples alone, by the
            delta method: too small where a few weights hold all the mass.
        ppl_iw: number of samples -> its perplexity.
        ppl_iw_by_example: number of samples -> likewise.
        examples: how many examples.
        tokens: how many target words, `<eos>` included.
    """

    nll: float
    nll_standard_error: float
    reconstruction: float
    kl: float
    ppl: float
    ppl_by_example: float
    nll_iw: dict[int, float]
    nll_iw_standard_error: dict[int, float]
    ppl_iw: dict[int, float]
    ppl_iw_by_example: dict[int, float]
    examples: int
    tokens: int

    def as_dict(self) -> dict:
        """Returns the attributes by name."""
        return dataclasses.asdict(self)


def importance_weighted(
    model,
    batches: Iterable,
    samples: int | Sequence[int] = 100,
    seed: int = 0,
    memory: int = 2**29,
    refinement: Refinement | None = None,
) -> ImportanceWeightedBounds:
    """Returns the importance-weighted bound of Burda et al. (2016), equation 8.

    `log p(x) >= E log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x)`, with `K` samples from
    the posterior. At `K = 1` it is the evidence lower bound; it rises with `K`
    towards the likelihood. Each example is encoded once; its samples are decoded in
    chunks, and their sums run on in float64.

    Without a code (`NoLatent`) the one sample that there is gives the exact
    likelihood.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        batches: batches as the model takes them, rows along the first axis.
        samples: the number of samples, or several such numbers: the bound for a
            smaller one is made of the first samples.
        seed: int. Seed of the samples: the same one gives the same figures for the
            same batches and `memory`.
        memory: about how many bytes the decoding of one chunk may take. How many
            samples there are does not matter to it.
        refinement: how posteriors are fitted to their examples first; by default the
            encoder's are taken as they are.

    Returns:
        The `ImportanceWeightedBounds`.

    Raises:
        ValueError: if there is no example, a number of samples is below 1, or
            posteriors are to be fitted that have no mirror images.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(8, kappa=20.0, seed=1)
    >>> model = tf_vmfvae.models.NVRNN(["profit", "rose"], latent, hidden_dim=8)
    >>> ids = model.tokenizer(["profit rose", "rose"]).to_tensor()
    >>> bounds = tf_vmfvae.evaluation.importance_weighted(model, [ids], (1, 100))
    >>> bounds.nll_iw[100] < bounds.nll
    True
    """
    levels = sorted({samples} if isinstance(samples, int) else set(samples))
    if not levels or levels[0] < 1:
        raise ValueError(f"samples must be 1 or more, not {samples}")
    sums = None
    encode, decode = _encoder(model, refinement), _decoder(model)
    # A gradient keeps what a mere product would let go of.
    copies = 2 * refinement.samples if refinement else 1
    parts = (part for batch in batches for part in _parts(model, batch, memory, copies))
    for number, part in enumerate(parts):
        more = _batch_sums(model, encode, decode, *part, levels, (seed, number))
        sums = more if sums is None else sums + more
    if sums is None or not sums.examples:
        raise ValueError("batches holds no example: there is nothing to evaluate")
    return sums.bounds(levels)


@dataclasses.dataclass
class _Sums:
    """Sums over examples; of variances too, whose noise is independent."""

    examples: int
    words: float
    kl: float
    reconstruction: float
    variance: float
    nll_per_word: float
    nll_iw: np.ndarray
    variance_iw: np.ndarray
    nll_iw_per_word: np.ndarray

    def __add__(self, other):
        values = zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)
        return _Sums(*(one + another for one, another in values))

    def bounds(self, levels):
        nll = float(self.reconstruction + self.kl)
        iw = dict(zip(levels, self.nll_iw, strict=True))
        error = dict(zip(levels, self.variance_iw, strict=True))
        return ImportanceWeightedBounds(
            nll=nll / self.examples,
            nll_standard_error=math.sqrt(self.variance) / self.examples,
            reconstruction=float(self.reconstruction) / self.examples,
            kl=float(self.kl) / self.examples,
            ppl=self._perplexity(nll),
            ppl_by_example=_exp(self.nll_per_word / self.examples),
            nll_iw={k: float(total) / self.examples for k, total in iw.items()},
            nll_iw_standard_error={
                k: math.sqrt(total) / self.examples for k, total in error.items()
            },
            ppl_iw={k: self._perplexity(total) for k, total in iw.items()},
            ppl_iw_by_example={
                k: _exp(total / self.examples)
                for k, total in zip(levels, self.nll_iw_per_word, strict=True)
            },
            examples=self.examples,
            tokens=round(self.words),
        )

    def _perplexity(self, nll):
        return _exp(nll / self.words)


def _exp(nll):
    return math.exp(min(float(nll), 700.0))


def _parts(model, inputs, memory, copies):
    """Cuts a batch so that so many copies of each of its rows fit into memory.

    Yields rows and how many samples of each fit.
    """
    inputs = tf.convert_to_tensor(inputs)
    fit = max(1, memory // (COPIES * BYTES * _cells(model, inputs)))
    rows = max(1, fit // copies)
    for start in range(0, inputs.shape[0], rows):
        part = inputs[start : start + rows]
        yield part, max(1, fit // part.shape[0])


def _cells(model, inputs):
    """Logits that the decoder makes for an example: words times time, or words."""
    return math.prod(size or inputs.shape[1] for size in model.decoder.output.shape[1:])


def _encoder(model, refinement):
    """Returns a function from inputs and a seed to what the latent reads of them."""
    refine = refinement and refinement.of(model)

    def encode(inputs, seed):
        hidden = model.encoder(inputs, training=False)
        if not refine:
            return hidden
        # A seed of its own: the samples of the bound must be new to the posterior.
        seed = tf.random.experimental.stateless_fold_in(seed, -1)
        return refine(inputs, hidden, seed)

    return encode


def _decoder(model):
    """Returns a compiled function that draws and weighs samples of a batch."""

    @tf.function(reduce_retracing=True)
    def decode(inputs, hidden, count, seed):
        posterior = model.latent.posterior(hidden)
        z = posterior.sample(count, seed=seed)
        flat = tf.reshape(z, [-1, z.shape[-1]])
        copies = tf.tile(inputs, [count] + [1] * (inputs.shape.rank - 1))
        nll = model.likelihood([copies, flat], training=False)
        nll = tf.reshape(nll, tf.shape(z)[:2])
        log_ratio = posterior.log_prob(z) - model.latent.prior().log_prob(z)
        return tf.cast(nll, tf.float64), tf.cast(log_ratio, tf.float64)

    return decode


def _batch_sums(model, encode, decode, inputs, at_once, levels, seed):
    is_example = model.is_example(inputs).numpy()
    hidden = encode(inputs, seed)
    kl = model.latent.kl(model.latent.posterior(hidden)).numpy().astype("float64")
    moments = _Moments(len(is_example))
    words = model.count_words(inputs).numpy()[is_example]
    nll_iw, variance_iw, nll_iw_per_word = [], [], []
    for level in levels:
        while moments.count < (level if model.latent.latent_dim else 1):
            count = min(at_once, level - moments.count)
            chunk = tf.random.experimental.stateless_fold_in(seed, moments.count)
            moments.add(*decode(inputs, hidden, tf.constant(count), chunk))
        nll_iw.append(moments.nll_iw()[is_example].sum())
        nll_iw_per_word.append((moments.nll_iw()[is_example] / words).sum())
        variance_iw.append(moments.variance_iw()[is_example].sum())
    nll = moments.reconstruction() + kl
    return _Sums(
        examples=int(is_example.sum()),
        words=float(words.sum()),
        kl=kl[is_example].sum(),
        reconstruction=moments.reconstruction()[is_example].sum(),
        variance=moments.variance()[is_example].sum(),
        nll_per_word=(nll[is_example] / words).sum(),
        nll_iw=np.array(nll_iw),
        variance_iw=np.array(variance_iw),
        nll_iw_per_word=np.array(nll_iw_per_word),
    )


class _Moments:
    """What is kept of an example's samples: sums that run on, in float64."""

    def __init__(self, rows):
        self.count = 0
        self._sum = np.zeros(rows)
        self._squares = np.zeros(rows)
        # Logarithms of the sums of the weights and of their squares.
        self._log_weights = np.full(rows, -np.inf)
        self._log_squares = np.full(rows, -np.inf)

    def add(self, nll, log_ratio):
        """Adds samples of shape `(count, rows)`."""
        nll, log_weights = nll.numpy(), -(nll + log_ratio).numpy()
        self.count += len(nll)
        self._sum += nll.sum(axis=0)
        self._squares += (nll**2).sum(axis=0)
        self._log_weights = _log_add(self._log_weights, log_weights)
        self._log_squares = _log_add(self._log_squares, 2 * log_weights)

    def reconstruction(self):
        return self._sum / self.count

    def variance(self):
        """Of `reconstruction`."""
        of_one = self._squares / self.count - self.reconstruction() ** 2
        return np.maximum(of_one, 0) / max(self.count - 1, 1)

    def nll_iw(self):
        return math.log(self.count) - self._log_weights

    def variance_iw(self):
        """Of `nll_iw`: the relative variance of the mean weight."""
        squares = np.exp(self._log_squares - 2 * self._log_weights)
        return np.maximum(squares - 1 / self.count, 0)


def _log_add(log_sum, log_terms):
    return np.logaddexp(log_sum, np.logaddexp.reduce(log_terms, axis=0))
