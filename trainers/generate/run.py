"""Applies a saved model to the user's sentences and prints its answers."""

import functools
import json
import pathlib
import sys
from collections.abc import Iterator

import keras_hub

from tf_vmfvae import generation, models
from tf_vmfvae.data.files.text_file import decode, read_sentences
from tf_vmfvae.text import split_words
from tf_vmfvae.text.some_of import some_of
from trainers.cli.errors import UserError
from trainers.cli.progress_bar import progress_bar
from trainers.generate import documents
from trainers.storage.trained_model import load_model, preset_folder
from trainers.storage.unknown_words import note_unknown_words

# How many words --sampler=top_k chooses among by default.
TOP_K = 10


def run(settings: dict) -> None:
    """Loads the model and prints one answer for each sentence, pair or sample.

    Args:
        settings: the value of every flag of `trainers.generate`, by name.

    Raises:
        UserError: if a flag or a file that it names cannot be used.
    """
    model = load_model(preset_folder(settings["model"]))
    if isinstance(model, models.NVDM):
        _run_on_documents(model, settings)
        return
    settings = {**settings, "top_k": _top_k(model, settings)}
    needs_texts = _needs_texts(model, settings["task"])
    texts = _texts(settings) if needs_texts else []
    notes = note_unknown_words(model, texts, "the text")
    if settings["label"] and not model.needs_labels:
        notes.append("--label has no effect on a model without labels")
    if not needs_texts:
        notes += [
            f"--{name} has no effect with --task=sample and a model that is not "
            "conditioned on words"
            for name in ("text", "file")
            if settings[name]
        ]
    settings = {**settings, "label": _label_numbers(model, settings["label"])}
    _check_condition(model, settings, texts)
    try:
        _print(answers(model, settings, texts), notes, settings["json"])
    except ValueError as error:
        raise UserError(str(error)) from error


def _run_on_documents(model, settings):
    documents.check_task(model, settings["task"])
    corpus = _read(settings["corpus"], "corpus")
    where = "--text" if settings["text"] else f"--file={settings['file'] or '-'}"
    found, notes = documents.nearest(
        model, _texts(settings), corpus, settings["count"], where
    )
    if settings["label"]:
        notes.append("--label has no effect on a document model")
    _print(found, notes, settings["json"])


def _print(found, notes, as_json):
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    for answer in found:
        print(json.dumps(answer) if as_json else _shown(answer))


def answers(model, settings: dict, texts: list[str]) -> Iterator[dict]:
    """Yields the answers, one dictionary for each."""
    tasks = {
        "sample": _samples,
        "reconstruct": _reconstructions,
        "interpolate": _interpolations,
        "neighbours": _neighbours,
    }
    yield from tasks[settings["task"]](model, settings, texts)


def _samples(model, settings, texts):
    samples = model.generate(
        settings["count"],
        texts=texts,
        labels=settings["label"] or None,
        progress=functools.partial(progress_bar, title="samples"),
        **_options(settings),
    )
    for text in samples:
        yield {"sample": text}


def _reconstructions(model, settings, texts):
    labels = _labels(model, settings["label"], texts)
    found = model.reconstruct(texts, labels=labels, **_options(settings))
    for text, reconstruction in zip(texts, found, strict=True):
        yield {"text": text, "reconstruction": reconstruction}


def _interpolations(model, settings, texts):
    labels = _labels(model, settings["label"], texts)
    options = _options(settings)
    for first in range(0, len(texts), 2):
        pair = slice(first, first + 2)
        start, end = texts[pair]
        sentences = model.interpolate(
            start, end, settings["steps"], labels=labels and labels[pair], **options
        )
        yield {"start": start, "end": end, "sentences": sentences}


def _neighbours(model, settings, texts):
    labels = _labels(model, settings["label"], texts)
    corpus = _read(settings["corpus"], "corpus")
    found = generation.neighbours(model, texts, corpus, settings["count"], labels)
    for text, near in zip(texts, found, strict=True):
        yield {
            "text": text,
            "neighbours": [{"text": other, "cosine": cosine} for other, cosine in near],
        }


def _options(settings):
    """Returns the options of decoding, for the model's methods."""
    return {
        "sampler": make_sampler(settings),
        "seed": settings["seed"],
        "max_words": settings["max_words"],
    }


def make_sampler(settings: dict) -> keras_hub.samplers.Sampler:
    """Returns the sampler that the flags name."""
    temperature = settings["temperature"]
    samplers = keras_hub.samplers
    makers = {
        "greedy": samplers.GreedySampler,
        "random": lambda: samplers.RandomSampler(temperature=temperature),
        "top_k": lambda: samplers.TopKSampler(
            settings["top_k"], temperature=temperature
        ),
        "top_p": lambda: samplers.TopPSampler(
            settings["top_p"], temperature=temperature
        ),
        "beam": lambda: samplers.BeamSampler(
            settings["beams"], temperature=temperature
        ),
    }
    return makers[settings["sampler"]]()


def _top_k(model, settings):
    """Returns how many words --sampler=top_k chooses among."""
    words, given = model.tokenizer.vocabulary_size, settings["top_k"]
    if settings["sampler"] == "top_k" and given and given > words:
        raise UserError(
            f"--top_k: must be at most {words}, the number of words that the model "
            f"knows, not {given}"
        )
    return given or min(TOP_K, words)


def _check_condition(model, settings, texts):
    """Checks that the task suits the model, and the sentences and labels suit both."""
    task, labels = settings["task"], settings["label"]
    if task == "interpolate" and len(texts) % 2:
        raise UserError(f"--text: {len(texts)} sentences do not make pairs")
    if task == "neighbours" and model.latent.is_empty:
        raise UserError("--task=neighbours: the model has no code to compare")
    if task == "neighbours" and model.needs_labels:
        raise UserError(
            "--task=neighbours: the model needs labels, which --corpus does not have"
        )
    written = settings["count"] if task == "sample" else len(texts)
    if model.needs_texts and task == "sample" and len(texts) not in (1, written):
        raise UserError(
            "--text: the model is conditioned on words; give 1 sentence or, as "
            f"--count, {written}, not {len(texts)}"
        )
    if not model.needs_labels:
        return
    if len(labels) not in (1, written):
        raise UserError(
            f"--label: the model needs labels; give 1 for all or {written}, not "
            f"{len(labels)}"
        )


def _label_numbers(model, labels):
    """Returns the numbers of the labels that the model knows by name or number.

    Raises:
        UserError: if it does not know one of them.
    """
    if not model.needs_labels:
        return []
    known = model.condition.label_names or list(map(str, range(model.num_labels)))
    for label in labels:
        if label not in known:
            raise UserError(
                f"--label: must be one of {some_of(known)} for this model, not "
                f"{label[:40]}"
            )
    return [known.index(label) for label in labels]


def _needs_texts(model, task):
    return task != "sample" or model.needs_texts


def _texts(settings):
    """Returns the user's sentences, without empty lines."""
    if settings["text"]:
        texts = [" ".join(split_words(text)) for text in settings["text"]]
        if not all(texts):
            raise UserError("--text: is empty; give a sentence")
        return texts
    if settings["file"] not in (None, "-"):
        return _read(settings["file"], "file")
    lines = _standard_input().split("\n")
    texts = [" ".join(split_words(line)) for line in lines]
    texts = [text for text in texts if text]
    if not texts:
        raise UserError("--text: no sentence is given, and standard input has none")
    return texts


def _standard_input():
    """Returns the text on standard input."""
    # Python reads bytes that are not UTF-8 as lone surrogates; this restores them.
    content = sys.stdin.read().encode("utf-8", "surrogateescape")
    try:
        return decode(pathlib.Path("standard input"), content)
    except ValueError as error:
        raise UserError(str(error)) from error


def _read(path, flag):
    try:
        return read_sentences(path)
    except ValueError as error:
        raise UserError(f"--{flag}: {error}") from error


def _labels(model, labels, texts):
    """Returns one label for each text, or `None` for a model without labels."""
    if not model.needs_labels:
        return None
    return labels * len(texts) if len(labels) == 1 else labels


def _shown(answer):
    """Returns an answer as text for people to read."""
    if "sample" in answer:
        return answer["sample"]
    if "reconstruction" in answer:
        return f"{answer['text']}\n  -> {answer['reconstruction']}"
    if "sentences" in answer:
        return "\n".join([*answer["sentences"], ""])
    lines = [f"  {near['cosine']:.3f}  {near['text']}" for near in answer["neighbours"]]
    return "\n".join([answer["text"], *lines])
