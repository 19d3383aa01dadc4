"""Command lines of the programs in analysis/ and benchmarks/."""

import argparse
import contextlib
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from trainers.cli.errors import UserError

# Flags that several programs have, for `make_parser`.
MODEL = {"model": (str, "run folder or .keras file that trainers.lm saved")}
CORPUS = {
    "dataset": ("embedded", "corpus"),
    "data_dir": (None, "where the corpus is"),
    "examples": (1000, "number of validation sentences"),
}
OUTPUT_DIR = {
    "output_dir": (Path, "folder to write to; it is created if it does not exist")
}


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `UserError` when the arguments are bad."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message.removeprefix('argument ')}; see --help")


def make_parser(doc: str, **flags: tuple[Any, str]) -> Parser:
    """Makes the parser of a program.

    Args:
        doc: the program's docstring, whose first line goes into the help text.
        **flags: maps the name of a flag to its default and its help text. The default
            also says what the flag takes: `False` nothing, a number a number above 0, a
            tuple a comma-separated list, `None` any text. A type in place of a default
            makes the flag required.

    >>> parser = make_parser("Adds.", rounds=(9, "rounds"), kappas=((1.0,), "kappas"))
    >>> parser.parse_args(["--rounds=3", "--kappas=40,80"])
    Namespace(rounds=3, kappas=(40.0, 80.0))
    """
    parser = Parser(description=doc.partition("\n")[0], allow_abbrev=False)
    for name, (default, text) in flags.items():
        parser.add_argument(f"--{name}", **_options(default, text))
    return parser


def run(main: Callable[[], int | None]) -> NoReturn:
    """Runs a program and exits with what it returns; with 2 after bad input."""
    try:
        sys.exit(main())
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)


def make_output_dir(folder: Path) -> None:
    """Makes the folder that --output_dir names.

    Raises:
        UserError: if it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"--output_dir={folder}: {error.strerror}") from error


def _options(default: Any, text: str) -> dict[str, Any]:
    """Returns how argparse describes a flag with that default."""
    if isinstance(default, type):
        return {"type": default, "required": True, "help": text}
    if default is False:
        return {"action": "store_true", "help": text}
    if default is None:
        return {"help": text}
    if isinstance(default, tuple):
        kind, shown = _list_of(_kind(default[0])), ",".join(map(str, default))
    else:
        kind, shown = _kind(default), default
    return {"type": kind, "default": default, "help": f"{text}; default: {shown}"}


def _kind(default: Any) -> Callable[[str], Any]:
    """Returns what reads a value of the default's type."""
    kind = type(default)
    return _positive(kind) if kind in (int, float) else kind


def _list_of(kind: Callable[[str], Any]) -> Callable[[str], tuple]:
    return lambda text: tuple(kind(item) for item in text.split(","))


def _positive(kind: type) -> Callable[[str], float]:
    def read(text: str) -> float:
        with contextlib.suppress(ValueError):
            number = kind(text)
            if 0 < number < math.inf:
                return number
        whole = "whole " if kind is int else ""
        raise argparse.ArgumentTypeError(f"{text!r} is not a {whole}number above 0")

    return read
