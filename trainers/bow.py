"""Trains the document model NVDM.

    python -m trainers.bow --latent=vmf
    python -m trainers.bow --latent=vmf --dataset=20ng --latent_dim=25 --kappa=100
    python -m trainers.bow --latent=vmf_natural --bursts --dataset=20ng --data_dir=data

leaves a run folder as `trainers.lm` does, with the same exit statuses.
"""

import os

from absl import flags

from trainers import command_line, latent_flags, training_flags
from trainers.command_line import UserError
from trainers.settings import (
    find_run,
    leave_aside,
    override,
    require,
    with_defaults,
)

# What a flag is worth when it is not given, by corpus. Those of 20ng are tuned on
# validation, and the epochs are few because a model learns by heart after them.
DEFAULTS = {
    "embedded": {
        "latent_dim": 10,
        "kappa": 40.0,
        "spheres": 5,
        "concentration_features": 1,
        "epochs": 20,
        "batch_size": 50,
        "hidden_dim": 100,
        "input_dropout": 0.3,
        "dropout": 0.0,
        "samples": 1,
        "learning_rate": 2e-3,
        "vocabulary_size": 2_000,
        "minimum_documents": 1,
        "stop_words": "english",
        "topics": 8,
    },
    "20ng": {
        "latent_dim": 25,
        "kappa": 100.0,
        "spheres": 5,
        "concentration_features": 1,
        "epochs": 25,
        "batch_size": 100,
        "hidden_dim": 400,
        "input_dropout": 0.2,
        "dropout": 0.3,
        "samples": 2,
        "learning_rate": 1e-3,
        "vocabulary_size": 2_000,
        "minimum_documents": 2,
        "stop_words": "english",
        "topics": 20,
    },
}
DEFAULTS["text"] = DEFAULTS["20ng"]
DEFAULTS["rcv1"] = {
    **DEFAULTS["20ng"],
    "latent_dim": 50,
    "kappa": 150.0,
    "epochs": 5,
    "hidden_dim": 800,
    "dropout": 0.0,
    "samples": 1,
    "learning_rate": 2e-3,
    "vocabulary_size": 10_000,
}
# The same for words in bursts, where they differ.
BURSTS = {
    "epochs": 16,
    "input_dropout": 0.0,
    "dropout": 0.5,
    "samples": 1,
    "learning_rate": 2e-3,
}
# The same, where the flag's own default is for sentences.
OWN_DEFAULTS = {"patience": 10, "clip_norm": 20.0, "kl_schedule": "linear"}
# Share of the epochs in which the weight of the KL rises.
KL_RISE = 0.5
# A product of small spheres wants another concentration than one large sphere.
PRODUCT_KAPPA = 20.0
# What a flag is worth to a run that was begun before there was such a flag, where that
# is not its default here.
BEFORE = {"samples": 1}


def define_flags() -> list[flags.FlagHolder]:
    """Defines and returns the flags; not on import, where another program's may be."""
    for module in (command_line, latent_flags, training_flags):
        flags.adopt_module_key_flags(module)
    return [
        *command_line.define_run_flags(),
        *latent_flags.FLAGS,
        *training_flags.FLAGS,
        flags.DEFINE_enum(
            "dataset", "embedded", ["embedded", "20ng", "rcv1", "text"], "The corpus."
        ),
        flags.DEFINE_string(
            "labels",
            None,
            "A file with a label a line, for --dataset=text from a file.",
        ),
        flags.DEFINE_integer(
            "vocabulary_size", None, "Most frequent words kept.", lower_bound=1
        ),
        flags.DEFINE_integer(
            "minimum_documents", None, "In how many documents a word must occur.", 1
        ),
        flags.DEFINE_string(
            "stop_words",
            None,
            "Words left out: english, none, or a file with a word a line.",
        ),
        flags.DEFINE_integer("hidden_dim", None, "Width of the MLPs.", lower_bound=1),
        flags.DEFINE_integer("encoder_layers", 2, "Hidden layers.", lower_bound=1),
        flags.DEFINE_integer("decoder_layers", 1, "Hidden layers; 0: linear.", 0),
        flags.DEFINE_enum(
            "activation", "relu", ["relu", "tanh", "gelu", "softplus"], "Of the MLPs."
        ),
        flags.DEFINE_enum(
            "input_transform",
            "log",
            ["counts", "log", "binary"],
            "What the encoder reads.",
        ),
        flags.DEFINE_float(
            "input_dropout", None, "Share of words that it does not see."
        ),
        flags.DEFINE_float("dropout", None, "On the decoder's hidden layers."),
        flags.DEFINE_boolean("scale_code", True, "Learn a scale of the code."),
        flags.DEFINE_boolean(
            "bursts", False, "Words used once are likelier to be used again."
        ),
        flags.DEFINE_integer(
            "samples", None, "Codes a document in training; bounds are averaged.", 1
        ),
        flags.DEFINE_integer(
            "iw_samples", 100, "Samples of the importance-weighted bound; 0: none.", 0
        ),
        flags.DEFINE_integer(
            "refine_steps",
            None,
            "Steps that fit each posterior to its document, for bounds beside the "
            "encoder's own; 10 take a minute for 7,500 documents. Default: none.",
            1,
        ),
        flags.DEFINE_integer("topics", None, "Topics to show.", lower_bound=1),
    ]


def main(holders: list[flags.FlagHolder]) -> None:
    """Checks the flags, then trains."""
    settings, notes = read_settings(holders)
    folder, more = find_run(
        settings,
        holders,
        _without_effect(settings),
        BEFORE,
        lambda own: _check({**_all_settings(holders), **own}),
    )
    # Only what TensorFlow cannot go on after.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with command_line.native_noise_held_back():
        # TensorFlow takes seconds to import: not before the flags are known to be good.
        from trainers.bow_task import BowTask
        from trainers.training_run import run

    for note in (*notes, *more):
        print(f"note: {note}")
    run(BowTask(settings), folder)


def read_settings(holders: list[flags.FlagHolder]) -> tuple[dict, list[str]]:
    """Returns every flag's value by name, defaults filled in, and notes for the user.

    What has no effect on the run is `None`, so that it is no part of what the run is.

    Raises:
        UserError: if a value makes no sense.
    """
    settings = _all_settings(holders)
    _check(settings)
    if settings["output_dir"] is None:
        name = "bow-{dataset}-{latent}".format(**settings)
        settings["output_dir"] = os.path.join("runs", name)
    return settings, leave_aside(settings, _without_effect(settings))


def _all_settings(holders):
    """Every flag's value by name, also of those that have no effect."""
    defaults = DEFAULTS
    if flags.FLAGS["bursts"].value:
        defaults = override(defaults, ("20ng", "text"), BURSTS)
    settings = with_defaults(holders, defaults)
    own = {**OWN_DEFAULTS, "kl_epochs": KL_RISE * settings["epochs"]}
    if settings["latent"] in latent_flags.PRODUCTS:
        own["kappa"] = PRODUCT_KAPPA
    settings.update({k: v for k, v in own.items() if not flags.FLAGS[k].present})
    return settings


def _check(settings):
    latent_flags.check(settings)
    training_flags.check(settings)
    for name in ("dropout", "input_dropout"):
        require(settings, name, "at least 0 and below 1", lambda x: 0 <= x < 1)
    if settings["dataset"] == "text" and not settings["data_dir"]:
        raise UserError(
            "--data_dir: --dataset=text needs a text file, a document a line, or a "
            "folder of .txt files"
        )


def _without_effect(settings):
    unused = latent_flags.without_effect(settings)
    if settings["latent"] == "none":
        for name in ("scale_code", "samples", "refine_steps"):
            unused[name] = "latent"
    elif not settings["iw_samples"]:
        unused["refine_steps"] = "iw_samples"
    if settings["dataset"] == "embedded":
        unused["data_dir"] = "dataset"
    if settings["dataset"] in ("20ng", "rcv1"):
        for name in ("vocabulary_size", "minimum_documents", "stop_words"):
            unused[name] = "dataset"
    if settings["dataset"] != "text":
        unused["labels"] = "dataset"
    return unused


if __name__ == "__main__":
    HOLDERS = define_flags()
    command_line.run(lambda: main(HOLDERS))
