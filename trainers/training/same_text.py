"""Checks that a run reads the text it was started with, and so do all its workers."""

from trainers.cli.errors import UserError
from trainers.devices.agreement import Agreement
from trainers.storage import fingerprint
from trainers.storage.metrics_file import SPLITS
from trainers.storage.run_folder import RunFolder
from trainers.storage.trained_model import load_best_model
from trainers.training.task import Task


def check_text(task: Task, folder: RunFolder) -> None:
    """Checks everything that the task has read so far.

    Raises:
        UserError: if the run was started with something else.
    """
    by_source = {}
    for part, found in task.text.items():
        by_source.setdefault(task.source_of(part), {})[part] = found
    for source, text in by_source.items():
        folder.check_text(text, source)


def check_workers(agreement: Agreement, task: Task, folder: RunFolder) -> None:
    """Checks that all workers have the same flags and text; all of them call this.

    Raises:
        UserError: if another worker has something else.
    """
    digest = fingerprint.of_value([folder.flags, task.text])["hash"]
    # `Agreement` exchanges numbers of 24 bits.
    if not agreement.all_equal(int(digest[:6], 16)):
        raise UserError(
            "TF_CONFIG: another worker has different flags or reads a different text; "
            "start the same command on every worker, with the same text"
        )


# Runs of earlier versions did not record what they read. What they left, a model and
# metrics, tells at least which words they knew and how many examples they counted.


def check_older_run(task: Task, folder: RunFolder) -> None:
    """Checks the text of a run that did not record it, as far as possible.

    Raises:
        UserError: if its best model knows other words, or its metrics count more or
            fewer examples.
    """
    if folder.records_its_text:
        return
    if folder.model.exists():
        known = load_best_model(folder).get_config()["vocabulary"]
        if list(known) != list(task.corpus.vocabulary):
            raise folder.another_text(task.source, ["vocabulary"])
    metrics = folder.metrics()
    if metrics is None:
        return
    for split in SPLITS:
        count = task.text[split]["count"]
        found = metrics.get(split, {})
        if found.get("sampled_from", found.get("examples", count)) != count:
            raise folder.another_text(task.source, [f"{split} split"])
    print(f"{_note(folder)}; as far as its files show, it read this one")


def record_older_text(task: Task, folder: RunFolder) -> None:
    """Records the text of a run that did not, once its checkpoint is known to fit."""
    if not folder.records_its_text:
        print(f"{_note(folder)}; now recorded: that of {task.source}")
        folder.record_text(task.text)


def _note(folder):
    return f"note: {folder.path} was started by a version that did not record its text"
