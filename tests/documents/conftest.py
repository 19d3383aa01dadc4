"""The texts of the documents, and the flags of the programs that they mention."""

import json
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PROGRAMS = ("lm", "bow", "evaluate", "generate", "export", "reproduce")


@pytest.fixture(scope="session")
def pages():
    """Texts of all Markdown documents, by their path within the repository."""
    files = [
        ROOT / "README.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "saved_models").rglob("*.md"),
    ]
    files = [file for file in files if "generated" not in file.parts]
    return {
        file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
        for file in files
    }


@pytest.fixture(scope="session")
def read_flags():
    """Returns a function that reads command lines with the flags of a program.

    It returns `"errors"`, with what is wrong with each command line or `None`, and
    `"flags"`, the names of all flags.
    """

    def read(program, command_lines):
        script = ROOT / "tests" / "documents" / "read_flags.py"
        result = subprocess.run(
            [sys.executable, script, program],
            input=json.dumps(command_lines),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(result.stdout)

    return read


@pytest.fixture(scope="session")
def flag_names(read_flags):
    """The names of the flags of all programs."""
    names = set()
    for program in PROGRAMS:
        names |= set(read_flags(f"trainers.{program}", [])["flags"])
    return names
