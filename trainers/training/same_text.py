"""Whether a run reads the text that it has read before, and that other workers read."""

from trainers.cli.errors import UserError
from trainers.devices.agreement import Agreement
from trainers.storage import fingerprint
from trainers.storage.metrics_file import SPLITS
from trainers.storage.run_folder import RunFolder
from trainers.training.task import Task


def check_workers(agreement: Agreement, what: list) -> None:
    """Makes sure that all workers are about the same.

    Args:
        agreement: `Agreement` of the workers; all of them call this.
        what: what they have to agree in, flags and text, as JSON can hold it.

    Raises:
        UserError: if another one has something else.
    """
    # As many bits as `gather` passes on.
    number = int(fingerprint.of_value(what)["hash"][:6], 16)
    if len(set(agreement.gather(number))) > 1:
        raise UserError(
            "TF_CONFIG: another worker has other flags or reads another text; start "
            "the same command on every worker, with the same text"
        )


def check_vocabulary(task: Task, folder: RunFolder, model) -> None:
    """Makes sure that the best model of an older run knows the words of this text.

    Raises:
        UserError: if it knows others.
    """
    if list(model.get_config()["vocabulary"]) != list(task.corpus.vocabulary):
        raise _another_text(task, folder, "vocabulary")


def check_counts(task: Task, folder: RunFolder, metrics: dict) -> None:
    """Makes sure that an older run was judged on as many examples as there are.

    Raises:
        UserError: if it was judged on more or fewer.
    """
    for split in SPLITS:
        count = task.text[split]["count"]
        if metrics.get(split, {}).get("examples", count) != count:
            raise _another_text(task, folder, f"{split} part")


def note_of_older(folder: RunFolder, so: str) -> str:
    """Returns a note that the run's folder does not say which text it read."""
    return (
        f"note: {folder.path} was begun by a version that did not note its text; {so}"
    )


def _another_text(task, folder, part):
    return UserError(
        f"{task.source}: its {part} is not what the run in {folder.path} was begun "
        "with; put that back or name another --output_dir"
    )
