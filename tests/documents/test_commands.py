"""Every command in the documents is valid for its program."""

import re
import shlex

import pytest

FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`]+)`")
# Flags of pip, Slurm, TensorBoard and the programs in analysis/ and benchmarks/.
OTHER_FLAGS = {
    "constraint",
    "documents",
    "editable",
    "folder",
    "gib_at_most",
    "in_memory",
    "logdir",
    "help",
    "ntasks-per-node",
    "output",
    "peer_python",
    "profile",
    "run",
    "sentences",
}


def code_of(text):
    """Lines of code: those of code blocks, and what stands between backticks."""
    lines = []
    for block in FENCE.findall(text):
        lines += block.replace("\\\n", " ").splitlines()[1:-1]
    prose = FENCE.sub("", text)
    return lines + [" ".join(span.split()) for span in SPAN.findall(prose)]


def command_of(line):
    """The program and the arguments of a line, or `None`."""
    _, found, rest = line.partition("python -m trainers.")
    if not found:
        return None
    program, *arguments = shlex.split(rest, comments=True)
    for end in ("|", "&&"):
        if end in arguments:
            arguments = arguments[: arguments.index(end)]
    arguments = [each for each in arguments if each[0] not in "<>"]
    return f"trainers.{program}", arguments


def test_a_command_is_found_in_a_block_and_in_prose():
    text = (
        "See `python -m trainers.lm\n--seed=1`.\n\n```\n"
        "python -m trainers.generate --count=9 \\\n  --seed=2 | head >out  # why\n```\n"
    )

    assert [command_of(line) for line in code_of(text)] == [
        ("trainers.generate", ["--count=9", "--seed=2"]),
        ("trainers.lm", ["--seed=1"]),
    ]


@pytest.mark.parametrize(
    "program", ["lm", "bow", "evaluate", "generate", "export", "reproduce"]
)
def test_every_command_in_the_documents_is_valid_for_its_program(
    program, pages, read_flags
):
    found = [
        (page, command[1])
        for page, text in pages.items()
        for line in code_of(text)
        if (command := command_of(line)) and command[0] == f"trainers.{program}"
    ]
    assert found
    errors = read_flags(f"trainers.{program}", [arguments for _, arguments in found])

    wrong = {
        f"{page}: {shlex.join(arguments)}": error
        for (page, arguments), error in zip(found, errors["errors"], strict=True)
        if error
    }
    assert wrong == {}


def test_every_flag_in_the_documents_is_one_of_a_program(pages, flag_names):
    unknown = {
        (page, name)
        for page, text in pages.items()
        for line in code_of(text)
        for name in re.findall(r"(?:^|\s)--([a-z][\w-]*)", line)
        if name.removeprefix("no") not in flag_names
        and name not in flag_names | OTHER_FLAGS
    }
    assert unknown == set()


def test_a_flag_that_no_program_has_is_an_error(read_flags):
    command_lines = [["--no_such_flag=1"], ["--latent=cauchy"], ["--latent=vmf"], ["x"]]
    errors = read_flags("trainers.lm", command_lines)["errors"]

    assert "no_such_flag" in errors[0]
    assert "cauchy" in errors[1]
    assert errors[2] is None
    assert "x" in errors[3]
