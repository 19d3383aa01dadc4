"""The flags of trainers.lm, their defaults by corpus, and what they mean together."""

from absl import flags

from trainers.cli import latent_flags, paths, run_flags, training_flags
from trainers.cli.defaults import Default, Derived
from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import at_least_zero, dropout_rate, integers, positive, share
from trainers.storage.find_run import find_run
from trainers.storage.run_folder import RunFolder

REAL_TEXT = ["ptb", "yelp", "text"]
# What a flag is worth when it is not given; of two that hold, the later one counts.
DEFAULTS = [
    Default(
        {
            "vocabulary_size": 10_000,
            "batch_size": 32,
            "bow_loss": 0.0,
            "word_dropout": 0.0,
            "clip_norm": 5.0,
            "patience": 3,
            "kl_schedule": "constant",
            "kl_epochs": 20.0,
            "concentration_features": Derived("all of them; for vmf_natural none"),
        }
    ),
    Default(
        {
            "latent_dim": 16,
            "kappa": 25.0,
            "training_kappa": 40.0,
            "spheres": 4,
            "epochs": 6,
            "embedding_dim": 64,
            "hidden_dim": 128,
            "encoder_pooling": "mean",
            "dropout": 0.05,
            "learning_rate": 4e-3,
        },
        {"dataset": ["embedded"]},
    ),
    Default(
        {
            "latent_dim": 50,
            "kappa": 15.0,
            "training_kappa": 35.0,
            "spheres": 5,
            "epochs": 8,
            "embedding_dim": 128,
            "hidden_dim": 400,
            "encoder_pooling": "last",
            "dropout": 0.4,
            "learning_rate": 2e-3,
        },
        {"dataset": REAL_TEXT},
    ),
    Default({"vocabulary_size": 15_000}, {"dataset": ["yelp"]}),
    # The code has to carry everything, and learns to sooner when the encoder is told
    # what it is for.
    Default(
        {
            "kappa": 45.0,
            "training_kappa": 80.0,
            "epochs": 9,
            "encoder_pooling": "mean",
            "bow_loss": 1.0,
            "dropout": 0.2,
        },
        {"dataset": REAL_TEXT, "setting": ["inputless"]},
    ),
    Default({"word_dropout": 1.0}, {"setting": ["inputless"]}),
    latent_flags.OWN_KAPPA,
]
# The value of a flag in a run that was begun before there was such a flag, where that
# is not the flag's default today.
BEFORE = {"encoder_pooling": "last", "bow_loss": 0.0}


def define_flags(values: flags.FlagValues = flags.FLAGS) -> ProgramFlags:
    """Defines and returns the flags; not on import, where another program's may be."""
    own = ProgramFlags(DEFAULTS, values)
    run_flags.define(own, "lm", ["dataset", "setting", "latent"])
    latent_flags.define(own)
    training_flags.define(own)
    own.choice(
        "setting",
        "Whether the decoder reads the previous words; inputless: --word_dropout=1.",
        ["standard", "inputless"],
        default="standard",
    )
    own.number(
        "word_dropout", "Share of previous words hidden from the decoder.", share()
    )
    own.choice("dataset", "The corpus.", ["embedded", *REAL_TEXT], default="embedded")
    own.integer(
        "vocabulary_size",
        "Most frequent words kept, <unk> and <eos> included.",
        integers(3, 10_000_000),
    )
    own.integer("embedding_dim", "Width of the embeddings.", integers(1, 16_384))
    own.integer("hidden_dim", "Width of the layers.", integers(1, 16_384))
    own.integer(
        "num_layers",
        "Layers of the encoder, and of the decoder.",
        integers(1, 3),
        default=1,
    )
    own.choice(
        "encoder",
        "What reads the sentence.",
        ["lstm", "bilstm", "gru", "bow"],
        default="lstm",
    )
    own.choice(
        "encoder_pooling",
        "What a recurrent encoder hands on: its last state, or its outputs pooled.",
        ["last", "max", "mean"],
    )
    own.integer(
        "code_layers",
        "Layers of a perceptron through which the decoder reads the code.",
        integers(0, 10),
        default=0,
    )
    own.choice(
        "condition",
        "What the decoder is told beside the code: the words of the sentence without "
        "their order, or its label.",
        ["none", "bow", "label"],
        default="none",
    )
    own.number(
        "bow_loss",
        "Weight of a loss that has the code foretell the sentence's words.",
        at_least_zero(),
    )
    own.number(
        "bow_loss_epochs",
        "Epochs over which --bow_loss falls to 0.",
        positive(),
        default=Derived("none, it stays"),
    )
    own.number(
        "dropout",
        "Dropout on embeddings, between layers and on outputs.",
        dropout_rate(),
    )
    own.integer(
        "samples",
        "Codes a sentence in training; of more than one the loss is the "
        "importance-weighted bound.",
        integers(1, 1000),
        default=1,
    )
    own.number(
        "recurrent_dropout",
        "Dropout on the recurrent state.",
        dropout_rate(),
        default=0.0,
    )
    own.path(
        "pretrained",
        "Trained model, a run folder or a .keras file, whose weights training begins "
        "with as far as both models have them: a plain one that is given a code, say.",
        default=None,
    )
    own.path(
        "synthetic",
        "File of sentences, one a line, that a language model trained on the same "
        "corpus has written (trainers.generate): training reads them too.",
        default=None,
    )
    own.number(
        "synthetic_share",
        "Share of an epoch's sentences that are of --synthetic, in place of others.",
        share(),
        default=0.67,
    )
    own.switch(
        "tie_embeddings", "Embeddings serve as output weights too.", default=True
    )
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
    if settings["synthetic"]:
        paths.check_input(settings["synthetic"], "synthetic", folders=False, pipes=True)
    if settings["data_dir"]:
        paths.check_input(settings["data_dir"], "data_dir")
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
