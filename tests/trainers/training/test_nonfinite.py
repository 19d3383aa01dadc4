"""The examples that make a loss nonfinite are named."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import data, layers, models
from trainers.training.nonfinite import name_examples

TEXTS = ["a cat", "no dog", "a bird", "no cat", "no bird", "no", "a dog"]


@pytest.fixture(scope="module")
def model():
    """A model whose word embedding, but not its softmax, has NaN for "no"."""
    model = models.NVRNN(
        ["a", "no", "cat", "dog", "bird"],
        layers.NoLatent(),
        embedding_dim=4,
        hidden_dim=4,
        tie_embeddings=False,
        seed=1,
    )
    embeddings = np.asarray(model.embedding.embeddings).copy()
    embeddings[model.tokenizer(["no"])[0, 0]] = np.nan
    model.embedding.embeddings.assign(embeddings)
    return model


def batches(model, batch_size):
    ids = model.tokenizer(TEXTS)
    return data.Batches(ids, batch_size, buckets=1, shuffle=True, seed=3)


def test_only_the_examples_to_blame_are_named(model):
    plan = batches(model, 4).plan(epoch=5)[0]
    for batch in (0, 1):
        guilty = [row for row in plan[batch] if row >= 0 and "no" in TEXTS[row]]
        names = [f"{row + 1} ({TEXTS[row]})" for row in guilty]
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        expected = f"example {', '.join(names[:3])}{more}"
        assert name_examples(model, batches(model, 4), 5, batch) == expected


def test_at_most_three_examples_are_named(model):
    assert name_examples(model, batches(model, 7), 0, 0).endswith(" and 1 more")


def test_all_examples_are_named_if_each_of_them_is_finite(model):
    class Finite(keras.Model):
        def call(self, inputs):
            zeros = tf.zeros(len(inputs))
            return {"reconstruction": zeros, "kl": zeros}

    # This is not a language model, so there are numbers but no texts.
    named = name_examples(Finite(), batches(model, 7), 0, 0)
    assert named.startswith("example ")
    assert named.endswith(" and 4 more")
    assert "(" not in named
