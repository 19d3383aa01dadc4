"""Bounds from many samples of the code: the mean ELBO and a tighter bound."""

import dataclasses
import math
from collections.abc import Iterable, Sequence

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.evaluation.examples import require_examples
from tf_vmfvae.evaluation.forward_pass import ForwardPass
from tf_vmfvae.evaluation.perplexity import perplexity
from tf_vmfvae.evaluation.refinement import Refinement
from tf_vmfvae.evaluation.result import Result
from tf_vmfvae.evaluation.sample_moments import SampleMoments
from tf_vmfvae.ops.batch_inputs import count_rows, rows_of

# Tensors of the logits' shape in memory at once: logits, exponentials, probabilities.
COPIES = 3
BYTES = 4


@dataclasses.dataclass(frozen=True)
class ImportanceWeightedBounds(Result):
    """Two valid bounds on the log-likelihood, from the same samples of the code.

    Attributes:
        nll: the negative evidence lower bound in nats per example, averaged over all
            samples. Each sample is decoded by itself: the bounds are averaged, not the
            codes.
        nll_standard_error: standard error of `nll` due to the sampling of the codes.
        reconstruction: the negative log-likelihood given the code, averaged likewise.
        kl: the KL divergence of the posterior from the prior.
        ppl: `exp(total NLL / total words)`, including `<eos>`.
        ppl_by_example: `exp(mean over examples of NLL / words)`, the perplexity of
            Miao et al. (2016), which gives short and long examples the same weight.
        nll_iw: number of samples -> the negative importance-weighted bound.
        nll_iw_standard_error: number of samples -> standard error of `nll_iw` due to
            the sampling, by the delta method. It is too small if a few samples have
            almost all the weight.
        ppl_iw: number of samples -> perplexity of `nll_iw`.
        ppl_iw_by_example: number of samples -> the same, averaged like
            `ppl_by_example`.
        examples: number of examples.
        tokens: number of target words, including `<eos>`.
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


def importance_weighted(
    model,
    batches: Iterable,
    samples: int | Sequence[int] = 100,
    seed: int = 0,
    memory: int = 2**29,
    refinement: Refinement | None = None,
) -> ImportanceWeightedBounds:
    """Returns the importance-weighted bound of Burda et al. (2016), equation 8.

    `log p(x) >= E log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x)`, with `K` samples from the
    posterior. With `K = 1` it is the evidence lower bound. It rises with `K` towards
    the log-likelihood. Each example is encoded once. Its samples are decoded in chunks
    and summed in float64.

    For a model without a code (`NoLatent`), a single sample gives the exact
    likelihood.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        batches: batches as the model takes them, with one example per row.
        samples: the number of samples, or several such numbers. The bound for a
            smaller number uses the first samples.
        seed: int. Seed of the samples. The same seed gives the same figures for the
            same batches and the same `memory`.
        memory: approximate number of bytes for decoding one chunk. It does not limit
            the number of samples.
        refinement: how to fit the posteriors to their examples first. By default the
            encoder's posteriors are used.

    Returns:
        The `ImportanceWeightedBounds`.

    Raises:
        ValueError: if there is no example, a number of samples is below 1, or
            `refinement` is given for a latent without mirror images.

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
    estimator = _Estimator(model, levels, refinement)
    # A gradient keeps the tensors that a mere forward pass would free.
    copies = 2 * refinement.samples if refinement else 1
    parts = (part for batch in batches for part in _parts(model, batch, memory, copies))
    for number, (inputs, at_once) in enumerate(parts):
        more = estimator.sums(inputs, at_once, (seed, number))
        sums = more if sums is None else sums + more
    require_examples(sums and sums.examples)
    return sums.bounds(levels)


@dataclasses.dataclass
class _Sums:
    """Sums over examples. Variances can be added, as the noise is independent."""

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
        nll_iw = dict(zip(levels, self.nll_iw, strict=True))
        variance_iw = dict(zip(levels, self.variance_iw, strict=True))
        per_word = dict(zip(levels, self.nll_iw_per_word, strict=True))
        return ImportanceWeightedBounds(
            nll=nll / self.examples,
            nll_standard_error=math.sqrt(self.variance) / self.examples,
            reconstruction=float(self.reconstruction) / self.examples,
            kl=float(self.kl) / self.examples,
            ppl=perplexity(nll, self.words),
            ppl_by_example=perplexity(self.nll_per_word, self.examples),
            nll_iw={k: float(total) / self.examples for k, total in nll_iw.items()},
            nll_iw_standard_error={
                k: math.sqrt(total) / self.examples for k, total in variance_iw.items()
            },
            ppl_iw={k: perplexity(total, self.words) for k, total in nll_iw.items()},
            ppl_iw_by_example={
                k: perplexity(total, self.examples) for k, total in per_word.items()
            },
            examples=self.examples,
            tokens=round(self.words),
        )


class _Estimator:
    """Samples and decodes codes of a batch, and sums up what the bounds need."""

    def __init__(self, model, levels, refinement):
        self._model = model
        self._levels = levels
        self._refine = refinement and refinement.of(model)

    def sums(self, inputs, at_once, seed):
        """Returns the `_Sums` of a batch, decoding `at_once` codes per example."""
        model = self._model
        is_example = model.is_example(inputs).numpy()
        hidden = self._encode(inputs, seed)
        kl = ForwardPass(model, inputs, hidden).kl().numpy().astype("float64")
        moments = SampleMoments(len(is_example))
        words = model.count_words(inputs).numpy()[is_example]
        nll_iw, variance_iw, nll_iw_per_word = [], [], []
        for level in self._levels:
            # All samples of an empty code are the same.
            needed = 1 if model.latent.is_empty else level
            while moments.count < needed:
                count = min(at_once, level - moments.count)
                chunk = tf.random.experimental.stateless_fold_in(seed, moments.count)
                terms = self._decode(inputs, hidden, tf.constant(count), chunk)
                moments.add(*(term.numpy() for term in terms))
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

    def _encode(self, inputs, seed):
        hidden = ForwardPass(self._model, inputs).hidden
        if not self._refine:
            return hidden
        # Its own seed, because the bound needs codes that the fit has not used.
        seed = tf.random.experimental.stateless_fold_in(seed, -1)
        return self._refine(inputs, hidden, seed)

    @tf.function(reduce_retracing=True, autograph=False)
    def _decode(self, inputs, hidden, count, seed):
        forward = ForwardPass(self._model, inputs, hidden)
        z = forward.sample(count, seed)
        return (
            tf.cast(forward.reconstruction(z), tf.float64),
            tf.cast(forward.log_ratio(z), tf.float64),
        )


def _parts(model, inputs, memory, copies):
    """Splits a batch so that `copies` copies of each row fit into `memory`.

    Yields rows, and how many samples of each of them fit.
    """
    inputs = keras.tree.map_structure(tf.convert_to_tensor, inputs)
    fit = max(1, memory // (COPIES * BYTES * _num_logits(model, inputs)))
    rows = max(1, fit // copies)
    for start in range(0, int(count_rows(inputs)), rows):
        part = rows_of(inputs, start, start + rows)
        yield part, max(1, fit // int(count_rows(part)))


def _num_logits(model, inputs):
    """Returns the number of logits per example: time times words, or words."""
    # Only the sentences' length is not known to the model.
    length = keras.tree.flatten(inputs)[0].shape[1]
    return math.prod(size or length for size in model.decoder.output.shape[1:])
