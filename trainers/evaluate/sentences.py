"""Sentences to evaluate a language model on."""

from collections.abc import Iterator

from tf_vmfvae import data
from tf_vmfvae.data.loading import DATASETS
from tf_vmfvae.ops.batch_inputs import rows_of
from tf_vmfvae.text.some_of import some_of
from trainers.cli.errors import UserError, reading_corpus
from trainers.evaluate.generated_text import generated_text, load_scorer
from trainers.evaluate.part import Part
from trainers.evaluate.sentence_probes import probes
from trainers.lm.labels import labels_of
from trainers.storage import fingerprint
from trainers.storage.model_file import find_model
from trainers.storage.run_record import FLAGS
from trainers.storage.text_cache import text_cache
from trainers.storage.unknown_words import note_unknown_words

# Training sentences that the probes are fitted to by default.
PROBE_EXAMPLES = 5000


class SentenceJudge:
    """Evaluates a language model on sentences of a corpus.

    Args:
        model: a `tf_vmfvae.models.LanguageModel`.
        settings: the value of every flag of `trainers.evaluate`, by name.
        flags: the flags of the run that the model is from; empty if unknown.

    Attributes:
        example: what the model reads, for tables and figures.
        corpus: the corpus.
        text: fingerprint of the whole split, whose first examples may be evaluated.

    Raises:
        UserError: if a flag or a file that it names cannot be used.
    """

    example = "sentence"

    def __init__(self, model, settings: dict, flags: dict):
        check_flags(settings)
        self._model = model
        self._settings = settings
        self._scorer = load_scorer(settings)
        self.corpus = load(settings, flags, model.needs_labels)
        self._check_labels()
        self._part = self._part_of(settings["split"], settings["examples"])
        self.text = fingerprint.of_texts(getattr(self.corpus, settings["split"]))

    def notes(self) -> Iterator[str]:
        """Yields notes on the corpus for the user.

        Raises:
            UserError: if the model, or the one that scores samples, does not know most
                of its words.
        """
        yield from self.corpus.notes
        texts, where = self._part.texts, f"--dataset={self._settings['dataset']}"
        yield from note_unknown_words(self._model, texts, where)
        if self._scorer is None:
            return
        flag = f"--language_model={self._settings['language_model']}"
        try:
            for note in note_unknown_words(self._scorer, texts, where):
                yield f"{flag}: {note}"
        except UserError as error:
            raise UserError(f"{flag}: {error}") from error

    def findings(self) -> dict:
        """Returns what the results hold besides bounds.

        This is what probes predict and, with --texts, how good the sentences are that
        the model writes.
        """
        model, settings, found = self._model, self._settings, {}
        if not model.latent.is_empty:
            train = self._part_of("train", settings["probe_examples"] or PROBE_EXAMPLES)
            found["probes"] = probes(model, train, self._part, settings["seed"])
        if settings["texts"]:
            found["generation"] = generated_text(
                model, self._part, self._scorer, settings
            )
        return found

    def batches(self, limit: int | None = None) -> data.Batches:
        """Returns the sentences as the model reads them, the first ones with a limit.

        Raises:
            UserError: if the model cannot read them.
        """
        part = self._part
        try:
            inputs = self._model.to_ids(part.texts, part.labels)
        except ValueError as error:
            dataset = self._settings["dataset"]
            raise UserError(f"--dataset={dataset}: {error}") from error
        if limit is not None:
            inputs = rows_of(inputs, 0, limit)
        return data.Batches(
            inputs, self._settings["batch_size"], buckets=12, shuffle=False
        )

    def _check_labels(self):
        """Checks that the corpus has the labels that the model needs."""
        if not self._model.needs_labels:
            return
        corpus, names = self.corpus, self._model.condition.label_names
        if corpus.labels is None:
            name = "labels" if corpus.name == "text" else "dataset"
            raise UserError(
                f"--{name}: {corpus.name} has no labels, which the model needs"
            )
        if (corpus.label_names is None) != (names is None):
            has, lacks = ("model", "corpus") if names else ("corpus", "model")
            raise UserError(
                f"--dataset={corpus.name}: the labels of the {has} have names, those "
                f"of the {lacks} only numbers; give a corpus like the one that the "
                "model was trained on"
            )
        unknown = sorted({*(corpus.label_names or ())} - {*(names or ())})
        if unknown:
            raise UserError(
                f"--labels: the label {unknown[0][:40]!r} is unknown; those of the "
                f"model are {some_of(names)}"
            )

    def _part_of(self, split, limit):
        corpus = self.corpus
        texts = getattr(corpus, split)[:limit]
        labels = corpus.labels and list(corpus.labels[split][:limit])
        if labels and corpus.label_names:
            # The model may have numbered them in another way.
            labels = [corpus.label_names[label] for label in labels]
        factors = {"label": labels} if labels else {}
        if corpus.name == "embedded":
            factors = data.embedded.read_factors(texts)
        return Part(texts, labels, factors)


def check_flags(settings: dict) -> None:
    """Checks the flags that a document model reads.

    Raises:
        UserError: if one of them has no effect here, or the corpus has no sentences.
    """
    if settings["topics"] is not None:
        raise UserError(
            "--topics: only a document model reads it, and this model reads sentences; "
            "leave it out"
        )
    if settings["labels"] and settings["dataset"] != "text":
        raise UserError(
            f"--labels: belongs to --dataset=text, not to {settings['dataset']}; leave "
            "it out"
        )
    if settings["dataset"] not in DATASETS:
        raise UserError(
            f"--dataset={settings['dataset']}: holds documents, but the model reads "
            f"sentences; choose {', '.join(DATASETS)}"
        )


def load(settings: dict, flags: dict, needs_labels: bool = False) -> data.Corpus:
    """Returns the corpus that the flags name.

    Args:
        settings: as for `SentenceJudge`.
        flags: likewise.
        needs_labels: whether the model reads a label with each sentence.

    Raises:
        UserError: if it cannot be read.
        OSError: if the disk is full.
    """
    size = flags.get("vocabulary_size") or 10_000
    if type(size) is not int:
        raise UserError(
            f"{find_model(settings['model']).parent / FLAGS}: is not what a run wrote "
            f"(--vocabulary_size is {size!r}); restore the original"
        )
    labels = labels_of(settings["dataset"], settings["labels"], needs_labels)
    with reading_corpus():
        return data.load(
            settings["dataset"],
            settings["data_dir"],
            vocabulary_size=size,
            labels=labels,
            cache_dir=text_cache(settings["dataset"], settings["data_dir"], labels),
            report=print,
        )
