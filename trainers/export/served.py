"""Loads a model, and its topics if it has some, to be served."""

from pathlib import Path

import numpy as np

from tf_vmfvae import TopicModel
from tf_vmfvae.models import NVDM
from tf_vmfvae.models.served_document_model import ServedDocumentModel
from tf_vmfvae.models.served_functions import ServedFunctions
from tf_vmfvae.models.served_model import ServedModel
from tf_vmfvae.models.served_topics import ServedTopics
from tf_vmfvae.topics.served_topic_model import served_topic_model
from tf_vmfvae.topics.topic_file import has_topic_record
from trainers.cli.errors import UserError
from trainers.storage.json_file import read_object, unusable
from trainers.storage.model_file import MODEL, PRESET_WEIGHTS, find_model
from trainers.storage.trained_model import load_model, naming, preset_folder

# What a run of trainers.bow writes.
TOPICS = "topics.json"
KNOWN = "give one that trainers.lm, trainers.bow or TopicModel has saved"


def load_served(settings: dict) -> tuple[ServedFunctions, list[str]]:
    """Returns what serves the model that the flags name, and notes for the user.

    Args:
        settings: the value of every flag of `trainers.export`, by name.

    Raises:
        UserError: if the model cannot be loaded or served.
    """
    path, max_words = settings["model"], settings["max_words"]
    model, topics, notes = _load(path)
    if not isinstance(model, NVDM | TopicModel):
        words = {} if max_words is None else {"max_words": max_words}
        return ServedModel(model, **words), notes
    if max_words is not None:
        raise UserError(
            "--max_words: the model reads documents and writes no sentences; leave it "
            "out"
        )
    try:
        if isinstance(model, TopicModel):
            return served_topic_model(model), notes
        return ServedDocumentModel(model, topics), notes
    except ValueError as error:
        raise UserError(f"--model={path}: {error}") from error


def _load(path):
    """Returns the model, the topics of a run, and notes."""
    path = preset_folder(path)
    file = find_model(path)
    is_preset = file.name == PRESET_WEIGHTS
    if has_topic_record(file.parent if is_preset else file):
        with naming(f"--model={path}: {file}", KNOWN):
            if is_preset:
                return TopicModel.from_preset(file.parent), None, []
            return TopicModel.load(file), None, []
    model = load_model(path)
    if isinstance(model, NVDM) and file.name == MODEL:
        return model, *_read_topics(file.with_name(TOPICS))
    return model, None, []


def _read_topics(file: Path):
    """Returns the topics of a run, or `None`, and notes."""
    try:
        content = read_object(file)
    except OSError as error:
        raise UserError(f"{file}: cannot be read ({error.strerror})") from error
    if content is None:
        return None, []
    try:
        topics = content["topics"]
        if not any("coefficients" in topic for topic in topics):
            return None, [
                f"{file} was written by an earlier version, which did not say how "
                "topics read a code: they are left out"
            ]
        numbers = [
            np.array([topic[name] for topic in topics], np.float64)
            for name in ("coefficients", "intercept", "share")
        ]
        words = [[entry["word"] for entry in topic["words"]] for topic in topics]
        dimensions = [each.ndim for each in numbers]
        lengths = {len(row) for row in words}
        if dimensions != [2, 1, 1] or len(lengths) != 1:
            raise ValueError("topics of different kinds")
        if not all(map(np.all, map(np.isfinite, numbers))):
            raise ValueError("a number that is not finite")
    except (KeyError, TypeError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise unusable(file, reason) from error
    return ServedTopics(*numbers, words), []
