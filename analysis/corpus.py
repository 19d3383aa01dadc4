"""The sentences that the programs in analysis/ look at."""

import argparse

from analysis.command_line import UserError
from tf_vmfvae import data


def validation_sentences(options: argparse.Namespace) -> list[str]:
    """Returns the first validation sentences of a corpus.

    Args:
        options: values of the flags in `command_line.CORPUS`.

    Raises:
        UserError: if the corpus cannot be read.
    """
    try:
        corpus = data.load(options.dataset, options.data_dir)
    except (ValueError, OSError) as error:
        raise UserError(str(error)) from error
    return corpus.validation[: options.examples]
