"""The runs of experiments at a scale. The same model always has the same name."""

from collections.abc import Mapping
from typing import Any

from trainers.reproduce.runs.evaluation import Evaluation
from trainers.reproduce.runs.scale import Scale
from trainers.reproduce.runs.training_run import TrainingRun

# Flags that a model without a code does not read.
_OF_CODES = ("latent_dim", "encoder_pooling", "bow_loss")


def language_model(
    scale: Scale,
    latent: str,
    setting: str,
    condition: str = "none",
    *,
    kappa: float | None = None,
    annealed: bool = True,
    layers: tuple[int, int] = (1, 1),
    sentences: Mapping[str, Any] | None = None,
) -> TrainingRun:
    """Returns the run of a language model.

    Args:
        scale: the scale.
        latent: a value of --latent: none, gaussian, vmf or vmf_learned.
        setting: standard or inputless.
        condition: none, bow or label.
        kappa: the concentration, by default that of the scale for the decoder.
        annealed: whether the weight of a Gaussian's KL is annealed.
        layers: number of layers of the encoder, and of the decoder.
        sentences: the scale's `sentences`, which is the default, or `reviews`.

    >>> from trainers.reproduce.runs.scales import SCALES
    >>> language_model(SCALES["cpu"], "vmf", "inputless").name
    'ptb-inputless-vmf-kappa80'
    """
    flags = {
        "latent": latent,
        "setting": setting,
        "condition": condition,
        "num_layers": layers[0],
        **(sentences or scale.sentences),
    }
    parts = [flags["dataset"], setting]
    if condition != "none":
        parts.append(condition)
    parts.append(latent)
    if latent == "none":
        flags = {name: x for name, x in flags.items() if name not in _OF_CODES}
    elif latent == "gaussian":
        flags["kl_schedule"] = "linear" if annealed else "constant"
        parts += [] if annealed else ["constant"]
    else:
        kappa = kappa or scale.kappas[setting, condition]
        flags["kappa"] = kappa
        parts.append(f"kappa{kappa:g}")
    if layers[0] != layers[1]:
        flags["decoder_layers"] = layers[1]
        parts.append(f"layers{layers[0]}-{layers[1]}")
    elif layers[0] > 1:
        parts.append(f"layers{layers[0]}")
    return TrainingRun("-".join(parts), "lm", flags)


def document_model(scale: Scale, latent: str, latent_dim: int) -> TrainingRun:
    """Returns the run of a document model of 20NG, or what stands in for it.

    Args:
        scale: the scale.
        latent: a value of --latent: gaussian or vmf.
        latent_dim: dimensions of the code.
    """
    name, kappa = scale.documents["dataset"], scale.document_kappas[latent_dim]
    return _document_model(name, scale.documents, latent, latent_dim, kappa)


def newswire_model(scale: Scale, latent: str, latent_dim: int) -> TrainingRun:
    """Returns the run of a document model of RCV1, or what stands in for it.

    Args:
        scale: the scale.
        latent: a value of --latent: gaussian or vmf.
        latent_dim: dimensions of the code.
    """
    kappa = scale.newswire_kappas[latent_dim]
    if scale.generated is None:
        flags = {"dataset": "rcv1", **scale.newswire}
        return _document_model("rcv1", flags, latent, latent_dim, kappa)
    flags = {
        "dataset": "text",
        "vocabulary_size": scale.generated.vocabulary_size,
        "minimum_documents": 1,
        "stop_words": "none",
        **scale.newswire,
    }
    inputs = {"data_dir": scale.generated}
    return _document_model("generated", flags, latent, latent_dim, kappa, inputs)


def _document_model(name, flags, latent, latent_dim, kappa, inputs=None):
    flags = {"latent": latent, "latent_dim": latent_dim, **flags}
    if latent == "vmf":
        # A constant KL has nothing to anneal.
        flags |= {"kl_schedule": "constant", "kappa": kappa}
    name = f"documents-{name}-{latent}-dim{latent_dim}"
    return TrainingRun(name, "bow", flags, inputs or {})


def evaluation(
    scale: Scale, run: TrainingRun, samples: int | None = None
) -> Evaluation:
    """Returns the evaluation of a language model.

    Args:
        scale: the scale.
        run: the run that trains the model.
        samples: codes per sentence, by default those of the scale.
    """
    flags = scale.evaluations
    return Evaluation(run, flags | {"samples": samples} if samples else flags)
