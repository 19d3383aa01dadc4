"""Documents to evaluate a document model on, its topics, and what its codes predict."""

import dataclasses

import numpy as np
import tensorflow as tf

from tf_vmfvae import data, evaluation
from tf_vmfvae.data.document_loading import DOCUMENT_DATASETS
from trainers.bow.results import figures, find_results
from trainers.cli.errors import UserError, reading_corpus
from trainers.storage import fingerprint
from trainers.storage.model_file import find_model
from trainers.storage.run_record import FLAGS
from trainers.storage.text_cache import document_cache

# Topics to find if no flag and no run says how many.
TOPICS = 20


class DocumentJudge:
    """Evaluates a document model on documents of a corpus.

    Words are counted by the model's vocabulary.

    Args:
        model: a `tf_vmfvae.models.NVDM`.
        settings: the value of every flag of `trainers.evaluate`, by name.
        flags: the flags of the run that the model is from; empty if unknown.

    Attributes:
        example: what the model reads, for tables and figures.
        corpus: the corpus.
        text: fingerprint of the whole split, whose first examples may be evaluated.

    Raises:
        UserError: if a flag or a file that it names cannot be used, or the corpus has
            other words than the model.
    """

    example = "document"

    def __init__(self, model, settings: dict, flags: dict):
        self._model = model
        self._settings = settings
        self._check_flags()
        self._topics = settings["topics"] or _topics_of(flags, settings["model"])
        self.corpus = self._load()
        documents = getattr(self.corpus, settings["split"])
        self.text = fingerprint.of_documents(documents)
        limit = settings["examples"]
        self._documents = documents if limit is None else documents[:limit]

    def notes(self) -> list[str]:
        """Returns notes on the corpus for the user."""
        return [*self.corpus.notes]

    def findings(self) -> dict:
        """Returns what the results hold besides bounds.

        This is the perplexity of held-out words and, for a model with a code, the
        topics of the training documents, how good they are, and how well codes predict
        the labels of the documents.
        """
        found = {"held_out_ppl": self._held_out_ppl()}
        if self._model.latent.is_empty:
            print("note: the model has no code, so it has no topics")
            return found
        train, judged = self.corpus.train, self._documents
        if self._settings["split"] == "train" and judged.labels is not None:
            print(
                "note: labels are not predicted for training documents, which the "
                "classifiers are fitted to; choose --split=validation or test"
            )
            train, judged = (
                dataclasses.replace(part, labels=None) for part in (train, judged)
            )
        corpus = dataclasses.replace(self.corpus, train=train, test=judged)
        results = find_results(self._model, corpus, self._topics)
        quality = figures(results)
        quality["topics"]["top_words"] = results.topics.top_words
        quality["topics"]["shares"] = results.topics.weights.tolist()
        return found | quality

    def batches(self, limit: int | None = None) -> data.DocumentBatches:
        """Returns the documents as the model reads them, the first ones with a limit.

        Args:
            limit: how many; by default all.
        """
        documents = self._documents if limit is None else self._documents[:limit]
        return data.DocumentBatches(
            documents, self._settings["batch_size"], shuffle=False
        )

    def _held_out_ppl(self):
        try:
            return evaluation.held_out_perplexity(
                lambda observed: next_word(self._model, observed),
                self._documents,
                seed=self._settings["seed"],
            )
        except ValueError as error:
            print(f"note: no perplexity of held-out words: {error}")
            return None

    def _check_flags(self):
        settings = self._settings
        if settings["probe_examples"] is not None:
            raise UserError(
                "--probe_examples: probes are for language models, and this model "
                "reads documents; leave it out"
            )
        for name in ("texts", "language_model"):
            if settings[name] is not None:
                raise UserError(
                    f"--{name}: is for language models, and this model reads "
                    "documents; leave it out"
                )
        if settings["dataset"] not in DOCUMENT_DATASETS:
            raise UserError(
                f"--dataset={settings['dataset']}: holds sentences, but the model "
                f"reads documents; choose {', '.join(DOCUMENT_DATASETS)}"
            )
        if settings["dataset"] == "embedded" and settings["data_dir"]:
            raise UserError(
                "--data_dir: --dataset=embedded comes with the library; leave it out"
            )
        if settings["topics"] is not None and self._model.latent.is_empty:
            raise UserError(
                "--topics: the model has no code, so it has no topics; leave it out"
            )

    def _load(self):
        settings = self._settings
        with reading_corpus():
            return data.load_documents(
                settings["dataset"],
                settings["data_dir"],
                labels=settings["labels"],
                vocabulary=self._model.vocabulary,
                cache_dir=document_cache(settings["dataset"], settings["data_dir"]),
                report=print,
            )


def _topics_of(flags, model):
    """Returns how many topics the model's run has."""
    topics = flags.get("topics") or TOPICS
    if type(topics) is not int or topics < 1:
        raise UserError(
            f"{find_model(model).parent / FLAGS}: is not what a run wrote (--topics is "
            f"{topics!r}); restore the original"
        )
    return topics


def next_word(model, documents):
    """Returns the probabilities of each document's next word, `[documents, words]`.

    The code is the posterior's location.
    """
    logits = model.decoder(model.encode(documents))
    probabilities = tf.nn.softmax(tf.cast(logits, tf.float64)).numpy()
    if not model.bursts:
        return probabilities
    # A word of the document is likelier to come again; see `BurstyBagNLL`.
    urn = model.likelihood.get_layer("bursty_bag_nll")
    concentration = np.exp(np.float64(urn.log_concentration))
    counts = documents.matrix(len(model.vocabulary)).toarray()
    total = counts.sum(axis=1, keepdims=True)
    return (concentration * probabilities + counts) / (concentration + total)
