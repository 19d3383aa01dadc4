"""Trains the language model NVRNN.

    python -m trainers.lm --latent=vmf
    python -m trainers.lm --latent=vmf --dataset=ptb --data_dir=data --kappa=35

leaves a run folder: model.keras (the best epoch), metrics.json, flags.json,
TensorBoard logs and the checkpoints that the same command goes on from.

Exit status: 0 after a whole run, 1 if the run cannot go on (a loss that is not finite,
a full disk), 2 for bad input, 130 and 143 if Ctrl-C and SIGTERM stopped it: it has
saved its state then, and the same command goes on.
"""

import math
import os

from absl import flags

from trainers import command_line
from trainers.command_line import UserError
from trainers.run_folder import RunFolder

FLAGS = [
    *command_line.define_run_flags(),
    flags.DEFINE_enum(
        "latent", "vmf", ["vmf", "gaussian", "none"], "The latent; none: a plain LSTM."
    ),
    flags.DEFINE_integer("latent_dim", None, "Dimensions of the code."),
    flags.DEFINE_float("kappa", None, "Concentration of the vMF posterior."),
    flags.DEFINE_enum(
        "setting",
        "standard",
        ["standard", "inputless"],
        "Whether the decoder reads the previous words; inputless: --word_dropout=1.",
    ),
    flags.DEFINE_float(
        "word_dropout", None, "Share of previous words hidden from the decoder."
    ),
    flags.DEFINE_enum(
        "dataset", "embedded", ["embedded", "ptb", "text"], "The corpus."
    ),
    flags.DEFINE_integer(
        "vocabulary_size",
        10_000,
        "Most frequent words kept, <unk> and <eos> included.",
        3,
    ),
    flags.DEFINE_integer("epochs", None, "Number of epochs.", lower_bound=1),
    flags.DEFINE_integer("batch_size", None, "Sentences a batch.", lower_bound=1),
    flags.DEFINE_integer(
        "embedding_dim", None, "Width of the embeddings.", lower_bound=1
    ),
    flags.DEFINE_integer("hidden_dim", None, "Width of the LSTMs.", lower_bound=1),
    flags.DEFINE_float("dropout", None, "Dropout on embeddings and decoder outputs."),
    flags.DEFINE_boolean(
        "tie_embeddings", True, "Embeddings serve as output weights too."
    ),
    flags.DEFINE_float("learning_rate", None, "Adam's, at first; falls linearly to 0."),
    flags.DEFINE_float("clip_norm", 5.0, "Gradients are scaled to this global norm."),
    flags.DEFINE_integer(
        "patience", 3, "Epochs without a better bound before stopping; 0: never."
    ),
    flags.DEFINE_enum(
        "kl_schedule",
        "constant",
        ["constant", "linear", "sigmoid"],
        "Weight of the KL.",
    ),
    flags.DEFINE_float(
        "kl_epochs", 20.0, "Epochs over which the KL weight rises to 1."
    ),
]
flags.adopt_module_key_flags(command_line)

# What a flag is worth when it is not given, by corpus.
DEFAULTS = {
    "embedded": {
        "latent_dim": 16,
        "kappa": 40.0,
        "epochs": 6,
        "batch_size": 32,
        "embedding_dim": 64,
        "hidden_dim": 128,
        "dropout": 0.05,
        "learning_rate": 4e-3,
    },
    "ptb": {
        "latent_dim": 50,
        "kappa": 35.0,
        "epochs": 8,
        "batch_size": 32,
        "embedding_dim": 128,
        "hidden_dim": 400,
        "dropout": 0.4,
        "learning_rate": 2e-3,
    },
}
DEFAULTS["text"] = DEFAULTS["ptb"]


def main() -> None:
    """Checks the flags, then trains."""
    settings, notes = read_settings()
    folder = RunFolder(settings["output_dir"], command_line.identity(settings))
    # Only what TensorFlow cannot go on after.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with command_line.native_noise_held_back():
        # TensorFlow takes seconds to import: not before the flags are known to be good.
        from trainers import lm_run

    for note in notes:
        print(f"note: {note}")
    lm_run.run(settings, folder)


def read_settings() -> tuple[dict, list[str]]:
    """Returns every flag's value by name, defaults filled in, and notes for the user.

    What has no effect on the run is `None`, so that it is no part of what the run is.

    Raises:
        UserError: if a value makes no sense.
    """
    settings = {flag.name: flag.value for flag in FLAGS}
    for name, value in DEFAULTS[settings["dataset"]].items():
        if settings[name] is None:
            settings[name] = value
    if settings["word_dropout"] is None:
        settings["word_dropout"] = 1.0 if settings["setting"] == "inputless" else 0.0
    _check(settings)
    if settings["output_dir"] is None:
        name = "lm-{dataset}-{setting}-{latent}".format(**settings)
        settings["output_dir"] = os.path.join("runs", name)
    # Not an error: so one command compares latents by a change of --latent alone.
    notes = []
    for name, cause in _without_effect(settings).items():
        if flags.FLAGS[name].present:
            notes.append(f"--{name} has no effect with --{cause}={settings[cause]}")
        settings[name] = None
    return settings, notes


def _check(settings):
    least = 2 if settings["latent"] == "vmf" else 1
    _require(settings, "latent_dim", f"at least {least}", lambda x: x >= least)
    _require(settings, "word_dropout", "between 0 and 1", lambda x: 0 <= x <= 1)
    _require(settings, "dropout", "at least 0 and below 1", lambda x: 0 <= x < 1)
    _require(settings, "patience", "at least 0", lambda x: x >= 0)
    for name in ("kappa", "kl_epochs", "learning_rate", "clip_norm"):
        _require(settings, name, "positive and finite", lambda x: 0 < x < math.inf)
    if settings["setting"] == "inputless" and settings["word_dropout"] != 1.0:
        raise UserError("--word_dropout: is 1 with --setting=inputless; leave it out")
    if settings["dataset"] == "text" and not settings["data_dir"]:
        raise UserError(
            "--data_dir: --dataset=text needs a text file, one sentence a line, or a "
            "folder of them"
        )


def _require(settings, name, rule, holds):
    if not holds(settings[name]):
        raise UserError(f"--{name}: must be {rule}, not {settings[name]}")


def _without_effect(settings):
    """Flags that nothing reads, each with the flag that makes it so."""
    unused = {}
    if settings["latent"] != "vmf":
        unused["kappa"] = "latent"
    if settings["latent"] == "none":
        unused["latent_dim"] = "latent"
    if settings["dataset"] == "embedded":
        unused["data_dir"] = "dataset"
    return unused


if __name__ == "__main__":
    command_line.run(main)
