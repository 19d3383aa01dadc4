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

from trainers import command_line, latent_flags, training_flags
from trainers.command_line import UserError
from trainers.run_folder import RunFolder, find_model
from trainers.settings import (
    find_run,
    leave_aside,
    override,
    require,
    with_defaults,
)

FLAGS = [
    *command_line.define_run_flags(),
    *latent_flags.FLAGS,
    *training_flags.FLAGS,
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
        "dataset", "embedded", ["embedded", "ptb", "yelp", "text"], "The corpus."
    ),
    flags.DEFINE_integer(
        "vocabulary_size",
        None,
        "Most frequent words kept, <unk> and <eos> included.",
        3,
    ),
    flags.DEFINE_integer(
        "embedding_dim", None, "Width of the embeddings.", lower_bound=1
    ),
    flags.DEFINE_integer("hidden_dim", None, "Width of the layers.", lower_bound=1),
    flags.DEFINE_integer(
        "num_layers", 1, "Layers of the encoder, and of the decoder.", 1, 3
    ),
    flags.DEFINE_enum(
        "encoder", "lstm", ["lstm", "bilstm", "gru", "bow"], "What reads the sentence."
    ),
    flags.DEFINE_enum(
        "encoder_pooling",
        None,
        ["last", "max", "mean"],
        "What a recurrent encoder hands on: its last state, or its outputs pooled.",
    ),
    flags.DEFINE_integer(
        "code_layers",
        0,
        "Layers of a perceptron through which the decoder reads the code.",
        0,
        10,
    ),
    flags.DEFINE_enum(
        "condition",
        "none",
        ["none", "bow", "label"],
        "What the decoder is told beside the code: the words of the sentence without "
        "their order, or its label.",
    ),
    flags.DEFINE_float(
        "bow_loss",
        None,
        "Weight of a loss that has the code foretell the sentence's words.",
    ),
    flags.DEFINE_float(
        "bow_loss_epochs",
        None,
        "Epochs over which --bow_loss falls to 0; default: it stays.",
    ),
    flags.DEFINE_float(
        "dropout", None, "Dropout on embeddings, between layers and on outputs."
    ),
    flags.DEFINE_integer(
        "samples",
        1,
        "Codes a sentence in training; of more than one the loss is the "
        "importance-weighted bound.",
        1,
        1000,
    ),
    flags.DEFINE_float("recurrent_dropout", 0.0, "Dropout on the recurrent state."),
    flags.DEFINE_string(
        "pretrained",
        None,
        "Trained model, a run folder or a .keras file, whose weights training begins "
        "with as far as both models have them: a plain one that is given a code, say.",
    ),
    flags.DEFINE_string(
        "synthetic",
        None,
        "File of sentences, one a line, that a language model trained on the same "
        "corpus has written (trainers.generate): training reads them too.",
    ),
    flags.DEFINE_float(
        "synthetic_share",
        0.67,
        "Share of an epoch's sentences that are of --synthetic, in place of others.",
    ),
    flags.DEFINE_boolean(
        "tie_embeddings", True, "Embeddings serve as output weights too."
    ),
]
for module in (command_line, latent_flags, training_flags):
    flags.adopt_module_key_flags(module)

# What a flag is worth when it is not given, by corpus.
DEFAULTS = {
    "embedded": {
        "vocabulary_size": 10_000,
        "latent_dim": 16,
        "kappa": 25.0,
        "training_kappa": 40.0,
        "spheres": 4,
        "epochs": 6,
        "batch_size": 32,
        "embedding_dim": 64,
        "hidden_dim": 128,
        "encoder_pooling": "mean",
        "bow_loss": 0.0,
        "dropout": 0.05,
        "learning_rate": 4e-3,
    },
    "ptb": {
        "vocabulary_size": 10_000,
        "latent_dim": 50,
        "kappa": 15.0,
        "training_kappa": 35.0,
        "spheres": 5,
        "epochs": 8,
        "batch_size": 32,
        "embedding_dim": 128,
        "hidden_dim": 400,
        "encoder_pooling": "last",
        "bow_loss": 0.0,
        "dropout": 0.4,
        "learning_rate": 2e-3,
    },
}
DEFAULTS["text"] = DEFAULTS["ptb"]
DEFAULTS["yelp"] = {**DEFAULTS["ptb"], "vocabulary_size": 15_000}
# The same for --setting=inputless on real text, where they differ: the code has to
# carry everything, and learns to sooner when the encoder is told what it is for.
INPUTLESS = {
    "kappa": 45.0,
    "training_kappa": 80.0,
    "epochs": 9,
    "encoder_pooling": "mean",
    "bow_loss": 1.0,
    "dropout": 0.2,
}
# What a flag is worth to a run that was begun before there was such a flag, where that
# is not its default here.
BEFORE = {"encoder_pooling": "last", "bow_loss": 0.0}


def main() -> None:
    """Checks the flags, then trains."""
    settings, notes = read_settings()
    folder, more = run_folder(settings)
    if settings["pretrained"] and not folder.has_begun:
        find_model(settings["pretrained"], "pretrained")
    # Only what TensorFlow cannot go on after.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with command_line.native_noise_held_back():
        # TensorFlow takes seconds to import: not before the flags are known to be good.
        from trainers.lm_task import LMTask
        from trainers.training_run import run

    for note in (*notes, *more):
        print(f"note: {note}")
    run(LMTask(settings), folder)


def read_settings() -> tuple[dict, list[str]]:
    """Returns every flag's value by name, defaults filled in, and notes for the user.

    What has no effect on the run is `None`, so that it is no part of what the run is.

    Raises:
        UserError: if a value makes no sense.
    """
    settings = _all_settings()
    _check(settings)
    if settings["output_dir"] is None:
        name = "lm-{dataset}-{setting}-{latent}".format(**settings)
        settings["output_dir"] = os.path.join("runs", name)
    return settings, leave_aside(settings, _without_effect(settings))


def run_folder(settings: dict) -> tuple[RunFolder, list[str]]:
    """Returns the run's folder, and notes; the settings become the run's own."""
    return find_run(
        settings,
        FLAGS,
        _without_effect(settings),
        BEFORE,
        lambda own: _check({**_all_settings(), **own}),
    )


def _all_settings():
    """Every flag's value by name, also of those that have no effect."""
    defaults = DEFAULTS
    if flags.FLAGS["setting"].value == "inputless":
        defaults = override(defaults, ("ptb", "yelp", "text"), INPUTLESS)
    settings = with_defaults(FLAGS, defaults)
    # Of a kappa of the user's own the default one says nothing.
    if flags.FLAGS["kappa"].present and not flags.FLAGS["training_kappa"].present:
        settings["training_kappa"] = None
    if settings["word_dropout"] is None:
        settings["word_dropout"] = 1.0 if settings["setting"] == "inputless" else 0.0
    return settings


def _check(settings):
    latent_flags.check(settings)
    training_flags.check(settings)
    require(settings, "bow_loss", "0 or more, finite", lambda x: 0 <= x < math.inf)
    for name in ("word_dropout", "synthetic_share"):
        require(settings, name, "between 0 and 1", lambda x: 0 <= x <= 1)
    if settings["bow_loss_epochs"] is not None:
        require(
            settings,
            "bow_loss_epochs",
            "positive and finite",
            lambda x: 0 < x < math.inf,
        )
    for name in ("dropout", "recurrent_dropout"):
        require(settings, name, "at least 0 and below 1", lambda x: 0 <= x < 1)
    if settings["samples"] > 1 and settings["latent"] != "none":
        # Where the KL costs less than it is, weights by the whole of it have no bound.
        free = "free_bits" in latent_flags.LATENTS[settings["latent"]][1]
        for name, is_whole in (
            ("kl_schedule", settings["kl_schedule"] == "constant"),
            ("free_bits", not (free and settings["free_bits"])),
        ):
            if not is_whole:
                raise UserError(
                    f"--samples: more than one takes the whole KL; leave out --{name}"
                )
    if settings["synthetic"] and settings["condition"] == "label":
        raise UserError(
            "--synthetic: its sentences have no labels, which --condition=label tells"
        )
    if settings["setting"] == "inputless" and settings["word_dropout"] != 1.0:
        raise UserError("--word_dropout: is 1 with --setting=inputless; leave it out")
    if settings["condition"] == "label" and settings["dataset"] != "yelp":
        raise UserError(
            f"--condition: --dataset={settings['dataset']} has no labels; only yelp has"
        )
    if settings["dataset"] == "yelp" and not settings["data_dir"]:
        raise UserError("--data_dir: --dataset=yelp needs the folder above yelp/")
    if settings["dataset"] == "text" and not settings["data_dir"]:
        raise UserError(
            "--data_dir: --dataset=text needs a text file, one sentence a line, or a "
            "folder of them"
        )


def _without_effect(settings):
    unused = latent_flags.without_effect(settings)
    if settings["dataset"] == "embedded":
        unused["data_dir"] = "dataset"
    if settings["latent"] == "none":
        unused.update(
            encoder="latent",
            encoder_pooling="latent",
            code_layers="latent",
            bow_loss="latent",
            samples="latent",
        )
    elif settings["encoder"] == "bow":
        unused["encoder_pooling"] = "encoder"
    if settings["latent"] == "none":
        unused["bow_loss_epochs"] = "latent"
    elif not settings["bow_loss"]:
        unused["bow_loss_epochs"] = "bow_loss"
    if not settings["synthetic"]:
        unused["synthetic_share"] = "synthetic"
    return unused


if __name__ == "__main__":
    command_line.run(main)
