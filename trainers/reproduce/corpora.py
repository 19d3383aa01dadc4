"""Checks that the corpora of runs can be read, before the first run."""

from collections.abc import Sequence

from trainers.cli.errors import UserError
from trainers.reproduce.library.importing import import_library
from trainers.reproduce.runs.training_run import TrainingRun


def check_corpora(runs: Sequence[TrainingRun], data_dir: str | None) -> None:
    """Reads the corpora of the runs, other than those of this program's own making.

    Raises:
        UserError: if one is missing or unusable.
    """
    corpora = {
        (run.program, run.flags["dataset"])
        for run in runs
        if run.flags["dataset"] not in ("embedded", "text")
    }
    if not corpora:
        return
    import_library()
    from tf_vmfvae import data

    load = {"lm": data.load, "bow": data.load_documents}
    for program, dataset in sorted(corpora):
        print(f"reading {dataset}")
        try:
            load[program](dataset, data_dir)
        except (ValueError, OSError) as error:
            # The library goes on with a flag that this program does not have.
            message = str(error).partition(", or choose dataset embedded")[0]
            flag = f"--data_dir={data_dir}" if data_dir else "--data_dir"
            raise UserError(
                f"{flag}: {message}; --scale=smoke needs no corpus"
            ) from error
