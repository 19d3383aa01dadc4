"""What a training run is about: a corpus, a model for it, and what to show."""

import abc

import keras

from tf_vmfvae import models


class Task(abc.ABC):
    """Base class of the tasks; a training run asks nothing else of them.

    Args:
        settings: the value of every flag of the program, by name.

    Attributes:
        settings: as above.
        corpus: what `load_corpus` returned, from then on.
    """

    def __init__(self, settings: dict):
        self.settings = settings
        self.corpus = None

    @abc.abstractmethod
    def load_corpus(self):
        """Returns the corpus that the flags name.

        Raises:
            ValueError, OSError: if it cannot be read.
        """

    @abc.abstractmethod
    def make_model(self) -> models.VAE:
        """Returns the model that the flags describe, for the corpus."""

    @abc.abstractmethod
    def make_splits(self, model: models.VAE) -> dict:
        """Returns each split's batches, as `tf_vmfvae.data.Batches` are.

        Training reads those of `"augmented"`, if there are any, rather than `"train"`.
        """

    @abc.abstractmethod
    def make_callbacks(self, folder) -> list[keras.callbacks.Callback]:
        """Returns what acts on the run and what shows it in TensorBoard."""

    def further_bounds(self, model: models.VAE, splits: dict) -> dict[str, dict]:
        """Returns, by split, what metrics.json gets beside a run's own bounds.

        Called once, with the best weights.
        """
        return {}

    @abc.abstractmethod
    def print_corpus(self, model: models.VAE, splits: dict) -> None:
        """Prints what the model is trained on."""

    @abc.abstractmethod
    def print_report(self, metrics: dict, model: models.VAE) -> None:
        """Prints the bounds and what the model makes of the data."""
