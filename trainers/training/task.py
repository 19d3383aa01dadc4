"""What a training run is about: a corpus, a model of it, and what to show."""

import abc

import keras

from tf_vmfvae import models
from trainers.storage.run_folder import RunFolder
from trainers.training.optimizers import make_optimizer


class Task(abc.ABC):
    """Base class of the tasks, one for each training program.

    Args:
        settings: the value of every flag of the program, by name.

    Attributes:
        settings: as above.
        corpus: the corpus, once `trainers.training.run` has loaded it.
        text: fingerprints of everything read so far, by part, see
            `trainers.storage.fingerprint`.
        reported: names of the bounds that `print_report` prints.
        clip_norm: gradients are scaled down to this global norm.
        plateau_factor: divides the learning rate after each epoch without a better
            validation bound; `None` if the learning rate does not depend on it.
    """

    clip_norm: float
    plateau_factor: float | None = None
    reported = ("nll", "reconstruction", "kl", "code_gain", "ppl", "examples", "tokens")

    def __init__(self, settings: dict):
        self.settings = settings
        self.corpus = None
        self.text = {}

    @property
    def source(self) -> str:
        """The flag that names the corpus, with its value."""
        name = "data_dir" if self.settings.get("data_dir") else "dataset"
        return f"--{name}={self.settings[name]}"

    def source_of(self, part: str) -> str:
        """Returns the flag that names a part of the text, with its value."""
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
        """Returns a new model of the corpus, as the flags describe it.

        Raises:
            ValueError: if they describe no model.
        """

    def make_optimizer(self, steps: int | None) -> keras.optimizers.Optimizer:
        """Returns the optimiser, here Adam with a learning rate that falls linearly.

        Args:
            steps: number of training steps of the whole run; `None` for a learning rate
                that is set from outside.
        """
        return make_optimizer("adam", self.settings["learning_rate"], steps)

    def warm_start(self, model: models.VAE) -> dict[str, dict]:
        """Sets the first weights of a new run's model, if they come from a file.

        Returns:
            Fingerprints of what was read, by part.

        Raises:
            UserError: if they cannot be loaded or do not fit.
        """
        return {}

    @abc.abstractmethod
    def make_splits(self, model: models.VAE) -> dict:
        """Returns the `tf_vmfvae.data.Batches` of each split.

        If there is an `"augmented"` one, training reads it rather than `"train"`.
        What was read for it goes into `text`.
        """

    @abc.abstractmethod
    def make_panes(self, folder) -> list[keras.callbacks.Callback]:
        """Returns the callbacks that write what TensorBoard shows of the run.

        With several workers, only the chief has them.
        """

    def further_bounds(self, model: models.VAE, splits: dict) -> dict[str, dict]:
        """Returns more figures for metrics.json, by split.

        Called once, when the model has its best weights.
        """
        return {}

    def write_results(self, folder: RunFolder, model: models.VAE) -> dict:
        """Writes files about the trained model into the run folder.

        Called once, when the model has its best weights and before metrics.json marks
        the run as finished. With several workers, only the chief calls it.

        Returns:
            More content for metrics.json.

        Raises:
            OSError: if a file cannot be written.
        """
        return {}

    @abc.abstractmethod
    def print_corpus(self, model: models.VAE, splits: dict) -> None:
        """Prints what the model is trained on."""

    @abc.abstractmethod
    def print_report(self, metrics: dict, model: models.VAE) -> None:
        """Prints the bounds and examples of what the model does."""
