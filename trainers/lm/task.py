"""The task of `trainers.lm`: a language model on sentences."""

import functools

import keras

from tf_vmfvae import callbacks, data, layers, models
from tf_vmfvae.data.files.text_file import read_sentences
from trainers.cli.errors import UserError
from trainers.cli.run_flags import identity
from trainers.cli.settings import chosen
from trainers.lm.labels import labels_of
from trainers.lm.output_layer import choose_output_layer, count_words
from trainers.lm.report import print_corpus, print_report
from trainers.storage import fingerprint
from trainers.storage.metrics_file import SPLITS
from trainers.storage.model_file import find_model
from trainers.storage.text_cache import text_cache
from trainers.storage.trained_model import load_language_model
from trainers.storage.unknown_words import note_unknown_words
from trainers.training.latents import make_latent
from trainers.training.optimizers import make_optimizer
from trainers.training.task import Task

# More buckets mean less padding. But if all sentences of a batch have the same length,
# they all end at the same word. With a bucket for each length, PTB Inputless learned
# half as fast.
BUCKETS = 12
# What --condition names.
CONDITIONS = {
    "none": lambda corpus, width: None,
    "bow": lambda corpus, width: layers.BagOfWordsCondition(**width),
    "label": lambda corpus, width: layers.LabelCondition(
        corpus.num_labels, label_names=corpus.label_names, **width
    ),
}
# Flags that are arguments of the model.
MODEL_FLAGS = (
    "embedding_dim",
    "hidden_dim",
    "num_layers",
    "decoder_layers",
    "encoder_pooling",
    "code_layers",
    "code_at_every_step",
    "bow_loss",
    "codes",
    "word_dropout",
    "encoder_swaps",
    "encoder_replacements",
    "dropout",
    "recurrent_dropout",
    "weight_drop",
    "variational_dropout",
    "seed",
)


class LMTask(Task):
    """Trains `NVRNN` on sentences."""

    @property
    def clip_norm(self) -> float:
        return self.settings["clip_norm"]

    @property
    def plateau_factor(self) -> float | None:
        return self.settings["plateau_factor"]

    def make_optimizer(self, steps) -> keras.optimizers.Optimizer:
        name, rate = (self.settings[x] for x in ("optimizer", "learning_rate"))
        decay_steps = None if self.plateau_factor else steps
        # Without steps it is for the encoder alone, whose averages nothing would read.
        momentum = self.settings["ema_momentum"] if steps else 0.0
        return make_optimizer(name, rate, decay_steps, momentum)

    def load_corpus(self) -> data.Corpus:
        settings = self.settings
        labels = labels_of(
            settings["dataset"],
            settings["labels"],
            settings["condition"] == "label",
        )
        return data.load(
            settings["dataset"],
            settings["data_dir"],
            vocabulary_size=settings["vocabulary_size"],
            labels=labels,
            cache_dir=text_cache(settings["dataset"], settings["data_dir"], labels),
            report=print,
        )

    def make_model(self) -> models.NVRNN:
        return models.NVRNN(
            self.corpus.vocabulary,
            make_latent(self.settings),
            condition=self._condition(),
            encoder_length=self.settings["kappa_by"] == "length",
            softmax_cutoffs=self._output_layer.cutoffs,
            **chosen(self.settings, *MODEL_FLAGS, encoder_type="encoder"),
        )

    def warm_start(self, model) -> dict[str, dict]:
        path = self.settings["pretrained"]
        if not path:
            model.softmax.adapt(count_words(self.corpus))
            return {}
        pretrained = load_language_model(path, "pretrained")
        try:
            models.warm_start(model, pretrained)
        except ValueError as error:
            raise UserError(
                f"--pretrained={path}: {error}; give a model like it, or that model's "
                "flags"
            ) from error
        return {"pretrained": fingerprint.of_file(find_model(path))}

    def make_splits(self, model) -> dict[str, data.Batches]:
        splits = {
            split: data.Batches(self._ids(model, split), **self._batching(split))
            for split in SPLITS
        }
        if self.settings["synthetic"]:
            splits["augmented"] = data.AugmentedBatches(
                self._ids(model, "train"),
                model.to_ids(self._synthetic(model)),
                self.settings["synthetic_share"],
                **self._batching("train"),
            )
        return splits

    def make_panes(self, folder) -> list[keras.callbacks.Callback]:
        settings, corpus = self.settings, self.corpus
        labels = self._labels("validation")
        labels = [] if labels is None else labels
        path = folder.path
        made = [
            callbacks.ScalarsPane(path),
            callbacks.HParamsPane(path, identity(settings), name=path.name),
            callbacks.TextsPane(path, corpus.validation[:8], labels=labels[:8]),
        ]
        if settings["latent"] != "none":
            sentences = corpus.validation[:2000]
            metadata = self._metadata(sentences)
            made.append(
                callbacks.ProjectorPane(path, sentences, metadata, labels[:2000])
            )
        return made

    def print_corpus(self, model, splits) -> None:
        print_corpus(self.corpus, model, splits["train"])
        if self.settings["softmax"] != "full":
            print(self._output_layer.note)

    def print_report(self, metrics, model) -> None:
        print_report(metrics, model, self.corpus)

    @functools.cached_property
    def _output_layer(self):
        return choose_output_layer(self.settings, self.corpus)

    def _condition(self):
        width = chosen(self.settings, units="condition_dim")
        return CONDITIONS[self.settings["condition"]](self.corpus, width)

    def _ids(self, model, split):
        texts, labels = getattr(self.corpus, split), self._labels(split)
        if not isinstance(texts, data.StoredSentences):
            return model.to_ids(texts, labels)
        ids = texts.to_ids(model.tokenizer)
        return ids if model.condition is None else model.condition.join(ids, labels)

    def _batching(self, split):
        return {
            "batch_size": self.settings["batch_size"],
            "buckets": BUCKETS,
            "shuffle": split == "train",
            "seed": self.settings["seed"],
        }

    def _synthetic(self, model):
        file = self.settings["synthetic"]
        try:
            texts = read_sentences(file)
        except ValueError as error:
            raise UserError(f"--synthetic: {error}") from error
        for note in note_unknown_words(model, texts, f"--synthetic={file}"):
            print(f"note: {note}")
        self.text["synthetic"] = fingerprint.of_texts(texts)
        return texts

    def _labels(self, split):
        labels = self.corpus.labels
        return labels and labels[split]

    def _metadata(self, sentences):
        """Returns what the projector can colour the validation sentences by."""
        labels, names = self._labels("validation"), self.corpus.label_names
        if labels is not None:
            shown = labels[: len(sentences)]
            return {"label": [names[label] for label in shown] if names else shown}
        if self.corpus.name != "embedded":
            return None
        return data.embedded.read_factors(sentences)
