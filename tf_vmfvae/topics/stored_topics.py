"""How a topic model is saved, loaded and exported."""

import keras
import numpy as np
from sklearn.utils.validation import check_is_fitted

from tf_vmfvae.evaluation import Topics
from tf_vmfvae.models import NVDM
from tf_vmfvae.models.preset_folder import check_empty
from tf_vmfvae.models.preset_names import PresetNames
from tf_vmfvae.topics.document_sample import KEPT, DocumentSample
from tf_vmfvae.topics.served_topic_model import served_topic_model
from tf_vmfvae.topics.topic_file import (
    add_topic_record,
    list_topic_presets,
    mixture_from_lists,
    mixture_to_lists,
    read_topic_preset,
    read_topic_record,
    write_topic_file,
    write_topic_preset,
)


class StoredTopics:
    """The part of `tf_vmfvae.TopicModel` that has to do with files."""

    presets = PresetNames(list_topic_presets)

    def save(self, path) -> None:
        """Writes the model into one file.

        `tf_vmfvae.TopicModel.load` reads all of it; `tf.keras.models.load_model` reads
        the document model alone.

        Args:
            path: path that ends in `.keras`.

        Raises:
            ValueError: if the name does not end in `.keras`, or there is a
                `vectorizer`.
        """
        write_topic_file(path, self.model_, self._record())

    @classmethod
    def load(cls, path) -> "StoredTopics":
        """Returns the model that `save` wrote.

        Raises:
            ValueError: if the file was not written by `save`.
        """
        record = read_topic_record(path)
        return cls._from_record(record, keras.models.load_model(path))

    def save_to_preset(self, preset_dir) -> None:
        """Saves the model as a preset, which `NVDM.from_preset` reads, too.

        Args:
            preset_dir: the folder, which must be empty or new.

        Raises:
            FileExistsError: if there is a file of this name, or a folder that is not
                empty.
            ValueError: if there is a `vectorizer`.
            OSError: if the folder cannot be written.
        """
        write_topic_preset(preset_dir, self.model_, self._record())

    def export(self, folder) -> None:
        """Writes a SavedModel with raw documents in and topics out.

        TensorFlow alone serves it; see `docs/guide/serving.md`.

        Args:
            folder: the folder, which must be empty or new.

        Raises:
            FileExistsError: if there is a file of this name, or a folder that is not
                empty.
            ValueError: if there is a `vectorizer`, or the model was fitted to counts of
                unnamed words.
            OSError: if the folder cannot be written.
        """
        check_is_fitted(self)
        check_empty(folder)
        served_topic_model(self).save(folder)

    def add_to_preset(self, preset_dir) -> None:
        """Adds the topics to a folder that holds the document model already.

        Args:
            preset_dir: the folder, for example of a run of `trainers.bow`.

        Raises:
            ValueError: if there is a `vectorizer`.
            OSError: if the file cannot be written.
        """
        add_topic_record(preset_dir, self._record())

    @classmethod
    def from_preset(cls, preset) -> "StoredTopics":
        """Returns the model of a preset.

        Args:
            preset: a name, one of `TopicModel.presets`, or the path of a folder that
                `save_to_preset` has written. Names are looked up as in
                `tf_vmfvae.models.NVDM.from_preset`.

        Raises:
            ValueError: if there is no such preset, or it has no topics.
        """
        model, record = read_topic_preset(preset)
        return cls._from_record(record, model)

    @classmethod
    def from_topics(cls, model: NVDM, topics: Topics) -> "StoredTopics":
        """Returns a topic model for a trained document model.

        Args:
            model: the document model, whose codes are unit vectors.
            topics: what `tf_vmfvae.evaluation.find_topics` found with it.

        Raises:
            ValueError: if the codes are not unit vectors.

        Example:
        >>> import tf_vmfvae
        >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=20.0, seed=1)
        >>> model = tf_vmfvae.models.NVDM(["ball", "goal", "rain"], latent, seed=1)
        >>> texts = ["ball goal", "goal", "rain rain", "ball"]
        >>> found = tf_vmfvae.evaluation.find_topics(model, texts, topics=2)
        >>> tf_vmfvae.TopicModel.from_topics(model, found).transform(["goal"]).shape
        (1, 2)
        """
        if topics.mixture is None:
            raise ValueError(
                "topics: the codes of the model are not unit vectors, so its topics "
                "are no directions; read topics.shares instead"
            )
        parameters = {
            "topics": len(topics.intercepts),
            "vocabulary": list(model.vocabulary),
            "latent_dim": model.latent.latent_dim,
            "hidden_dim": model.hidden_dim,
            "input_dropout": model.input_dropout,
        }
        if hasattr(model.latent, "kappa"):
            parameters["kappa"] = float(model.latent.kappa)
        return cls._from_record(
            {
                "parameters": parameters,
                "seed": 0,
                "words": parameters["vocabulary"],
                "reads_text": True,
                "documents": int(topics.sizes.sum()),
                "epochs": 0,
                "mixture": mixture_to_lists(topics.mixture),
            },
            model,
        )

    def _record(self):
        """Returns what the Keras model does not hold, as a JSON file can hold it."""
        check_is_fitted(self)
        if self.vectorizer is not None:
            raise ValueError(
                "vectorizer: the file cannot hold a vectorizer of your own; pickle the "
                "estimator, or pass counts and give the vocabulary"
            )
        parameters = {name: _plain(value) for name, value in self.get_params().items()}
        return {
            "parameters": parameters,
            "seed": self._seed,
            "words": self._counter.words,
            "reads_text": self._counter.reads_text,
            "documents": self._sample.seen,
            "epochs": self.epochs_,
            "mixture": mixture_to_lists(self.mixture_),
        }

    @classmethod
    def _from_record(cls, record, model):
        found = cls(**record["parameters"])
        found._seed = record["seed"]
        found._counter = found._make_counter()
        found._counter.words = record["words"]
        found._counter.reads_text = record["reads_text"]
        found._sample = DocumentSample(KEPT, found._seed, record["documents"])
        found.epochs_ = record["epochs"]
        found.model_ = model
        if not model.compiled:
            model.compile(keras.optimizers.Adam(found.learning_rate))
        found._set_topics(mixture_from_lists(record["mixture"]))
        return found


def _plain(value):
    """Returns a parameter as a JSON file can hold it."""
    if isinstance(value, np.random.RandomState):
        return None  # It has gone on since; the file holds the seed that it gave.
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    return [_plain(each) for each in value]
