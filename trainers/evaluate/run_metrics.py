"""Adds the results of an evaluation to the metrics of the run it belongs to."""

from pathlib import Path

from tf_vmfvae.data import DocumentCorpus
from trainers.cli.errors import UserError
from trainers.storage import fingerprint
from trainers.storage.folder_lock import FolderInUse
from trainers.storage.metrics_file import NESTED, add_figures, read_metrics
from trainers.storage.run_record import RunRecord

# Bounds of fitted posteriors that are averaged over all samples.
REFINED = ("nll", "reconstruction", "kl", "ppl", "ppl_by_example")


def add_to_metrics(file: Path, record: RunRecord, model, corpus, results: dict) -> str:
    """Adds the results on a whole split of the run's own corpus to the run's metrics.

    Args:
        file: the run's metrics.json.
        record: what is known about the run.
        model: the run's model.
        corpus: the corpus that the results are about.
        results: the content of evaluation.json.

    Returns:
        A message for the user: that the results were added, or why not.
    """
    try:
        why_not = _why_not_added(file, record, model, corpus, results)
        if not why_not:
            add_figures(file, results["split"], _figures(results, corpus))
            return f"added to {file}"
    except UserError as error:
        why_not = str(error)
    except FolderInUse as error:
        why_not = f"{error} is using the folder"
    except OSError as error:
        why_not = error.strerror or str(error)
    return f"note: {file} is not changed: {why_not}"


def _figures(results, corpus):
    """Returns what is added to the split's figures."""
    bounds = results["bounds"]
    is_documents = isinstance(corpus, DocumentCorpus)
    weighted = ("nll_iw", "ppl_iw", "ppl_iw_by_example")[: 3 if is_documents else 2]
    samples = max(bounds["nll_iw"])
    figures = {
        **{name: bounds[name][samples] for name in weighted},
        "iw_samples": samples,
        "mutual_information": results["information"]["mutual_information"],
        "active_units": results["units"]["active_units"],
    }
    if not is_documents:
        written = dict(results.get("generation", {}))
        if written:
            written["generated_texts"] = written.pop("texts")
        return figures | written
    if results["held_out_ppl"] is not None:
        figures["held_out_ppl"] = results["held_out_ppl"]
    refined = results.get("refined_bounds")
    if refined:
        figures[NESTED] = {
            "steps": refined["steps"],
            "iw_samples": samples,
            **{name: refined[name] for name in REFINED},
            **{name: refined[name][samples] for name in weighted},
        }
    return figures


def _why_not_added(file, record, model, corpus, results):
    """Returns why the results are not of the run's own corpus; `None` if they are."""
    if record.released:
        return "the folder holds a published model"
    split, bounds = results["split"], results["bounds"]
    recorded = read_metrics(file).get(split)
    if recorded is None:
        return f"it has no {split} split"
    if "sampled_from" in recorded:
        return f"its figures for the {split} split are those of a sample"
    if record.text:
        text = fingerprint.of_corpus(corpus)
        if isinstance(corpus, DocumentCorpus):
            # Documents are recorded as numbers of words.
            read = [split, "vocabulary"]
        else:
            read = [split, "labels"] if model.needs_labels else [split]
        parts = {name: text.get(name) for name in read}
        if all(record.text.get(name) == part for name, part in parts.items()):
            return None
    elif record.flags.get("dataset") == results["dataset"] and all(
        recorded.get(name) == bounds[name] for name in ("examples", "tokens")
    ):
        return None
    return f"its {split} split is a different text"
