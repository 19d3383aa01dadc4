"""The flags of trainers.lm, and which go together."""

from absl import flags

from trainers.cli import latent_flags, paths, run_flags, training_flags
from trainers.cli.defaults import Derived
from trainers.cli.earlier_flags import EarlierFlags
from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import at_least_zero, integers, share
from trainers.lm import dropout_flags, optimizer_flags, pretraining_flags
from trainers.lm.default_values import DEFAULTS, REAL_TEXT
from trainers.storage.model_file import find_model

# With this many words or more, --softmax=auto takes the adaptive softmax.
LARGE_VOCABULARY = 20_000
# Flags of the encoder and the code, which a model without a code does not read.
OF_CODES = (
    "encoder",
    "encoder_pooling",
    "encoder_swaps",
    "encoder_replacements",
    "code_layers",
    "code_at_every_step",
    "bow_loss",
    "codes",
)
EARLIER = EarlierFlags(
    added={
        "encoder_pooling": "last",
        "bow_loss": 0.0,
        "codes": 1,
        "kappa_by": "features",
        "minimum_rate": 0.0,
        "clip_norm": optimizer_flags.CLIP_NORM,
        "plateau_factor": None,
        "softmax": "full",
    },
    fixed={
        **latent_flags.FIXED,
        **training_flags.FIXED,
        "bow_loss_epochs": Derived(
            "with --initial_kappa, --bow_loss falls to 0 over nine tenths of --epochs",
            training_flags.bow_loss_epochs,
        ),
        "concentration_features": None,
        "tie_embeddings": True,
    },
)


def define_flags(values: flags.FlagValues = flags.FLAGS) -> ProgramFlags:
    """Defines and returns the flags.

    It is not done on import, because absl knows each flag only once in a process.
    """
    own = ProgramFlags(
        DEFAULTS,
        values,
        check=_check,
        check_new=_check_new,
        without_effect=_without_effect,
        earlier=EARLIER,
    )
    _define_model(own)
    latent_flags.define(own)
    training_flags.define(
        own,
        codes="Codes per sentence in training. With several, the loss is their "
        "importance-weighted bound.",
        learning_rate=optimizer_flags.LEARNING_RATE,
    )
    optimizer_flags.define(own)
    pretraining_flags.define(own)
    own.number(
        "bow_loss",
        "Weight of an auxiliary loss, in which the code alone predicts the sentence's "
        "words. With --initial_kappa it falls to 0.",
        at_least_zero(),
    )
    own.path(
        "pretrained",
        "Trained model to start from: a run folder or a .keras file. Weights that both "
        "models have are copied.",
        default=None,
    )
    _define_data(own)
    run_flags.define(own, "lm", ["dataset", "setting", "latent"])
    return own


def _define_model(own):
    own.group("Model")
    own.choice(
        "setting",
        "Whether the decoder reads the previous words (standard) or the code alone "
        "(inputless).",
        ["standard", "inputless"],
        default="standard",
    )
    own.choice(
        "condition",
        "What else the decoder reads: the sentence's words without their order (bow), "
        "or its label (label), which the encoder reads too: a yelp review's stars, an "
        "embedded sentence's topic, or what --labels says.",
        ["none", "bow", "label"],
        default="none",
    )
    own.integer(
        "condition_dim",
        "Width of what the decoder reads of --condition: of the map of the words' mean "
        "embedding, or of the label's embedding.",
        integers(1, 16_384),
        default=Derived("that of the paper, 200 for bow and 50 for label"),
    )
    own.choice(
        "encoder",
        "Network that reads the sentence.",
        ["lstm", "bilstm", "gru", "bow"],
        default="lstm",
    )
    own.choice(
        "encoder_pooling",
        "What a recurrent encoder returns: its last state, or the maximum or mean of "
        "its outputs.",
        ["last", "max", "mean"],
    )
    own.integer(
        "num_layers",
        "Recurrent layers in the encoder.",
        integers(1, 3),
        default=1,
    )
    own.integer(
        "decoder_layers",
        "Recurrent layers in the decoder.",
        integers(1, 3),
        default=Derived("same as --num_layers"),
    )
    own.integer("embedding_dim", "Width of the word embeddings.", integers(1, 16_384))
    own.integer(
        "hidden_dim",
        "Width of the encoder's and the decoder's layers.",
        integers(1, 16_384),
    )
    own.integer(
        "code_layers",
        "Dense layers between the code and the decoder.",
        integers(0, 10),
        default=0,
    )
    own.switch(
        "code_at_every_step",
        "Let the decoder read the code at every step, not only in its first state.",
        default=True,
    )
    own.choice(
        "softmax",
        "Output layer. full: one softmax over all words; adaptive: a faster one for "
        "large vocabularies, exact too, that first chooses among frequent words and "
        "groups of rarer ones (Grave et al. 2017); auto: adaptive if the corpus has "
        f"{LARGE_VOCABULARY} words or more.",
        ["auto", "full", "adaptive"],
        default=Derived(
            f"full; auto with --vocabulary_size={LARGE_VOCABULARY} or more",
            _softmax,
        ),
    )
    dropout_flags.define(own)


def _softmax(settings):
    return "auto" if settings["vocabulary_size"] >= LARGE_VOCABULARY else "full"


def _define_data(own):
    own.group("Data")
    own.choice(
        "dataset",
        "Corpus to train on; text: your own.",
        ["embedded", *REAL_TEXT],
        default="embedded",
    )
    own.path(
        "data_dir",
        "Where the corpus is: the folder that holds ptb/ or yelp/; or your own text, a "
        "file with one sentence per line or a folder of such files.",
        default=None,
    )
    own.path(
        "labels",
        "Labels of your own text, for --dataset=text: a file with the label of each "
        "line of --data_dir on the same line or, if that is a folder, a folder that "
        "holds such a file under the name of each text file.",
        default=None,
    )
    own.integer(
        "vocabulary_size",
        "Size of the vocabulary: the most frequent words, <unk> and <eos> included.",
        integers(3, 10_000_000),
    )
    own.path(
        "synthetic",
        "File with more sentences to train on, one per line, generated by a language "
        "model of the same corpus (trainers.generate).",
        default=None,
    )
    own.number(
        "synthetic_share",
        "Share of each epoch's sentences that --synthetic replaces.",
        share(),
        default=0.67,
    )


def _check(settings):
    run_flags.check(settings)
    latent_flags.check(settings)
    _check_codes(settings)
    _check_averages(settings)
    dropout_flags.check(settings)
    pretraining_flags.check(settings)
    if settings["synthetic"]:
        paths.check_input(settings["synthetic"], "synthetic", folders=False, pipes=True)
    if settings["data_dir"]:
        paths.check_input(settings["data_dir"], "data_dir")
    if settings["labels"]:
        paths.check_input(settings["labels"], "labels", pipes=True)
    if settings["synthetic"] and settings["condition"] == "label":
        raise UserError(
            "--synthetic: its sentences lack the labels that --condition=label needs"
        )
    if settings["setting"] == "inputless" and settings["word_dropout"] != 1.0:
        raise UserError("--word_dropout: is 1 with --setting=inputless; leave it out")
    if settings["condition"] == "label":
        _check_labels(settings)
    if settings["dataset"] == "text" and not settings["data_dir"]:
        raise UserError(
            "--data_dir: --dataset=text needs a text file with one sentence per line, "
            "or a folder of such files"
        )


def _check_labels(settings):
    """Checks that the sentences have labels."""
    if settings["dataset"] == "ptb":
        raise UserError("--condition: --dataset=ptb has no labels; choose none or bow")
    if settings["dataset"] == "text" and not settings["labels"]:
        raise UserError(
            "--labels: --condition=label needs a file with the label of each line of "
            "--data_dir"
        )


def _check_codes(settings):
    """Checks that the importance-weighted bound of several codes has its full KL."""
    if settings["codes"] == 1 or settings["latent"] == "none":
        return
    for name, takes_part_away in (
        ("kl_schedule", settings["kl_schedule"] != "constant"),
        ("kl_weight", training_flags.weighs_kl(settings)),
        ("pretrain_epochs", pretraining_flags.pretrains(settings)),
        *((name, _value(settings, name)) for name in latent_flags.RATE_FLOOR),
    ):
        if takes_part_away:
            raise UserError(
                f"--codes: more than one needs the full KL; leave out --{name}"
            )
    if _value(settings, "batch_norm"):
        raise UserError(
            "--codes: more than one needs posteriors that do not depend on the batch; "
            "leave out --batch_norm"
        )


def _check_averages(settings):
    """Refuses averages of weights that do not belong together."""
    if not settings["ema_momentum"]:
        return
    if pretraining_flags.pretrains(settings):
        raise UserError(
            "--ema_momentum: --pretrain_epochs starts the decoder again, and the "
            "averages would mix both decoders; leave one of the flags out"
        )
    if _value(settings, "batch_norm"):
        raise UserError(
            "--ema_momentum: the statistics of --batch_norm are not those of the "
            "averaged weights; leave one of the flags out"
        )


def _value(settings, name):
    """Returns the value of a flag if the latent reads it, and `None` otherwise."""
    return settings[name] if latent_flags.reads(settings, name) else None


def _check_new(settings):
    if settings["pretrained"]:
        find_model(settings["pretrained"], "pretrained")


def _without_effect(settings):
    unused = latent_flags.without_effect(settings)
    unused |= training_flags.without_effect(settings)
    unused |= pretraining_flags.without_effect(settings)
    if settings["latent"] == "none":
        for name in OF_CODES:
            unused[name] = "latent"
        if settings["decoder_layers"]:
            unused["num_layers"] = "decoder_layers"
    elif settings["encoder"] == "bow":
        unused |= {"encoder_pooling": "encoder", "encoder_swaps": "encoder"}
    if settings["condition"] == "none":
        unused["condition_dim"] = "condition"
    if settings["dropout"] == 0:
        unused["variational_dropout"] = "dropout"
    if settings["dataset"] == "embedded":
        unused["data_dir"] = "dataset"
    if settings["dataset"] != "text":
        unused["labels"] = "dataset"
    if not settings["synthetic"]:
        unused["synthetic_share"] = "synthetic"
    return unused
