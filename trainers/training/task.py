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
        text: fingerprints of what was read so far, by part; see
            `trainers.storage.fingerprint`.
        reported: names of the bounds that `print_report` prints.
        clip_norm: gradients are scaled down to this global norm.
    """

    clip_norm: float
    reported = ("nll", "reconstruction", "kl", "code_gain", "ppl", "examples", "tokens")

    def __init__(self, settings: dict):
        self.settings = settings
        self.corpus = None
        self.text = {}

    @property
    def source(self) -> str:
        """Where the corpus is from, as a flag with its value."""
        name = "data_dir" if self.settings.get("data_dir") else "dataset"
        return f"--{name}={self.settings[name]}"

    def source_of(self, part: str) -> str:
        """Where a part of the text is from, as a flag with its value."""
        if self.settings.get(part):
            return f"--{part}={self.settings[part]}"
        return self.source

    @abc.abstractmethod
    def load_corpus(self):
        """Returns the corpus that the flags name.

        Raises:
            ValueError, OSError: if it cannot be read.
        """

    @abc.abstractmethod
    def make_model(self) -> models.VAE:
        """Returns the model that the flags describe, for the corpus."""

    def warm_start(self, model: models.VAE) -> dict[str, dict]:
        """Gives the model of a new run the weights that it begins with, if any.

        Returns:
            Fingerprints of what was read for it, by part.

        Raises:
            UserError: if they are not to be had or do not fit.
        """
        return {}

    @abc.abstractmethod
    def make_splits(self, model: models.VAE) -> dict:
        """Returns each split's batches, as `tf_vmfvae.data.Batches` are.

        Training reads those of `"augmented"`, if there are any, rather than `"train"`.
        What they hold beside the corpus is noted in `text`.
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
