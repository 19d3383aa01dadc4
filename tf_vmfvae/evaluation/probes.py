"""Probes: how well one representation predicts another."""

import dataclasses
import warnings
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.evaluation.result import Result
from tf_vmfvae.ops.unit_rows import row_lengths, unit_rows

# Early stopping holds out a tenth, rounded up, and scikit-learn needs at least two.
FEWEST = 11


@dataclasses.dataclass(frozen=True)
class Probe(Result):
    """The score of a probe, and the score of the best constant prediction.

    Attributes:
        score: score of the probe on examples that it was not fitted to.
        baseline: score of the best constant prediction. The difference measures what
            the input contributes.
    """

    score: float
    baseline: float


def vector_probe(
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    hidden_units: int = 200,
    epochs: int = 60,
    seed: int = 0,
) -> Probe:
    """Predicts vectors from vectors with an MLP and scores it by the mean cosine.

    This is the probe of Xu and Durrett (2018), section 6, between the mean of a code
    and the bag of words. scikit-learn fits one hidden layer and stops when the score
    on a held-out tenth of the training examples no longer improves.

    Args:
        train: inputs `(examples, features)` and targets `(examples, outputs)`.
        test: inputs and targets to compute the score on.
        hidden_units: int. Width of the hidden layer.
        epochs: int. Maximum number of passes over the training examples.
        seed: int. Seed of the weights and of the order of the examples.

    Returns:
        A `Probe`; its baseline predicts the mean target.

    Raises:
        ValueError: if there are fewer than `FEWEST` training examples.

    Example:
    >>> rng = np.random.default_rng(1)
    >>> inputs = rng.normal(size=(400, 3))
    >>> targets = inputs @ rng.normal(size=(3, 5))
    >>> train, test = (inputs[:300], targets[:300]), (inputs[300:], targets[300:])
    >>> probe = vector_probe(train, test)
    >>> probe.score > 0.9 > 0.3 > probe.baseline
    True
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor

    if len(train[0]) < FEWEST:
        raise ValueError(
            f"{len(train[0])} training examples are too few: a tenth of them is held "
            f"out, so give at least {FEWEST}"
        )
    regressor = MLPRegressor(
        hidden_layer_sizes=(hidden_units,),
        max_iter=epochs,
        early_stopping=True,
        random_state=seed,
    )
    scale = _scaler(train[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        regressor.fit(scale(train[0]), train[1])
    predicted = regressor.predict(scale(test[0])).reshape(test[1].shape)
    constant = np.broadcast_to(train[1].mean(axis=0), test[1].shape)
    return Probe(_mean_cosine(predicted, test[1]), _mean_cosine(constant, test[1]))


def cosine_probe(
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    epochs: int = 10,
    batch_size: int = 10,
    seed: int = 0,
) -> Probe:
    """Predicts vectors from vectors with an MLP that is fitted to the cosine.

    This is the probe in the published code of Xu and Durrett (2018), which it applies
    to the mean of a code and the mean word embedding of the sentence: a linear map and
    tanh, both as wide as the target, then another linear map; the loss is 1 minus the
    cosine, Adam's learning rate 0.001. The published code reports the epoch that does
    best on the test set. Here it is the last one, so that the test set chooses nothing.

    Args:
        train: inputs `(examples, features)` and targets `(examples, outputs)`.
        test: inputs and targets to compute the score on.
        epochs: int. Passes over the training examples.
        batch_size: int. Training examples in a step.
        seed: int. Seed of the weights and of the order of the examples.

    Returns:
        A `Probe`; its baseline predicts the mean of the targets' directions.

    Example:
    >>> rng = np.random.default_rng(1)
    >>> inputs = rng.normal(size=(400, 3))
    >>> targets = inputs @ rng.normal(size=(3, 5))
    >>> train, test = (inputs[:300], targets[:300]), (inputs[300:], targets[300:])
    >>> probe = cosine_probe(train, test, epochs=30)
    >>> probe.score > 0.9 > 0.3 > probe.baseline
    True
    """
    outputs = train[1].shape[-1]
    first, second = (keras.initializers.GlorotUniform(seed + i) for i in range(2))
    mlp = keras.Sequential(
        [
            keras.layers.Dense(outputs, activation="tanh", kernel_initializer=first),
            keras.layers.Dense(outputs, kernel_initializer=second),
        ]
    )
    mlp.compile(keras.optimizers.Adam(1e-3), loss=keras.losses.CosineSimilarity())
    pairs = tuple(np.asarray(part, "float32") for part in train)
    batches = tf.data.Dataset.from_tensor_slices(pairs)
    batches = batches.shuffle(len(pairs[0]), seed=seed).batch(batch_size)
    mlp.fit(batches, epochs=epochs, shuffle=False, verbose=0)
    predicted = mlp(np.asarray(test[0], "float32")).numpy()
    constant = np.broadcast_to(unit_rows(train[1]).mean(axis=0), test[1].shape)
    return Probe(_mean_cosine(predicted, test[1]), _mean_cosine(constant, test[1]))


def label_probe(
    train: tuple[np.ndarray, Sequence], test: tuple[np.ndarray, Sequence]
) -> Probe:
    """Predicts labels from vectors with logistic regression and scores its accuracy.

    Args:
        train: inputs `(examples, features)` and their labels.
        test: inputs and labels to compute the score on.

    Returns:
        A `Probe`; its baseline predicts the most frequent label.

    Example:
    >>> inputs = np.random.default_rng(1).normal(size=(400, 3))
    >>> labels = inputs[:, 0] > 0.5
    >>> probe = label_probe((inputs[:300], labels[:300]), (inputs[300:], labels[300:]))
    >>> probe.score > 0.95 > probe.baseline
    True
    """
    from sklearn.linear_model import LogisticRegression

    train_labels, test_labels = np.asarray(train[1]), np.asarray(test[1])
    names, counts = np.unique(train_labels, return_counts=True)
    most_frequent = names[counts.argmax()]
    baseline = float(np.mean(test_labels == most_frequent))
    if len(names) == 1:
        return Probe(baseline, baseline)
    scale = _scaler(train[0])
    classifier = LogisticRegression(max_iter=1000).fit(scale(train[0]), train_labels)
    score = float(np.mean(classifier.predict(scale(test[0])) == test_labels))
    return Probe(score, baseline)


def _scaler(inputs):
    """Returns a function that scales features to mean 0 and variance 1 in `inputs`."""
    mean, deviation = inputs.mean(axis=0), inputs.std(axis=0)
    return lambda values: (values - mean) / np.where(deviation > 0, deviation, 1)


def _mean_cosine(one, other):
    products = np.sum(one * other, axis=-1)
    return float(np.mean(products / (row_lengths(one) * row_lengths(other))))
