"""What the benchmarks that look into a trained language model share."""

import argparse

from tf_vmfvae import data, models
from trainers.failures import UserError
from trainers.language_model_file import load_language_model


def make_parser(doc: str) -> argparse.ArgumentParser:
    """Returns a parser with --model, described by the first line of `doc`."""
    parser = argparse.ArgumentParser(description=doc.partition("\n")[0])
    parser.add_argument("--model", required=True, help="a run folder or a .keras file")
    return parser


def add_corpus_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags that `load_validation` reads."""
    parser.add_argument("--dataset", default="embedded")
    parser.add_argument("--data_dir", help="where the corpus lies")
    parser.add_argument("--count", type=int, default=1000, help="sentences")


def load(parser: argparse.ArgumentParser, path: str) -> models.LanguageModel:
    """Returns the model; a file that holds none ends the program in one line."""
    try:
        return load_language_model(path)
    except UserError as error:
        parser.error(str(error))


def check_count(parser: argparse.ArgumentParser, count: int) -> None:
    """Ends the program in one line where --count asks for no sentence."""
    if count < 1:
        parser.error(f"--count={count}: must be at least 1")


def load_validation(
    parser: argparse.ArgumentParser, options: argparse.Namespace
) -> list[str]:
    """Returns the first `options.count` validation sentences of the corpus."""
    check_count(parser, options.count)
    try:
        corpus = data.load(options.dataset, options.data_dir)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    return corpus.validation[: options.count]
