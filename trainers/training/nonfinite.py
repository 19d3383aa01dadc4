"""Finds the examples that make a loss nonfinite."""

import numpy as np

from tf_vmfvae.models import LanguageModel

# More names would not fit into one line.
MOST = 3


def name_examples(model, batches, epoch: int, batch: int) -> str:
    """Names the examples of a batch whose bound is not finite.

    If every example has a finite bound and only the gradient is nonfinite, all of
    them are named.

    Args:
        model: `tf_vmfvae.models.VAE`.
        batches: `tf_vmfvae.data.Batches`.
        epoch: int. Epoch of the batch, from 0.
        batch: int. Number of the batch within the epoch, from 0.

    Returns:
        The examples' numbers, from 1, each followed by its text if the model is a
        language model. At most three are named.
    """
    rows = batches.plan(epoch)[0][batch]
    inputs = next(iter(batches.dataset(epoch, batch)))
    outputs = model(inputs, training=False)
    bound = np.asarray(outputs["reconstruction"]) + np.asarray(outputs["kl"])
    to_blame = np.flatnonzero(~np.isfinite(bound) & (rows >= 0))
    if not to_blame.size:
        to_blame = np.flatnonzero(rows >= 0)
    names = [f"{rows[row] + 1}" for row in to_blame[:MOST]]
    if isinstance(model, LanguageModel):
        words = np.asarray(model.words(inputs))[to_blame[:MOST]]
        texts = model.tokenizer.detokenize(words)
        names = [f"{name} ({text})" for name, text in zip(names, texts, strict=True)]
    more = f" and {to_blame.size - MOST} more" if to_blame.size > MOST else ""
    return f"example {', '.join(names)}{more}"
