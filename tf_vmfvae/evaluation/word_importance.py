"""How much a code depends on each word of its sentence."""

from collections.abc import Sequence

import numpy as np

from tf_vmfvae.ops.unit_rows import unit_rows
from tf_vmfvae.text import as_texts, split_words
from tf_vmfvae.text.words import UNKNOWN


def word_importance(
    model, texts: Sequence[str], labels: Sequence[int] | None = None
) -> list[list[tuple[str, float]]]:
    """Measures how far the code of a sentence moves when a word is hidden.

    Each word is replaced by `<unk>`, one at a time, as the published code of Xu and
    Durrett (2018) does. The lower the cosine, the more the code depends on the word.

    Args:
        model: a language model with a code.
        texts: raw sentences.
        labels: one label for each text, which a model with a `LabelCondition` needs.

    Returns:
        For each text its words, each with the cosine between the locations of the
        posterior with and without it.

    Raises:
        ValueError: if the model has no code, an element of `texts` is not text, or
            labels are missing.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(8, kappa=20.0, seed=1)
    >>> model = tf_vmfvae.models.NVRNN(["profit", "rose"], latent, hidden_dim=16)
    >>> [[(first, _), (second, _)]] = word_importance(model, ["profit rose"])
    >>> first, second
    ('profit', 'rose')
    """
    if model.latent.is_empty:
        raise ValueError("a model without a code has no words that matter to it")
    sentences = [split_words(text) for text in as_texts(texts)]
    hidden = [
        " ".join([*words[:place], UNKNOWN, *words[place + 1 :]])
        for words in sentences
        for place in range(len(words))
    ]
    lengths = [len(words) for words in sentences]
    # Each sentence's code and label, once for each of its words.
    rows = np.repeat(np.arange(len(sentences)), lengths)
    own_labels = None if labels is None else [labels[row] for row in rows]
    originals = unit_rows(model.encode([*map(" ".join, sentences)], labels))[rows]
    changed = unit_rows(model.encode(hidden, own_labels))
    cosines = iter(np.sum(originals * changed, axis=-1).tolist())
    return [[(word, next(cosines)) for word in words] for words in sentences]
