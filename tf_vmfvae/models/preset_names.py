"""The attribute of a class that lists its presets."""

from collections.abc import Callable


class PresetNames:
    """An attribute of the class only: the presets that it can load.

    Keras reads all attributes of a model when it saves it, and reading this one looks
    into files.

    Args:
        list_presets: function from the class to a dictionary from the name of each
            preset to the title of its card.
    """

    def __init__(self, list_presets: Callable[[type], dict[str, str]]):
        self._list_presets = list_presets

    def __get__(self, instance, owner):
        if instance is not None:
            raise AttributeError(f"ask the class: {owner.__name__}.presets")
        return self._list_presets(owner)
