"""The flags of what training drops or changes at random."""

from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import below_one, share


def define(own: ProgramFlags) -> None:
    """Defines these flags."""
    own.number(
        "dropout",
        "Dropout on embeddings, between layers and on outputs.",
        below_one(),
    )
    own.number(
        "recurrent_dropout",
        "Dropout on the recurrent state.",
        below_one(),
        default=0.0,
    )
    own.number(
        "weight_drop",
        "Share of the LSTMs' recurrent weights that each training step drops.",
        below_one(),
        default=0.0,
    )
    own.switch(
        "variational_dropout",
        "Let --dropout drop the same units at every word of a sentence.",
        default=False,
    )
    own.number(
        "word_dropout",
        "Share of the previous words that training hides from the decoder.",
        share(),
    )
    own.number(
        "encoder_swaps",
        "Share of neighbouring words that change places before the encoder reads "
        "them, in training.",
        share(),
        default=0.0,
    )
    own.number(
        "encoder_replacements",
        "Share of the words that the encoder reads that training replaces by random "
        "ones.",
        share(),
        default=0.0,
    )


def check(settings: dict) -> None:
    """Checks them against other flags.

    Raises:
        UserError: if they do not go together.
    """
    reads_gru = settings["latent"] != "none" and settings["encoder"] == "gru"
    if settings["weight_drop"] and reads_gru:
        raise UserError(
            "--weight_drop: --encoder=gru has no weight drop; choose lstm or bilstm, "
            "or leave it out"
        )
