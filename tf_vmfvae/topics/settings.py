"""Checks the parameters of a topic model."""

import numbers

import numpy as np

from tf_vmfvae.ops.arguments import whole_number


def check_settings(model) -> None:
    """Checks the parameters that nothing else checks before long work.

    Args:
        model: a `tf_vmfvae.TopicModel`.

    Raises:
        ValueError: if a parameter is out of its range; names it.
    """
    for name in ("topics", "batch_size"):
        whole_number(name, getattr(model, name), 1)
    for name in ("epochs", "max_features"):
        if getattr(model, name) is not None:
            whole_number(name, getattr(model, name), 1)
    rate = model.learning_rate
    if not isinstance(rate, numbers.Real) or not 0 < rate < np.inf:
        raise ValueError(f"learning_rate must be positive and finite, not {rate!r}")
    seeds = model.seed_words
    if seeds is None:
        return
    if isinstance(seeds, str) or any(isinstance(words, str) for words in seeds):
        raise ValueError("seed_words: give a list of lists of words")
    if len(seeds) > model.topics:
        raise ValueError(
            f"seed_words has {len(seeds)} lists for {model.topics} topics: give at "
            "most one for each topic"
        )
    for position, words in enumerate(seeds):
        if not len(words):
            raise ValueError(f"seed_words[{position}] has no words: leave it out")
