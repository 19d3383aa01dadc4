"""A small, fast model to test callbacks with."""

import html
import re

import keras
import numpy as np
import pytest
from tensorboard import plugin_util
from tensorboard.backend.event_processing import event_accumulator


class FakeLanguageModel(keras.Model):
    """A linear model with the methods of a language model that callbacks use."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)
        self.kl_weight = keras.Variable(1.0, trainable=False, name="kl_weight")
        # The seeds and the labels of the calls so far.
        self.seeds = []
        self.labels = []

    def call(self, inputs):
        return self.dense(inputs)

    def encode(self, texts, labels=None):
        self.labels.append(labels)
        return np.array([[len(text), 1.5] for text in texts], "float32")

    def reconstruct(self, texts, labels=None):
        self.labels.append(labels)
        return [f"again {text}" for text in texts]

    def generate(self, count, seed=None, texts=None, labels=None):
        self.seeds.append(seed)
        self.labels.append(labels)
        return [f"sample {i} <unk>" for i in range(count)]

    def interpolate(self, start, end, steps, labels=None):
        self.labels.append(labels)
        return [f"{start} {i} {end}" for i in range(steps)]


@pytest.fixture
def model():
    return FakeLanguageModel()


@pytest.fixture
def fit(model):
    """Returns a function that calls Keras's `fit`, with ten batches per epoch."""
    model.compile("sgd", "mse")
    inputs, targets = np.ones((20, 3)), np.ones((20, 1))

    def run(callbacks, epochs=1, initial_epoch=0):
        model.fit(
            inputs,
            targets,
            batch_size=2,
            epochs=epochs,
            initial_epoch=initial_epoch,
            validation_data=(inputs, targets),
            callbacks=callbacks,
            verbose=0,
        )

    return run


@pytest.fixture
def read_events():
    """Returns a function that reads the events of a run as TensorBoard does."""

    def read(path):
        events = event_accumulator.EventAccumulator(str(path))
        events.Reload()
        return events

    return read


@pytest.fixture
def read_tables(read_events):
    """Returns a function that reads the cells of a table by step, as displayed."""

    def read(path, tag):
        tables = {}
        for event in read_events(path).Tensors(tag):
            markdown = event.tensor_proto.string_val[0]
            page = plugin_util.markdown_to_safe_html(markdown)
            rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
            tables[event.step] = [
                [html.unescape(x) for x in re.findall(r"<t[dh]>(.*?)</t[dh]>", row)]
                for row in rows
            ]
        return tables

    return read
