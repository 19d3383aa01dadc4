"""Which examples a loss that is not finite comes from."""

import numpy as np

from tf_vmfvae.models import LanguageModel

# So many are named; one line should hold them.
MOST = 3


def name_examples(model, batches, epoch: int, batch: int) -> str:
    """Names the examples of a batch whose own bound is not finite.

    If each alone is finite, and only their gradient is not, all are named.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        batches: the `tf_vmfvae.data.Batches` that hold the batch.
        epoch: int, from 0.
        batch: int, from 0.

    Returns:
        Numbers of examples, from 1, and their text if the model is one of language.
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
