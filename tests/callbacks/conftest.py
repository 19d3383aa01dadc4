"""A model that takes no time, for callbacks to watch."""

import keras
import numpy as np
import pytest
from tensorboard.backend.event_processing import event_accumulator


class TalkingModel(keras.Model):
    """A linear model with the methods of a language model that callbacks call."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)
        self.kl_weight = keras.Variable(1.0, trainable=False, name="kl_weight")
        self.asked = []
        # The labels that each call came with.
        self.told = []

    def call(self, inputs):
        return self.dense(inputs)

    def encode(self, texts, labels=None):
        self.told.append(labels)
        return np.array([[len(text), 1.5] for text in texts], "float32")

    def reconstruct(self, texts, labels=None):
        self.told.append(labels)
        return [f"again {text}" for text in texts]

    def generate(self, count, seed=None, texts=None, labels=None):
        self.asked.append(seed)
        self.told.append(labels)
        return [f"sample {i} <unk>" for i in range(count)]

    def interpolate(self, start, end, steps, labels=None):
        self.told.append(labels)
        return [f"{start} {i} {end}" for i in range(steps)]


@pytest.fixture
def model():
    return TalkingModel()


@pytest.fixture
def fit(model):
    """Returns a function that runs Keras's own `fit` over ten batches an epoch."""
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
    """Returns a function that reads back what TensorBoard will see of a run."""

    def read(path):
        events = event_accumulator.EventAccumulator(str(path))
        events.Reload()
        return events

    return read
