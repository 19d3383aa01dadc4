"""Evaluates a saved model: loads it, computes the results, prints and saves them."""

import dataclasses
import itertools
from pathlib import Path

import numpy as np

from tf_vmfvae import data, evaluation
from tf_vmfvae.data.loading import DATASETS
from tf_vmfvae.ops.batch_inputs import rows_of
from tf_vmfvae.text import split_words
from trainers.cli import paths
from trainers.cli.errors import UserError
from trainers.evaluate import figures as evaluation_figures
from trainers.evaluate import table as evaluation_table
from trainers.evaluate.results_file import check_text, write_results
from trainers.evaluate.run_metrics import add_to_metrics
from trainers.storage import fingerprint
from trainers.storage.metrics_file import METRICS
from trainers.storage.model_file import find_model
from trainers.storage.run_record import FLAGS, RunRecord
from trainers.storage.trained_model import load_language_model
from trainers.storage.unknown_words import note_unknown_words

# Numbers of samples to show the bound for, if they are below --samples.
LEVELS = (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000)
# The bags of words count only this many words, the most frequent ones.
BAG_WORDS = 1000
# Sentences whose words are swapped.
SWAPS = 500
# The time for the mutual information grows with the square of their number.
INFORMATION_EXAMPLES = 5000


@dataclasses.dataclass(frozen=True)
class Part:
    """Sentences, and what is known about them.

    Attributes:
        texts: the sentences.
        labels: one label for each, or `None` if the corpus has none.
        factors: maps a name to one value for each sentence, for probes to predict.
    """

    texts: list[str]
    labels: list[int] | None
    factors: dict[str, list]


def run(settings: dict) -> dict:
    """Evaluates a model, prints and saves the results, and returns them.

    Args:
        settings: the value of every flag of `trainers.evaluate`, by name.

    Raises:
        UserError: if a flag or a file that it names cannot be used.
    """
    record = RunRecord.of_model(settings["model"])
    flags = record.flags if record else {}
    settings = {**settings, "dataset": _dataset(settings, record)}
    folder = _output_dir(settings)
    paths.check_output_folder(folder)
    model = load_language_model(settings["model"])
    corpus = _load(settings, flags)
    part = _part(corpus, settings["split"], model, settings["examples"])
    where = f"--dataset={settings['dataset']}"
    text = fingerprint.of_texts(getattr(corpus, settings["split"]))
    if not settings["output_dir"]:
        source = "data_dir" if settings["data_dir"] else "dataset"
        check_text(folder, text, f"--{source}={settings[source]}")
    for note in (*corpus.notes, *note_unknown_words(model, part.texts, where)):
        print(f"note: {note}")
    # The rest takes long; its results would be lost if they could not be written.
    paths.make_output_folder(folder)

    results = {name: settings[name] for name in ("model", "dataset", "split", "seed")}
    found = {}
    if not model.latent.is_empty:
        train = _part(corpus, "train", model, settings["probe_examples"])
        found["probes"] = probes(model, train, part, settings["seed"])
    # The longest computation comes last: no computation after it can fail.
    results.update(_bounds(model, part, settings), **found)
    try:
        write_results(folder, results, text)
    finally:
        # The table is printed even if the disk has filled up in the meantime.
        evaluation_table.print_table(results)
    # Before the figures, which are larger and may not find room on the disk.
    file = find_model(settings["model"]).parent / METRICS
    if record and settings["examples"] is None and file.exists():
        print(add_to_metrics(file, record, model, corpus, results))
    for figure in evaluation_figures.draw(results, folder):
        print(f"figure: {figure}")
    return results


def probes(model, train: Part, test: Part, seed: int) -> dict:
    """Returns how well probes fitted to `train` do on `test`.

    They are the probes of Xu and Durrett (2018), section 6, which predict the words
    from the code and the code from the words, and one for each factor.
    """
    parts = train, test
    codes = [model.encode(part.texts, part.labels) for part in parts]
    bags = [_bags(model, part.texts) for part in parts]
    found = {}
    try:
        for name, inputs, targets in (
            ("bag_of_words_from_code", codes, bags),
            ("code_from_bag_of_words", bags, codes),
        ):
            pairs = zip(inputs, targets, strict=True)
            found[name] = evaluation.vector_probe(*pairs, seed=seed).as_dict()
    except ValueError as error:
        print(f"note: no probes between code and words: {error}")
    labels = test.labels and test.labels[:SWAPS]
    found["cosine_after_swaps"] = evaluation.swap_sensitivity(
        lambda texts: model.encode(texts, labels), test.texts[:SWAPS], seed=seed
    )
    for name in test.factors:
        pairs = zip(codes, (part.factors[name] for part in parts), strict=True)
        found[f"{name}_from_code"] = evaluation.label_probe(*pairs).as_dict()
    return found


def _dataset(settings, record):
    """Returns the corpus that --dataset names, or else the run's."""
    dataset = settings["dataset"] or (record and record.flags.get("dataset"))
    if dataset not in DATASETS:
        raise UserError("--dataset: give one; no run folder names it")
    return dataset


def _load(settings, flags):
    size = flags.get("vocabulary_size") or 10_000
    if type(size) is not int:
        raise UserError(
            f"{find_model(settings['model']).parent / FLAGS}: is not what a run wrote "
            f"(--vocabulary_size is {size!r}); restore the original"
        )
    try:
        return data.load(
            settings["dataset"], settings["data_dir"], vocabulary_size=size
        )
    except (ValueError, OSError) as error:
        raise UserError(str(error)) from error


def _part(corpus, split, model, limit):
    texts = getattr(corpus, split)[:limit]
    labels = corpus.labels and corpus.labels[split][:limit]
    if model.needs_labels and labels is None:
        raise UserError(
            f"--dataset={corpus.name}: has no labels, which the model needs"
        )
    factors = {"label": labels} if labels else {}
    if corpus.name == "embedded":
        factors = data.embedded.read_factors(texts)
    return Part(texts, labels, factors)


def _bounds(model, part, settings):
    try:
        inputs = model.to_ids(part.texts, part.labels)
    except ValueError as error:
        raise UserError(f"--dataset={settings['dataset']}: {error}") from error
    batches = data.Batches(inputs, settings["batch_size"], buckets=12, shuffle=False)
    single = evaluation.evaluate(model, batches.dataset())

    def weighted(refinement=None):
        levels = [level for level in LEVELS if level < settings["samples"]]
        return evaluation.importance_weighted(
            model,
            batches.dataset(),
            [*levels, settings["samples"]],
            seed=settings["seed"],
            memory=settings["memory_mb"] * 2**20,
            refinement=refinement,
        ).as_dict()

    some = data.Batches(
        rows_of(inputs, 0, INFORMATION_EXAMPLES),
        settings["batch_size"],
        buckets=12,
        shuffle=False,
    )
    information = evaluation.mutual_information(
        model, some.dataset(), seed=settings["seed"]
    )
    units = evaluation.active_units(model, batches.dataset())
    bounds = {"bounds": weighted()}
    steps = settings["refine_steps"]
    if steps and model.latent.is_empty:
        print("note: --refine_steps has no effect on a model without a code")
    elif steps:
        refined = weighted(evaluation.Refinement(steps))
        bounds["refined_bounds"] = {"steps": steps, **refined}
    return {
        "code_gain": single.code_gain,
        "mean_cosine": single.mean_cosine,
        **bounds,
        "information": information.as_dict(),
        "units": units.as_dict(),
    }


def _bags(model, texts):
    """Returns counts of the most frequent words, `(texts, BAG_WORDS)` at most."""
    index = {word: i for i, word in enumerate(model.tokenizer.vocabulary[:BAG_WORDS])}
    bags = np.zeros((len(texts), len(index)), "float32")
    words = [split_words(text) for text in texts]
    different = sorted(set(itertools.chain.from_iterable(words)))
    entries = dict(zip(different, model.tokenizer.entries(different), strict=True))
    for row, found in zip(bags, words, strict=True):
        for word in found:
            if entries[word] in index:
                row[index[entries[word]]] += 1
    return bags


def _output_dir(settings):
    if settings["output_dir"]:
        return Path(settings["output_dir"])
    model = find_model(settings["model"])
    return model.parent / f"evaluation-{settings['dataset']}-{settings['split']}"
