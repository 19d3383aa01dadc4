"""Compiled functions of models, kept between calls."""

import threading
import weakref
from collections.abc import Callable, Hashable


class CompiledFunctions:
    """The functions compiled for each model; threads may share them.

    Tracing takes far longer than decoding a few sentences, and the same functions are
    wanted again every epoch. A model that is gone takes its functions along.

    Args:
        kept: int. How many functions a model keeps; the oldest makes room.

    Example:
    >>> import tensorflow as tf
    >>> model, functions = tf.Module("tiny"), CompiledFunctions(kept=8)
    >>> build = lambda model: tf.function(lambda x: x + len(model.name))
    >>> int(functions.get(model, "add", build)(3))
    7
    >>> functions.get(model, "add", build) is functions.get(model, "add", build)
    True
    """

    def __init__(self, kept: int):
        self._kept = kept
        self._of_model = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()

    def get(self, model, key: Hashable, build: Callable) -> Callable:
        """Returns the model's function of this key, built if it is not there.

        Args:
            model: the model.
            key: what the function goes by; with `None` it is built anew each time.
            build: function from the model to the function that is kept. What it is
                given is a proxy, which does not keep the model alive.
        """
        if key is None:
            return build(weakref.proxy(model))
        with self._lock:
            functions = self._of_model.setdefault(model, {})
            if key not in functions:
                functions[key] = build(weakref.proxy(model))
                if len(functions) > self._kept:
                    del functions[next(iter(functions))]
            return functions[key]
