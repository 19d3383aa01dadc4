"""The private names of Keras that the library calls.

Keras may change them in any release. They are called here and nowhere else, as
Keras 3.12 to 3.15 have them.
"""

import keras

# The name of the state of every SeedGenerator.
SEED_STATE = "seed_generator_state"


def sublayers(layer: keras.Layer) -> list[keras.Layer]:
    """Returns all layers inside a layer or model, at any depth.

    >>> model = keras.Sequential([keras.layers.Dense(1, name="dense")])
    >>> [layer.name for layer in sublayers(model)]
    ['dense']
    """
    return layer._flatten_layers(include_self=False)
