"""Runs: a model that is trained and, unless it is a tuning run, evaluated."""

import dataclasses
from pathlib import Path

from benchmarks.sentence_codes.results import named_flags
from benchmarks.sentence_codes.systems import SYSTEMS, training_flags
from trainers.cli.errors import UserError
from trainers.reproduce.runs.evaluation import Evaluation
from trainers.reproduce.runs.process import describe_status, run_process
from trainers.reproduce.runs.training_run import TrainingRun

SAMPLES, TEXTS = 100, 500


@dataclasses.dataclass(frozen=True)
class CodeRun:
    """A language model of the comparison.

    Attributes:
        stage: "tuning" or "final".
        corpus: key of `systems.TRAINING`.
        setting: standard or inputless.
        hidden_dim: units of the LSTMs.
        system: key of `SYSTEMS`.
        flags: what `named_flags` says of one of its variants.
        seed: seed of the model.
    """

    stage: str
    corpus: str
    setting: str
    hidden_dim: int
    system: str
    flags: str
    seed: int

    def __str__(self) -> str:
        return (
            f"{self.corpus}, {self.setting}, LSTMs of {self.hidden_dim}, seed "
            f"{self.seed}: {self.flags}"
        )

    def training(self) -> TrainingRun:
        """Returns the run of trainers.lm, the same for tuning and for the final run."""
        found = SYSTEMS[self.system].variants(self.setting)
        variants = {named_flags(variant): variant for variant in found}
        flags = training_flags(
            self.corpus,
            self.setting,
            variants[self.flags],
            self.hidden_dim,
            self.seed,
        )
        chosen = self.flags.replace("=", "").replace(" ", "-")
        parts = self.corpus, self.setting, chosen, self.hidden_dim, f"seed{self.seed}"
        return TrainingRun("-".join(map(str, parts)), "lm", flags)

    def scorer(self) -> "CodeRun":
        """Returns the run of the language model that scores samples."""
        flags = named_flags(SYSTEMS["lstm"].flags)
        return dataclasses.replace(
            self, setting="standard", system="lstm", flags=flags, seed=1
        )

    def measure(self, folder: Path, data_dir: str | None) -> dict:
        """Returns the row of the results, after what is missing has been run.

        Args:
            folder: the folder of the run folders.
            data_dir: where the corpora are.

        Raises:
            UserError: if a program failed.
        """
        training = self.training()
        metrics = _finish(training, folder, data_dir)
        row = {
            **dataclasses.asdict(self),
            "validation_ppl": metrics["validation"]["ppl"],
            "training_minutes": _minutes(metrics["history"], self.corpus, data_dir),
        }
        if self.stage == "tuning":
            return row
        scorer = self.scorer().training()
        _finish(scorer, folder, data_dir)
        flags = {"samples": SAMPLES, "texts": TEXTS, "probe_examples": 1000}
        if self.system == "lstm":
            # Its figures are exact, and it has nothing to probe.
            flags = {"samples": 1, "texts": TEXTS}
        evaluation = Evaluation(training, flags, scorer)
        found = _finish(evaluation, folder, data_dir)
        bounds = found["bounds"]
        samples = str(flags["samples"])
        written = found["generation"]
        return row | {
            "nll": bounds["nll"],
            "ppl": bounds["ppl"],
            "nll_iw": bounds["nll_iw"][samples],
            "ppl_iw": bounds["ppl_iw"][samples],
            "kl": bounds["kl"],
            "mutual_information": found["information"]["mutual_information"],
            "active_units": found["units"]["active_units"],
            "code_gain": found["code_gain"],
            "reconstruction_bleu": written.get("reconstruction_bleu"),
            "self_bleu": written.get("self_bleu"),
            "forward_ppl": written["forward_ppl"],
        }


def _finish(run, folder, data_dir):
    results = run.results(folder, data_dir)
    if results is None:
        status = run_process(run.program, run.arguments(folder, data_dir))
        results = run.results(folder, data_dir) if status == 0 else None
        if results is None:
            raise UserError(f"{run.name}: {describe_status(status)}")
    return results


def _minutes(history, corpus, data_dir):
    """Returns how long training took, without validation."""
    # Slow to import.
    from tf_vmfvae import data

    texts = data.load(corpus, data_dir).train
    words = sum(len(text.split()) + 1 for text in texts)
    return sum(words / epoch["words_per_second"] for epoch in history) / 60
