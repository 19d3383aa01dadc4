"""Samplers of KerasHub that keep no state between calls.

KerasHub takes seconds to import, so only code that decodes imports this module.
"""

import pickle

import keras
import numpy as np
import tensorflow as tf
from keras_hub import samplers

from tf_vmfvae.generation.draw import draw
from tf_vmfvae.generation.noise import Noise, next_seed
from tf_vmfvae.ops.arguments import whole_number

# Name -> class and settings.
NAMED = {
    "greedy": (samplers.GreedySampler, {}),
    "random": (samplers.RandomSampler, {"temperature": 1.0}),
    "top_k": (samplers.TopKSampler, {"temperature": 1.0, "k": 5}),
    "top_p": (samplers.TopPSampler, {"temperature": 1.0, "p": 0.1}),
    "beam": (samplers.BeamSampler, {"temperature": 1.0, "num_beams": 5}),
}
DRAWING = (samplers.RandomSampler, samplers.TopKSampler, samplers.TopPSampler)
# KerasHub's samplers that need more than the logits of the next word.
NEEDS = {
    "ContrastiveSampler": "the decoder's hidden states",
    "SpeculativeSampler": "a second model that drafts",
}


class StatelessSampler:
    """Chooses words as a sampler does, with all noise from the `Noise` of the call.

    The sampler itself is never changed, and calls at the same time do not affect each
    other.

    Args:
        sampler: a key of `NAMED`, or a `keras_hub.samplers.Sampler`; its class may be
            the user's own.
        vocabulary_size: int. How many words the model has.

    Attributes:
        key: samplers with equal keys choose alike; `None` if that cannot be known.
        in_turn: bool. Whether the sampler leaves the loop over words to the caller. A
            row is then one sentence, and when it ends, another can take its place.
        draws: bool. Whether `Noise.uniforms` choose the words.

    Raises:
        ValueError: if there is no such sampler, if it needs more than logits, or if one
            of its settings is out of range.
    """

    def __init__(self, sampler, vocabulary_size: int):
        if isinstance(sampler, str) and sampler in NAMED:
            self._kind, settings = NAMED[sampler]
            if "k" in settings:
                settings = {**settings, "k": min(settings["k"], vocabulary_size)}
        else:
            _check_kind(sampler)
            self._kind, settings = type(sampler), None
        self._sampler = sampler
        # A subclass may do anything: only KerasHub's own classes are known.
        if settings is None and self._kind in dict(NAMED.values()):
            settings = _settings(sampler, vocabulary_size)
        self._settings = settings
        self.key = (
            _comparable(sampler)
            if settings is None
            else (self._kind, *sorted(settings.items()))
        )
        self.in_turn = all(
            getattr(self._kind, method) is getattr(samplers.Sampler, method)
            for method in ("__call__", "run_loop")
        )
        self.draws = self._kind in DRAWING

    @property
    def is_known(self) -> bool:
        """Whether the sampler's class is one of KerasHub's."""
        return self._settings is not None

    def own_seed(self) -> int | None:
        """Returns the next seed of a sampler that has a seed, else `None`."""
        for value in getattr(self._sampler, "__dict__", {}).values():
            is_generator = isinstance(value, keras.random.SeedGenerator)
            if is_generator and value.get_config()["seed"] is not None:
                return next_seed(value)
        return None

    def with_noise(self, noise: Noise) -> samplers.Sampler:
        """Returns a sampler that chooses words with this noise, within its scope."""
        if self.draws:
            return _NoiseSampler(noise, **self._settings)
        if self._kind is samplers.BeamSampler:
            return _Beams(**self._settings)
        if self._kind is samplers.GreedySampler:
            # The likeliest word is the same at every temperature.
            return samplers.GreedySampler()
        return self._sampler


class _Tempered(samplers.Sampler):
    """Computes probabilities that are finite at every temperature."""

    def __init__(self, temperature, **kwargs):
        # At 1e30 all words are already equally likely to the last bit. TensorFlow
        # multiplies by the reciprocal; beyond, that would become 0 and the probability
        # of padding NaN.
        super().__init__(temperature=min(temperature, 1e30), **kwargs)

    def compute_probabilities(self, logits):
        logits = tf.cast(logits, tf.float32)
        logits -= tf.reduce_max(logits, axis=-1, keepdims=True)
        return tf.nn.softmax(logits / self.temperature)


class _Beams(_Tempered, samplers.BeamSampler):
    pass


class _NoiseSampler(_Tempered):
    """Draws among all words, the `k` likeliest, or the likeliest up to `p`."""

    def __init__(self, noise, temperature, k=None, p=None):
        super().__init__(temperature)
        self._noise = noise
        self._k = k
        self._p = p

    def get_next_token(self, probabilities):
        uniforms = self._noise.uniforms
        if self._k is None and self._p is None:
            return draw(probabilities, uniforms)
        k = tf.shape(probabilities)[-1] if self._k is None else self._k
        likeliest, ids = tf.math.top_k(probabilities, k)
        if self._p is not None:
            # The word at which the sum passes p still counts.
            before = tf.cumsum(likeliest, axis=-1, exclusive=True)
            likeliest = tf.where(before <= self._p, likeliest, 0.0)
        return tf.gather(ids, draw(likeliest, uniforms), batch_dims=1)


def _check_kind(sampler):
    names = ", ".join(NAMED)
    if not isinstance(sampler, samplers.Sampler):
        raise ValueError(
            f"sampler is {sampler!r}: give one of {names}, or a "
            "keras_hub.samplers.Sampler that needs nothing but logits"
        )
    for name, need in NEEDS.items():
        if isinstance(sampler, getattr(samplers, name, ())):
            raise ValueError(
                f"sampler is a {type(sampler).__name__}, which needs {need}: give one "
                f"of {names}, or a sampler that needs nothing but logits"
            )


def _settings(sampler, vocabulary_size):
    """Returns the settings of one of KerasHub's samplers after checking them."""
    if type(sampler) is samplers.GreedySampler:
        return {}
    limits = np.finfo("float32")
    settings = {"temperature": float(sampler.temperature)}
    if not limits.tiny <= settings["temperature"] <= limits.max:
        raise ValueError(
            f"the sampler's temperature must be from {limits.tiny:.2g} to "
            f"{limits.max:.2g}, not {sampler.temperature}"
        )
    if getattr(sampler, "return_all_beams", False):
        raise ValueError(
            "the sampler has return_all_beams=True, but a sentence becomes one text: "
            "leave it False for the likeliest beam"
        )
    if getattr(sampler, "k", None) is not None:
        settings["k"] = whole_number("the sampler's k", sampler.k, 1, vocabulary_size)
    if hasattr(sampler, "num_beams"):
        name = "the sampler's num_beams"
        settings["num_beams"] = whole_number(name, sampler.num_beams, 1)
    if hasattr(sampler, "p"):
        if not 0 < sampler.p <= 1:
            raise ValueError(
                f"the sampler's p must be above 0 and at most 1, not {sampler.p}"
            )
        settings["p"] = float(sampler.p)
    return settings


def _comparable(sampler):
    """Returns what distinguishes samplers of one class; `None` if nothing can."""
    state = {
        name: value
        for name, value in vars(sampler).items()
        if name != "_seed_generators"
        and not isinstance(value, keras.random.SeedGenerator)
    }
    try:
        return type(sampler), pickle.dumps(state)
    # An attribute that cannot be pickled may raise any exception.
    except Exception:
        return None
