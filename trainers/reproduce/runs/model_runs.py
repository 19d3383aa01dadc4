"""The runs of experiments at a scale. The same model always has the same name."""

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
    layers: int = 1,
) -> TrainingRun:
    """Returns the run of a language model.

    Args:
        scale: the scale.
        latent: a value of --latent: none, gaussian, vmf or vmf_learned.
        setting: standard or inputless.
        condition: none or bow.
        kappa: the concentration, by default that of the scale for the decoder.
        annealed: whether the weight of a Gaussian's KL is annealed.
        layers: layers of the encoder and of the decoder.

    >>> from trainers.reproduce.runs.scales import SCALES
    >>> language_model(SCALES["cpu"], "vmf", "inputless").name
    'ptb-inputless-vmf-kappa80'
    """
    flags = {
        "latent": latent,
        "setting": setting,
        "condition": condition,
        "num_layers": layers,
        **scale.sentences,
    }
    parts = [flags["dataset"], setting]
    if condition != "none":
        parts.append(condition)
    parts.append(latent)
    if latent == "none":
        flags = {name: x for name, x in flags.items() if name not in _OF_CODES}
    elif latent == "gaussian":
        flags["kl_schedule"] = "linear" if annealed else "constant"
        if annealed and scale.anneal_epochs:
            flags["anneal_epochs"] = scale.anneal_epochs
        parts += [] if annealed else ["constant"]
    else:
        kappa = kappa or scale.kappas[setting, condition]
        flags["kappa"] = kappa
        parts.append(f"kappa{kappa:g}")
    if layers > 1:
        parts.append(f"layers{layers}")
    return TrainingRun("-".join(parts), "lm", flags)


def document_model(scale: Scale, latent: str, latent_dim: int) -> TrainingRun:
    """Returns the run of a document model.

    Args:
        scale: the scale.
        latent: a value of --latent: gaussian or vmf.
        latent_dim: dimensions of the code.
    """
    flags = {"latent": latent, "latent_dim": latent_dim, **scale.documents}
    name = f"{flags['dataset']}-{latent}-dim{latent_dim}"
    if latent == "vmf":
        # A constant KL has nothing to anneal.
        flags["kl_schedule"] = "constant"
        flags["kappa"] = scale.document_kappas[latent_dim]
    return TrainingRun(f"documents-{name}", "bow", flags)


def evaluation(scale: Scale, run: TrainingRun) -> Evaluation:
    """Returns the evaluation of a language model."""
    return Evaluation(run, scale.evaluations)
