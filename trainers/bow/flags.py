"""The flags of trainers.bow, their defaults by corpus, and which go together."""

from absl import flags

from trainers.cli import latent_flags, paths, run_flags, training_flags
from trainers.cli.defaults import Default, Derived
from trainers.cli.earlier_flags import EarlierFlags
from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import below_one, integers

# Gradients are scaled down to this global norm. How large they are depends on the
# length of the examples, not on the run, so it is not a flag.
CLIP_NORM = 20.0
# The defaults. If two apply, the later one counts. Those for 20ng were tuned on its
# validation set; the epochs are few because a model overfits after them.
DEFAULTS = [
    Default(
        {
            "spheres": 5,
            "training_kappa": Derived("same as --kappa"),
            "vocabulary_size": 2_000,
            "stop_words": "english",
            "patience": 10,
            "kl_schedule": "linear",
            "kappa_by": "length",
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
            "codes": 1,
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
            "codes": 2,
            "learning_rate": 1e-3,
            "minimum_documents": 2,
            "topics": 20,
        },
        {"dataset": ["20ng", "rcv1", "octis", "text"]},
    ),
    Default(
        {
            "latent_dim": 50,
            "kappa": 150.0,
            "epochs": 5,
            "hidden_dim": 800,
            "dropout": 0.0,
            "codes": 1,
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
            "codes": 1,
            "learning_rate": 2e-3,
        },
        {"dataset": ["20ng", "octis", "text"], "bursts": [True]},
    ),
    # Small spheres need another concentration than one large sphere.
    Default({"kappa": 20.0}, {"latent": latent_flags.PRODUCTS}),
]
EARLIER = EarlierFlags(
    added={"codes": 1, "kappa_by": "length"},
    fixed={
        **latent_flags.FIXED,
        **training_flags.FIXED,
        "activation": "relu",
        "clip_norm": CLIP_NORM,
        "concentration_features": 1,
        "decoder_layers": 1,
        "scale_code": True,
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
        without_effect=_without_effect,
        earlier=EARLIER,
    )
    _define_model(own)
    latent_flags.define(own)
    training_flags.define(
        own, codes="Codes per document in training. Their bounds are averaged."
    )
    _define_data(own)
    _define_report(own)
    run_flags.define(own, "bow", ["dataset", "latent"])
    return own


def _define_model(own):
    own.group("Model")
    own.integer("hidden_dim", "Width of the hidden layers.", integers(1, 16_384))
    own.integer(
        "encoder_layers", "Hidden layers of the encoder.", integers(1, 100), default=2
    )
    own.choice(
        "input_transform",
        "What the encoder reads of a word's count: the count itself, log(1 + count), "
        "or whether the word occurs.",
        ["counts", "log", "binary"],
        default="log",
    )
    own.number(
        "input_dropout",
        "Share of a document's words that training hides from the encoder.",
        below_one(),
    )
    own.number("dropout", "Dropout on the decoder's hidden layer.", below_one())
    own.switch(
        "bursts",
        "Model bursts: a word that a document has used once is likelier to be used "
        "again.",
        default=False,
    )


def _define_data(own):
    own.group("Data")
    own.choice(
        "dataset",
        "Corpus to train on; octis: a folder in the format of OCTIS; text: your own.",
        ["embedded", "20ng", "rcv1", "octis", "text"],
        default="embedded",
    )
    own.path(
        "data_dir",
        "Where the corpus is: the folder that holds 20ng/ or rcv1/; for octis, the "
        "folder that holds corpus.tsv and vocabulary.txt; for text, a file with one "
        "document per line or a folder of .txt files.",
        default=None,
    )
    own.path(
        "labels",
        "File with one label per line, for --dataset=text from a file.",
        default=None,
    )
    own.integer(
        "vocabulary_size",
        "Size of the vocabulary: the most frequent words.",
        integers(1, 10_000_000),
    )
    own.integer(
        "minimum_documents",
        "Words in fewer documents than this are left out.",
        integers(1, 1_000_000_000),
    )
    own.path(
        "stop_words",
        "Words to leave out: english, none, or a file with one word per line.",
    )


def _define_report(own):
    own.group("Report")
    own.integer(
        "samples",
        "Samples of the code in the importance-weighted bound; 0: leave it out.",
        integers(0, 1_000_000),
        default=100,
    )
    own.integer(
        "refine_steps",
        "Steps that fit each posterior to its document, for a second set of bounds; 10 "
        "steps take a minute for 7,500 documents.",
        integers(1, 100_000),
        default=None,
    )
    own.integer("topics", "Number of topics to show.", integers(1, 10_000))


def _check(settings):
    run_flags.check(settings)
    latent_flags.check(settings)
    if settings["refine_steps"] and settings["latent"] in latent_flags.WITHOUT_MIRROR:
        raise UserError(
            "--refine_steps: fitting a posterior needs mirror images of codes, which "
            f"--latent={settings['latent']} does not have; leave it out or choose "
            "another latent"
        )
    if settings["data_dir"]:
        paths.check_input(settings["data_dir"], "data_dir")
    if settings["labels"]:
        paths.check_input(settings["labels"], "labels", folders=False, pipes=True)
    if settings["stop_words"] not in ("english", "none"):
        paths.check_input(
            settings["stop_words"], "stop_words", folders=False, pipes=True
        )
    needed = {
        "octis": "the folder that holds corpus.tsv and vocabulary.txt",
        "text": "a text file with one document per line, or a folder of .txt files",
    }
    if settings["dataset"] in needed and not settings["data_dir"]:
        raise UserError(
            f"--data_dir: --dataset={settings['dataset']} needs "
            f"{needed[settings['dataset']]}"
        )


def _without_effect(settings):
    unused = latent_flags.without_effect(settings)
    unused |= training_flags.without_effect(settings)
    if settings["latent"] == "none":
        unused |= {"codes": "latent", "refine_steps": "latent"}
    elif not settings["samples"]:
        unused["refine_steps"] = "samples"
    if settings["dataset"] == "embedded":
        unused["data_dir"] = "dataset"
    if settings["dataset"] in ("20ng", "rcv1", "octis"):
        for name in ("vocabulary_size", "minimum_documents", "stop_words"):
            unused[name] = "dataset"
    if settings["dataset"] != "text":
        unused["labels"] = "dataset"
    return unused
