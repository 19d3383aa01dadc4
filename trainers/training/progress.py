"""How far a training run has come."""

import dataclasses
import math

from tf_vmfvae.evaluation import perplexity
from trainers.storage.json_file import is_number

# The totals that `training_logs` needs.
_TOTALS = ("reconstruction", "kl", "examples", "words")


@dataclasses.dataclass
class Progress:
    """Everything that a run's checkpoints hold in addition to the variables.

    Attributes:
        epoch: the current epoch, from 0.
        batch: number of its batches that are done.
        totals: sums over these batches, see `tf_vmfvae.models.VAE.totals`.
        seconds: time that these batches took.
        best_nll: the lowest validation bound, in nats per example.
        best_epoch: the epoch of that bound; -1 until there is one.
        history: the logs of the epochs that are done.
        encoder_lags: whether the encoder is still stepped alone, if the run does that.
        encoder_batches: number of batches that these steps have read.
        best_information: the highest mutual information after an epoch with such steps,
            in nats; minus infinity until there is one.
    """

    epoch: int = 0
    batch: int = 0
    totals: dict[str, float] = dataclasses.field(default_factory=dict)
    seconds: float = 0.0
    best_nll: float = math.inf
    best_epoch: int = -1
    history: list[dict] = dataclasses.field(default_factory=list)
    encoder_lags: bool = True
    encoder_batches: int = 0
    best_information: float = -math.inf

    @classmethod
    def from_notes(cls, notes: dict) -> "Progress":
        """Returns the progress that a checkpoint's notes describe.

        Raises:
            ValueError: if something else wrote the notes. The message is the end of a
                sentence about the checkpoint.

        >>> Progress.from_notes({"epoch": 2, "history": [{}, {}]}).epoch
        2
        >>> Progress.from_notes({"epoch": "two"})
        Traceback (most recent call last):
        ...
        ValueError: its 'epoch' is 'two'
        """
        names = {field.name for field in dataclasses.fields(cls)}
        for name in notes:
            if name not in names:
                raise ValueError(f"it has {name!r}, which is unknown")
        progress = cls(**notes)
        epoch, history, totals = progress.epoch, progress.history, progress.totals
        sound = {
            "epoch": _is_count(epoch),
            "batch": _is_count(progress.batch),
            "totals": _are_numbers(totals)
            and all(map(math.isfinite, totals.values()))
            and (progress.batch == 0 or _have_means(totals)),
            "seconds": is_number(progress.seconds) and math.isfinite(progress.seconds),
            # Infinite until there is one.
            "best_nll": is_number(progress.best_nll)
            and not math.isnan(progress.best_nll),
            "best_epoch": _is_count(progress.best_epoch, least=-1)
            and (not _is_count(epoch) or progress.best_epoch < epoch),
            "history": isinstance(history, list)
            and len(history) == epoch
            and all(map(_are_numbers, history)),
            "encoder_lags": isinstance(progress.encoder_lags, bool),
            "encoder_batches": _is_count(progress.encoder_batches),
            "best_information": is_number(progress.best_information)
            and not math.isnan(progress.best_information),
        }
        for name, is_sound in sound.items():
            if not is_sound:
                raise ValueError(f"its {name!r} is {getattr(progress, name)!r:.80}")
        return progress

    def add_batch(self, sums: dict[str, float], seconds: float) -> None:
        """Adds the totals of a batch and the time it took."""
        for name, value in sums.items():
            self.totals[name] = self.totals.get(name, 0.0) + value
        self.seconds += seconds
        self.batch += 1

    def end_epoch(self, logs: dict[str, float]) -> None:
        """Keeps the logs of the epoch and starts the next one."""
        self.history.append(logs)
        self.epoch, self.batch = self.epoch + 1, 0
        self.totals, self.seconds = {}, 0.0

    def stalled(self, patience: int, first: int = 0) -> bool:
        """Returns whether the last `patience` epochs brought no better bound.

        A patience of 0 is unlimited. Epochs before the epoch `first` do not count.

        >>> progress = Progress(epoch=4, best_epoch=1)
        >>> progress.stalled(2), progress.stalled(3), progress.stalled(0)
        (True, False, False)
        >>> Progress(epoch=4).stalled(2, first=3)
        False
        """
        return 0 < patience <= self.epoch - 1 - max(self.best_epoch, first - 1)

    @property
    def is_at_best(self) -> bool:
        """Whether the current weights are those of the best epoch.

        >>> Progress(epoch=2, best_epoch=1).is_at_best
        True
        >>> Progress(epoch=2, batch=1, best_epoch=1).is_at_best
        False
        """
        return self.batch == 0 and 0 <= self.best_epoch == self.epoch - 1

    @property
    def where(self) -> str:
        """The last epoch or batch that is done, counted from 1.

        >>> Progress(epoch=2, batch=7).where, Progress(epoch=2).where
        ('batch 7 of epoch 3', 'epoch 2')
        """
        if self.batch:
            return f"batch {self.batch} of epoch {self.epoch + 1}"
        return f"epoch {self.epoch}"

    def training_logs(self) -> dict[str, float]:
        """Returns means over the epoch's batches that are done.

        >>> progress = Progress()
        >>> sums = {"reconstruction": 8.0, "kl": 2.0, "examples": 2.0, "words": 10.0}
        >>> progress.add_batch(sums, seconds=0.5)
        >>> logs = progress.training_logs()
        >>> logs["nll"], round(logs["ppl"], 4), logs["words_per_second"]
        (5.0, 2.7183, 20.0)
        """
        totals = self.totals
        examples, words = totals["examples"], totals["words"]
        nll = totals["reconstruction"] + totals["kl"]
        has_steps = "encoder_steps" in totals
        return {
            "nll": nll / examples,
            "reconstruction": totals["reconstruction"] / examples,
            "kl": totals["kl"] / examples,
            "ppl": perplexity(nll, words),
            "words_per_second": words / max(self.seconds, 1e-9),
            **({"encoder_steps": totals["encoder_steps"]} if has_steps else {}),
        }


def _is_count(value, least=0):
    return type(value) is int and value >= least


def _have_means(totals):
    has_all = set(_TOTALS) <= totals.keys()
    return has_all and totals["examples"] > 0 and totals["words"] > 0


def _are_numbers(values):
    return isinstance(values, dict) and all(map(is_number, values.values()))
