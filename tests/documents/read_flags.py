"""Reads command lines with the flags of a program, without running it.

    python tests/documents/read_flags.py trainers.lm <command_lines.json

Standard input is a JSON list of lists of arguments. Prints, as JSON, what is wrong with
each of them or null, and the names of all flags.
"""

import json
import os
import runpy
import sys

from absl import app, flags
from absl.testing import flagsaver


def main() -> None:
    """Runs the program up to where it would read its own command line."""
    program = sys.argv[1]
    command_lines = json.load(sys.stdin)

    def read_all(*_, **__):
        errors = [_error(program, arguments) for arguments in command_lines]
        print(json.dumps({"errors": errors, "flags": list(flags.FLAGS)}))

    app.run = read_all
    sys.argv = [program]
    sys.path.insert(0, os.getcwd())
    runpy.run_module(program, run_name="__main__")


def _error(program, arguments):
    with flagsaver.flagsaver():
        try:
            rest = flags.FLAGS([program, *arguments])
        except flags.Error as error:
            return str(error)
    return f"unexpected argument {rest[1]!r}" if len(rest) > 1 else None


if __name__ == "__main__":
    main()
