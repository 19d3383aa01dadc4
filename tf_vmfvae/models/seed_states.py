"""The states of a model's seed generators in its file, which Keras does not save.

With them a loaded model draws the same noise as the saved model would have drawn next.
"""

import re
from collections.abc import Iterator, Mapping

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.ops.keras_internals import SEED_STATE

# Objects of this package that are not layers may hold layers.
_PACKAGE = __name__.partition(".")[0]
# The name in files. Files of earlier versions have only the number.
_NAME = re.compile(r"noise_(\d+)(?:@(.+))?")


def is_seed_state(name: str) -> bool:
    """Returns whether an array in a model's file is the state of a generator."""
    return _NAME.fullmatch(name) is not None


def seed_states(model: keras.Model) -> list:
    """Returns the variables that hold the states, in Keras's order.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=5.0, seed=1)
    >>> model = tf_vmfvae.models.NVDM(["profit", "rose"], latent, hidden_dim=8, seed=7)
    >>> len(seed_states(model))
    1
    """
    return [v for v in model.variables if v.name == SEED_STATE]


def save_seed_states(model: keras.Model) -> dict[str, np.ndarray]:
    """Returns the states as arrays, named by their number and their path.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=5.0, seed=1)
    >>> model = tf_vmfvae.models.NVDM(["profit", "rose"], latent, hidden_dim=8, seed=7)
    >>> sorted(save_seed_states(model))
    ['noise_0@latent.seed_generator']
    """
    return {
        # A strategy may have mirrored the state.
        f"noise_{index}@{path}": tf.convert_to_tensor(state).numpy()
        for index, (path, state) in enumerate(_states(model).items())
    }


def load_seed_states(model: keras.Model, store: Mapping) -> None:
    """Sets the states to those of a file.

    States are matched by path, so a layer that the file does not have keeps its initial
    state. States whose path is not in the file, as after a renaming or in files of
    earlier versions, are matched in order.

    Args:
        model: the model.
        store: the states in the file, by name.
    """
    saved = {}
    for name in sorted(store, key=lambda name: int(_NAME.fullmatch(name)[1])):
        saved[_NAME.fullmatch(name)[2] or name] = store[name]
    states = _states(model)
    for path in states.keys() & saved.keys():
        states.pop(path).assign(saved.pop(path))
    for state, value in zip(states.values(), saved.values(), strict=False):
        state.assign(value)


def _states(model):
    """Returns the states by path, in the order in which Keras lists them.

    A path is the chain of attributes that leads to the generator. Unlike the numbers in
    Keras's own names, it does not change when another layer with noise is added.
    """
    paths = {id(each.state): path for path, each in _generators(model, "", set())}
    states = enumerate(seed_states(model))
    return {paths.get(id(state), str(index)): state for index, state in states}


def _generators(part, path, seen) -> Iterator[tuple[str, keras.random.SeedGenerator]]:
    if id(part) in seen:
        return
    seen.add(id(part))
    if isinstance(part, keras.random.SeedGenerator):
        yield path, part
        return
    if isinstance(part, list | tuple):
        parts = enumerate(part)
    elif isinstance(part, dict):
        parts = part.items()
    elif isinstance(part, keras.Layer) or type(part).__module__.startswith(_PACKAGE):
        parts = getattr(part, "__dict__", {}).items()
    else:
        return
    for name, value in list(parts):
        if not str(name).startswith("_"):
            yield from _generators(value, f"{path}.{name}".lstrip("."), seen)
