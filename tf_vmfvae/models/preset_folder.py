"""A folder that holds a trained model: its configuration, its words and its weights."""

import contextlib
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import keras

from tf_vmfvae.text import as_vocabulary

# What `save` writes.
CONFIG, VOCABULARY, WEIGHTS = "config.json", "vocabulary.txt", "model.weights.h5"
# What the trainers leave, with all three inside.
ARCHIVE = "model.keras"
# A card begins with lines for machines, between two rules, and then has its title.
_TITLE = re.compile(r"\A(?:---\n.*?\n---\n)?.*?^# ([^\n]+)$", re.DOTALL | re.MULTILINE)


class PresetFolder:
    """A preset on the disk, written by `save` or by one of the trainers.

    `save` writes three files: `config.json`, Keras's configuration of the model without
    its words; `vocabulary.txt`, one word on each line; and `model.weights.h5`, from
    `keras.Model.save_weights`. The weights are a file of their own because a `.keras`
    file would hold the words a second time, in its configuration, and the state of the
    optimizer, too.

    Args:
        path: the folder.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)

    def exists(self) -> bool:
        """Returns whether the folder holds a model."""
        # False, not an error, if the name is too long for a file.
        return any(os.path.isfile(self.path / name) for name in (CONFIG, ARCHIVE))

    def model_class(self) -> type[keras.Model]:
        """Returns the class of the model, without loading it.

        Raises:
            ValueError: if it cannot be read or is not registered with Keras.
        """
        return self._class_in(self._config())

    def title(self) -> str:
        """Returns the title of the folder's card, `README.md`; "" without a card."""
        try:
            card = (self.path / "README.md").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""
        title = _TITLE.match(card)
        return title[1].removeprefix(f"{self.path.name}:").strip() if title else ""

    def load(self, load_weights: bool = True) -> keras.Model:
        """Returns the model, which is not compiled.

        Args:
            load_weights: whether the model gets the trained weights, or new ones.

        Raises:
            ValueError: if a file is missing or cannot be read, or does not belong to
                the others. The message names it.
        """
        config = self._config()
        model_class = self._class_in(config)
        with self._naming(self._source()):
            config = config["config"]
            has_words_apart = config.get("vocabulary") == VOCABULARY
        if has_words_apart:
            with self._naming(VOCABULARY):
                text = (self.path / VOCABULARY).read_text(encoding="utf-8")
                words = text.removesuffix("\n").split("\n")
                config["vocabulary"] = as_vocabulary(words)
        with self._naming(self._source()):
            model = model_class.from_config(config)
        if load_weights:
            name = WEIGHTS if self._source() == CONFIG else ARCHIVE
            with self._naming(name):
                model.load_weights(self.path / name)
        return model

    def save(self, model: keras.Model, records: dict[str, str] | None = None) -> None:
        """Writes a model, completely or not at all.

        Args:
            model: the model. Its optimizer is not saved.
            records: further files, from name to text, or `None`.

        Raises:
            FileExistsError: if there is a file of this name, or a folder that is not
                empty.
            ValueError: if the class of the model is not registered with Keras, or a
                word of its vocabulary contains a line break.
            OSError: if the folder cannot be written.
        """
        config, words = _split(model)
        check_empty(self.path)
        # A folder cannot be renamed over a link.
        target = Path(os.path.realpath(self.path))
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=target.parent) as own:
            # The temporary folder is private. This one has the usual permissions.
            content = Path(own, "content")
            content.mkdir()
            (content / CONFIG).write_text(json.dumps(config, indent=1) + "\n")
            if words is not None:
                lines = "".join(f"{word}\n" for word in words)
                (content / VOCABULARY).write_text(lines, encoding="utf-8", newline="")
            for name, text in (records or {}).items():
                (content / name).write_text(text, encoding="utf-8")
            with _without_optimizer(model):
                model.save_weights(content / WEIGHTS)
            os.rename(content, target)

    def _source(self):
        """Returns the name of the file that holds the configuration."""
        return CONFIG if (self.path / CONFIG).is_file() else ARCHIVE

    def _config(self):
        name = self._source()
        with self._naming(name):
            if name == CONFIG:
                return json.loads((self.path / CONFIG).read_text(encoding="utf-8"))
            with zipfile.ZipFile(self.path / ARCHIVE) as archive:
                return json.loads(archive.read(CONFIG))

    def _class_in(self, config):
        """Returns the class that a configuration names."""
        with self._naming(self._source()):
            name = config["class_name"]
            found = keras.saving.get_registered_object(config["registered_name"])
        if not isinstance(found, type):
            raise ValueError(
                f"{self.path}: holds a {name}, which is not registered with Keras; if "
                "the class is your own, import its module first"
            )
        return found

    @contextlib.contextmanager
    def _naming(self, name) -> Iterator[None]:
        """Names the file in whatever error reading it raises."""
        try:
            yield
        # A truncated file, or one of another kind, can fail in the archive, in its JSON
        # or in an array.
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise ValueError(
                f"{self.path / name}: cannot be read as part of a preset ({reason})"
            ) from error


def check_empty(folder: str | os.PathLike) -> None:
    """Checks that a folder to be written is empty or new.

    Raises:
        FileExistsError: if there is a file of this name, or a folder that is not empty.
    """
    path = Path(folder)
    if path.exists() and not (path.is_dir() and not os.listdir(path)):
        raise FileExistsError(f"{path}: is not an empty folder; name another")


def _split(model):
    """Returns a model's configuration and its words, which are not in it."""
    name = type(model).__name__
    registered = keras.saving.get_registered_name(type(model))
    if keras.saving.get_registered_object(registered) is not type(model):
        raise ValueError(
            f"{name} is not registered with Keras, so its preset could not be loaded: "
            "decorate the class with keras.saving.register_keras_serializable()"
        )
    config = keras.saving.serialize_keras_object(model)
    # Whoever loads the model compiles it for what they train it on.
    parts = ("module", "class_name", "config", "registered_name")
    config = {part: config[part] for part in parts}
    words = config["config"].get("vocabulary")
    if words is not None:
        for word in words:
            if word.splitlines() != [word]:
                raise ValueError(
                    f"vocabulary: {word!r} contains a line break, but {VOCABULARY} has "
                    "one word on each line; leave it out"
                )
        config["config"] = {**config["config"], "vocabulary": VOCABULARY}
    return config, words


@contextlib.contextmanager
def _without_optimizer(model):
    """Takes the optimizer off the model; Keras would save its state as weights."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        yield
        return
    model.optimizer = None
    try:
        yield
    finally:
        model.optimizer = optimizer
