"""Embeddings with the initial weights that the models of this library use."""

import keras


def embedding_table(rows: int, width: int, seed: int | None, **options):
    """Returns a `keras.layers.Embedding` with small initial weights.

    Args:
        rows: number of embeddings.
        width: width of each.
        seed: int or `None`. Seed of the initial weights.
        **options: other arguments of the layer. Without a `dtype` it is that of the
            default policy's variables.

    >>> embedding_table(4, 8, seed=1, name="words").output_dim
    8
    """
    # An embedding has no product to speed up, but its gradient sums over all uses of a
    # word: in bfloat16 a sum of ones stops at 256.
    options.setdefault("dtype", keras.config.dtype_policy().variable_dtype)
    return keras.layers.Embedding(
        rows,
        width,
        embeddings_initializer=keras.initializers.RandomUniform(-0.1, 0.1, seed=seed),
        **options,
    )
