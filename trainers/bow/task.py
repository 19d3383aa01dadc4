"""The task of `trainers.bow`: a document model on bags of words."""

import pathlib

import keras

from tf_vmfvae import callbacks, data, evaluation, models
from trainers.bow.flags import CLIP_NORM
from trainers.bow.report import print_document_report, print_documents
from trainers.bow.results import figures, find_results, write_topics
from trainers.cli.run_flags import identity
from trainers.cli.settings import chosen
from trainers.storage.metrics_file import SPLITS
from trainers.storage.text_cache import document_cache
from trainers.training.latents import make_latent
from trainers.training.task import Task

# Flags that are arguments of the model.
MODEL_FLAGS = (
    "hidden_dim",
    "encoder_layers",
    "input_transform",
    "input_dropout",
    "dropout",
    "bursts",
    "codes",
    "seed",
)
# The bounds of refined posteriors in metrics.json that are averaged over all samples.
REFINED = ("nll", "reconstruction", "kl", "ppl", "ppl_by_example")
# Documents that TensorBoard's projector shows; with more it gets slow.
PROJECTED = 2_000


class BowTask(Task):
    """Trains `NVDM` on bags of words."""

    clip_norm = CLIP_NORM
    reported = (*Task.reported, "ppl_by_example")

    def __init__(self, settings: dict):
        super().__init__(settings)
        self._results = None

    def load_corpus(self) -> data.DocumentCorpus:
        settings = self.settings
        return data.load_documents(
            settings["dataset"],
            settings["data_dir"],
            vocabulary_size=settings["vocabulary_size"],
            minimum_documents=settings["minimum_documents"],
            stop_words=_stop_words(settings["stop_words"]),
            labels=settings["labels"],
            cache_dir=document_cache(settings["dataset"], settings["data_dir"]),
            report=print,
        )

    def make_model(self) -> models.NVDM:
        model = models.NVDM(
            self.corpus.vocabulary,
            make_latent(self.settings),
            **chosen(self.settings, *MODEL_FLAGS),
        )
        model.adapt(self.corpus.train)
        return model

    def make_splits(self, model) -> dict[str, data.DocumentBatches]:
        return {
            split: data.DocumentBatches(
                getattr(self.corpus, split),
                self.settings["batch_size"],
                shuffle=split == "train",
                seed=self.settings["seed"],
            )
            for split in SPLITS
        }

    def make_panes(self, folder) -> list[keras.callbacks.Callback]:
        settings, corpus = self.settings, self.corpus
        path = folder.path
        made = [
            callbacks.ScalarsPane(path),
            callbacks.HParamsPane(path, identity(settings), name=path.name),
        ]
        if settings["latent"] != "none":
            shown = corpus.validation[:PROJECTED]
            made += [
                callbacks.TopicsPane(path, shown, settings["topics"]),
                callbacks.DocumentsProjectorPane(path, shown, corpus.vocabulary),
            ]
        return made

    def further_bounds(self, model, splits) -> dict[str, dict]:
        samples = self.settings["samples"]
        if not samples or self.settings["latent"] == "none":
            return {}
        return {
            split: self._importance_weighted(model, splits[split].dataset(), samples)
            for split in ("validation", "test")
        }

    def write_results(self, folder, model) -> dict:
        if model.latent.is_empty:
            return {}
        self._results = find_results(model, self.corpus, self.settings["topics"])
        folder.check_lock()
        note = write_topics(folder.path, self._results, model, self.corpus)
        if note:
            print(f"note: {note}")
        return figures(self._results)

    def print_corpus(self, model, splits) -> None:
        print_documents(self.corpus, splits["train"])

    def print_report(self, metrics, model) -> None:
        print_document_report(
            metrics, model, self.corpus, self.settings["topics"], self._results
        )

    def _importance_weighted(self, model, batches, samples):
        bounds = evaluation.importance_weighted(model, batches, samples)
        found = {"iw_samples": samples, **_weighted(bounds, samples)}
        steps = self.settings["refine_steps"]
        if steps:
            bounds = evaluation.importance_weighted(
                model, batches, samples, refinement=evaluation.Refinement(steps)
            )
            found["refined"] = {
                "steps": steps,
                **{name: getattr(bounds, name) for name in REFINED},
                **_weighted(bounds, samples),
            }
        return found


def _weighted(bounds, samples):
    names = ("nll_iw", "ppl_iw", "ppl_iw_by_example")
    return {name: getattr(bounds, name)[samples] for name in names}


def _stop_words(name):
    """Returns the stop words that the flag names, `None` if there are none."""
    if name in (None, "none"):
        return None
    if name == "english":
        return name
    try:
        return pathlib.Path(name).read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"--stop_words={name}: cannot be read ({error}); give english, none or a "
            "text file with one word per line"
        ) from None
