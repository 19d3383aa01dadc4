"""The defaults of trainers.lm that depend on the corpus, the setting and the code."""

from trainers.cli import latent_flags
from trainers.cli.defaults import GIVEN, Default
from trainers.lm import optimizer_flags

REAL_TEXT = ["ptb", "yelp", "text"]
# Where the code alone has to carry a sentence of real text.
WITHOUT_WORDS = {
    "dataset": REAL_TEXT,
    "setting": ["inputless"],
    "condition": ["none", "label"],
}
# The defaults. If two apply, the later one counts.
DEFAULTS = [
    Default(
        {
            "vocabulary_size": 10_000,
            "batch_size": 32,
            "bow_loss": 0.0,
            "codes": 1,
            "word_dropout": 0.0,
            "patience": 3,
            "kl_schedule": "constant",
            "kappa_by": "features",
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
            "epochs": 4,
            "embedding_dim": 128,
            "hidden_dim": 400,
            "encoder_pooling": "last",
            "dropout": 0.3,
            "learning_rate": 8e-3,
            # Without it, a decoder that learns as fast as this ignores the code.
            "bow_loss": 1.0,
        },
        {"dataset": REAL_TEXT},
    ),
    Default({"vocabulary_size": 15_000}, {"dataset": ["yelp"]}),
    # The code has to carry everything. Learned fast, it fits its own sentences rather
    # than new ones.
    Default(
        {
            "kappa": 45.0,
            "training_kappa": 80.0,
            "epochs": 9,
            "encoder_pooling": "mean",
            "dropout": 0.2,
            "learning_rate": 2e-3,
        },
        {"dataset": REAL_TEXT, "setting": ["inputless"]},
    ),
    # The direction of a Gaussian code has the better bound there, and trains faster.
    Default({"latent": "projected_normal"}, WITHOUT_WORDS),
    # It has no concentration to set.
    *(
        Default({"latent": "vmf"}, {name: GIVEN})
        for name in ("kappa", "training_kappa", "initial_kappa")
    ),
    Default(
        {
            "latent_dim": 16,
            "epochs": 4,
            "embedding_dim": 100,
            "encoder_pooling": "last",
            "learning_rate": 4e-3,
            "bow_loss": 0.0,
            "kl_schedule": "linear",
            "minimum_rate": 10.0,
        },
        {**WITHOUT_WORDS, "latent": ["projected_normal"]},
    ),
    # Either keeps the KL up.
    Default({"minimum_rate": 0.0}, {"free_bits": GIVEN}),
    # A decoder that is told the words needs no code that knows them.
    Default({"bow_loss": 0.0}, {"condition": ["bow"]}),
    Default({"word_dropout": 1.0}, {"setting": ["inputless"]}),
    latent_flags.OWN_KAPPA,
    *optimizer_flags.DEFAULTS,
]
