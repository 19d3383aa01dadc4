"""Evaluates a saved model: loads it, computes the results, prints and saves them."""

from pathlib import Path

from tf_vmfvae import models
from tf_vmfvae.data.document_loading import DOCUMENT_DATASETS
from tf_vmfvae.data.loading import DATASETS
from trainers.cli import paths
from trainers.cli.errors import UserError
from trainers.devices.hardware import keep_memory
from trainers.evaluate import figures as evaluation_figures
from trainers.evaluate import table as evaluation_table
from trainers.evaluate.bounds import find_bounds
from trainers.evaluate.documents import DocumentJudge
from trainers.evaluate.results_file import check_text, write_results
from trainers.evaluate.run_metrics import add_to_metrics
from trainers.evaluate.sentences import SentenceJudge
from trainers.storage.metrics_file import METRICS
from trainers.storage.model_file import find_model
from trainers.storage.run_record import RunRecord
from trainers.storage.trained_model import load_model, preset_folder

# The time for the mutual information grows with the square of their number.
INFORMATION_EXAMPLES = 5000


def run(settings: dict) -> dict:
    """Evaluates a model, prints and saves the results, and returns them.

    Args:
        settings: the value of every flag of `trainers.evaluate`, by name.

    Raises:
        UserError: if a flag or a file that it names cannot be used.
    """
    # Logits are large; clearing their memory anew takes a tenth of the time.
    keep_memory()
    settings = {**settings, "model": preset_folder(settings["model"])}
    record = RunRecord.of_model(settings["model"])
    flags = record.flags if record else {}
    settings = {**settings, "dataset": dataset_of(settings, record)}
    folder = _output_dir(settings)
    paths.check_output_folder(folder)
    model = load_model(settings["model"])
    latent = model.latent
    if settings["refine_steps"] and not (latent.has_mirror or latent.is_empty):
        raise UserError(
            "--refine_steps: fitting a posterior needs mirror images of codes, which "
            f"the model's {type(latent).__name__} does not have; leave it out"
        )
    kind = DocumentJudge if isinstance(model, models.NVDM) else SentenceJudge
    judge = kind(model, settings, flags)
    if not settings["output_dir"]:
        source = "data_dir" if settings["data_dir"] else "dataset"
        check_text(folder, judge.text, f"--{source}={settings[source]}")
    for note in judge.notes():
        print(f"note: {note}")
    # The rest takes long; its results would be lost if they could not be written.
    paths.make_output_folder(folder)

    results = {name: settings[name] for name in ("model", "dataset", "split", "seed")}
    found = judge.findings()
    # The longest computation comes last: no computation after it can fail.
    batches, some = judge.batches(), judge.batches(INFORMATION_EXAMPLES)
    results.update(find_bounds(model, batches, some, settings), **found)
    try:
        write_results(folder, results, judge.text)
    finally:
        # The table is printed even if the disk has filled up in the meantime.
        evaluation_table.print_table(results, judge.example)
    # Before the figures, which are larger and may not find room on the disk.
    file = find_model(settings["model"]).parent / METRICS
    if record and settings["examples"] is None and file.exists():
        print(add_to_metrics(file, record, model, judge.corpus, results))
    for figure in evaluation_figures.draw(results, folder, judge.example):
        print(f"figure: {figure}")
    return results


def dataset_of(settings: dict, record: RunRecord | None) -> str:
    """Returns the corpus that --dataset names, or else the run's.

    Raises:
        UserError: if neither names one.
    """
    dataset = settings["dataset"] or (record and record.flags.get("dataset"))
    if dataset not in (*DATASETS, *DOCUMENT_DATASETS):
        raise UserError("--dataset: give one; no run folder names it")
    return dataset


def _output_dir(settings):
    if settings["output_dir"]:
        return Path(settings["output_dir"])
    model = find_model(settings["model"])
    return model.parent / f"evaluation-{settings['dataset']}-{settings['split']}"
