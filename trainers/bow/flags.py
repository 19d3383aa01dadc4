"""The flags of trainers.bow, their defaults by corpus, and what they mean together."""

from absl import flags

from trainers.cli import latent_flags, paths, run_flags, training_flags
from trainers.cli.defaults import Default, Derived
from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import dropout_rate, integers
from trainers.storage.find_run import find_run
from trainers.storage.run_folder import RunFolder

# What a flag is worth when it is not given; of two that hold, the later one counts.
# Those of 20ng are tuned on validation, and the epochs are few because a model learns
# by heart after them.
DEFAULTS = [
    Default(
        {
            "spheres": 5,
            "concentration_features": 1,
            "training_kappa": Derived("that of --kappa"),
            "vocabulary_size": 2_000,
            "stop_words": "english",
            "clip_norm": 20.0,
            "patience": 10,
            "kl_schedule": "linear",
            "kl_epochs": Derived("half of --epochs", lambda s: 0.5 * s["epochs"]),
        }
    ),
    Default(
        {
            "latent_dim": 10,
            "kappa": 40.0,
            "epochs": 20,
            "batch_size": 50,
            "hidden_dim": 100,
            "input_dropout": 0.3,
            "dropout": 0.0,
            "samples": 1,
            "learning_rate": 2e-3,
            "minimum_documents": 1,
            "topics": 8,
        },
        {"dataset": ["embedded"]},
    ),
    Default(
        {
            "latent_dim": 25,
            "kappa": 100.0,
            "epochs": 25,
            "batch_size": 100,
            "hidden_dim": 400,
            "input_dropout": 0.2,
            "dropout": 0.3,
            "samples": 2,
            "learning_rate": 1e-3,
            "minimum_documents": 2,
            "topics": 20,
        },
        {"dataset": ["20ng", "rcv1", "text"]},
    ),
    Default(
        {
            "latent_dim": 50,
            "kappa": 150.0,
            "epochs": 5,
            "hidden_dim": 800,
            "dropout": 0.0,
            "samples": 1,
            "learning_rate": 2e-3,
            "vocabulary_size": 10_000,
        },
        {"dataset": ["rcv1"]},
    ),
    Default(
        {
            "epochs": 16,
            "input_dropout": 0.0,
            "dropout": 0.5,
            "samples": 1,
            "learning_rate": 2e-3,
        },
        {"dataset": ["20ng", "text"], "bursts": [True]},
    ),
    # Small spheres want another concentration than one large sphere.
    Default({"kappa": 20.0}, {"latent": latent_flags.PRODUCTS}),
]
# The value of a flag in a run that was begun before there was such a flag, where that
# is not the flag's default today.
BEFORE = {"samples": 1}


def define_flags(values: flags.FlagValues = flags.FLAGS) -> ProgramFlags:
    """Defines and returns the flags; not on import, where another program's may be."""
    own = ProgramFlags(DEFAULTS, values)
    run_flags.define(own, "bow", ["dataset", "latent"])
    latent_flags.define(own)
    training_flags.define(own)
    own.choice(
        "dataset", "The corpus.", ["embedded", "20ng", "rcv1", "text"], "embedded"
    )
    own.path(
        "labels", "A file with a label a line, for --dataset=text from a file.", None
    )
    own.integer("vocabulary_size", "Most frequent words kept.", integers(1, 10_000_000))
    own.integer(
        "minimum_documents",
        "In how many documents a word must occur.",
        integers(1, 1_000_000_000),
    )
    own.path(
        "stop_words", "Words left out: english, none, or a file with a word a line."
    )
    own.integer("hidden_dim", "Width of the hidden layers.", integers(1, 16_384))
    own.integer(
        "encoder_layers", "Hidden layers of the encoder.", integers(1, 100), default=2
    )
    own.integer(
        "decoder_layers",
        "Hidden layers of the decoder; 0: it is linear.",
        integers(0, 100),
        default=1,
    )
    own.choice(
        "activation",
        "Activation of the hidden layers.",
        ["relu", "tanh", "gelu", "softplus"],
        default="relu",
    )
    own.choice(
        "input_transform",
        "What the encoder reads of the words' counts.",
        ["counts", "log", "binary"],
        default="log",
    )
    own.number(
        "input_dropout",
        "Share of a document's words that the encoder does not see.",
        dropout_rate(),
    )
    own.number("dropout", "Dropout on the decoder's hidden layers.", dropout_rate())
    own.switch("scale_code", "Learn a scale of the code.", default=True)
    own.switch(
        "bursts", "Words used once are likelier to be used again.", default=False
    )
    own.integer(
        "samples",
        "Codes a document in training; bounds are averaged.",
        integers(1, 1000),
    )
    own.integer(
        "iw_samples",
        "Samples of the importance-weighted bound; 0: none.",
        integers(0, 1_000_000),
        default=100,
    )
    own.integer(
        "refine_steps",
        "Steps that fit each posterior to its document, for bounds beside the "
        "encoder's own; 10 take a minute for 7,500 documents.",
        integers(1, 100_000),
        default=None,
    )
    own.integer("topics", "Topics to show.", integers(1, 10_000))
    return own


def read_settings(own: ProgramFlags) -> tuple[dict, list[str]]:
    """Returns every flag's value by name, defaults filled in, and notes for the user.

    What has no effect on the run is `None`, so that it is no part of what the run is.

    Raises:
        UserError: if a value makes no sense.
    """
    settings = own.settings()
    _check(settings)
    return settings, own.leave_aside(settings, _without_effect(settings))


def run_folder(own: ProgramFlags, settings: dict) -> tuple[RunFolder, list[str]]:
    """Returns the run's folder, and notes; the settings become the run's own."""
    return find_run(own, settings, _without_effect(settings), BEFORE, _check)


def _check(settings):
    latent_flags.check(settings)
    if settings["data_dir"]:
        paths.check_input(settings["data_dir"], "data_dir")
    if settings["labels"]:
        paths.check_input(settings["labels"], "labels", folders=False, pipes=True)
    if settings["stop_words"] not in ("english", "none"):
        paths.check_input(
            settings["stop_words"], "stop_words", folders=False, pipes=True
        )
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
