"""Keeps the functions compiled for a model between calls."""

import threading
import weakref
from collections.abc import Callable, Hashable


class CompiledFunctions:
    """The functions compiled for each model; threads may share them.

    Tracing a function takes much longer than decoding a few sentences, and the same
    functions are needed again after every epoch. A model's functions are released with
    the model.

    Args:
        kept: int. How many functions to keep for each model; the oldest goes first.

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
        """Returns the model's function with this key, after building it if necessary.

        Args:
            model: the model.
            key: names the function; with `None` it is built anew every time.
            build: makes the function from the model. It is called with a weak proxy, so
                that a function that is kept does not keep its model alive.
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
