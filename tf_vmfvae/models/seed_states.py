"""States of a model's generators of noise in its file, which Keras does not save.

With them a loaded model draws the noise that the saved one would have.
"""

import re
from collections.abc import Iterator, Mapping

import keras
import numpy as np
import tensorflow as tf

# Parts of a model that are no layers but hold some.
_PACKAGE = __name__.partition(".")[0]
# Earlier versions left out the place.
_NAME = re.compile(r"noise_(\d+)(?:@(.+))?")


def is_seed_state(name: str) -> bool:
    """Whether an array in a model's file is the state of a generator."""
    return _NAME.fullmatch(name) is not None


def save_seed_states(model: keras.Model) -> dict[str, np.ndarray]:
    """Returns the states as arrays, by name: their number and their place.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=5.0, seed=1)
    >>> model = tf_vmfvae.models.NVDM(["profit", "rose"], latent, hidden_dim=8, seed=7)
    >>> sorted(save_seed_states(model))
    ['noise_0@latent.seed_generator']
    """
    return {
        # A strategy may have mirrored it.
        f"noise_{index}@{place}": tf.convert_to_tensor(state).numpy()
        for index, (place, state) in enumerate(_states(model).items())
    }


def load_seed_states(model: keras.Model, store: Mapping) -> None:
    """Sets the states to those of a file.

    They are found by their places, so that a model may have a layer that its file
    lacks, whose noise stays as it was made. Where places have other names by now, and
    in files of earlier versions, which name none, they are found by their order.

    Args:
        model: the model.
        store: the arrays of the file that are its states, by name.
    """
    saved = {}
    for name in sorted(store, key=lambda name: int(_NAME.fullmatch(name)[1])):
        saved[_NAME.fullmatch(name)[2] or name] = store[name]
    states = _states(model)
    for place in states.keys() & saved.keys():
        states.pop(place).assign(saved.pop(place))
    for state, value in zip(states.values(), saved.values(), strict=False):
        state.assign(value)


def _states(model):
    """The states by place, in the order in which Keras lists them.

    A place is what attributes lead to it. It stays the same when the model gets a
    further layer that draws noise, as the numbers in Keras's own names do not.
    """
    places = {id(each.state): place for place, each in _generators(model, "", set())}
    states = [v for v in model.variables if v.name == "seed_generator_state"]
    return {places.get(id(v), str(index)): v for index, v in enumerate(states)}


def _generators(part, place, seen) -> Iterator[tuple[str, keras.random.SeedGenerator]]:
    if id(part) in seen:
        return
    seen.add(id(part))
    if isinstance(part, keras.random.SeedGenerator):
        yield place, part
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
            yield from _generators(value, f"{place}.{name}".lstrip("."), seen)
