"""However a program ends, it ends in one line and with the right status."""

import logging
import os
import pathlib
import signal
import subprocess
import sys

import pytest
import tensorflow as tf
from absl import flags

from trainers.cli import interruptions, process
from trainers.cli.program_flags import ProgramFlags

ROOT = pathlib.Path(__file__).parents[3]
PROGRAMS = ["lm", "bow", "evaluate", "export", "generate"]


@pytest.fixture
def program(tmp_path):
    """Returns a function that runs a program of a few lines from a shell."""

    def run(work, shell="{}", **options):
        file = tmp_path / "program.py"
        lines = "\n".join(f"    {line}" for line in work.splitlines())
        file.write_text(
            "import os, sys, numpy\n"
            "from trainers.cli import process\n"
            "from trainers.cli.program_flags import ProgramFlags\n"
            f"def main(own):\n{lines}\n"
            "process.run(ProgramFlags, main)\n"
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        environment.update(options.pop("env", {}))
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", shell.format(f"{sys.executable} {file}")],
            env=environment,
            capture_output=True,
            timeout=120,
            **options,
        )

    return run


def assert_one_line(result, status, message):
    assert result.returncode == status, result
    assert result.stderr.decode() == f"error: {message}\n"


MANY_LINES = "for number in range(100_000): print(number)"


def test_a_program_ends_quietly_if_its_output_is_cut_off(program):
    result = program(MANY_LINES, "{} | head -n 1")

    assert result.stdout == b"0\n"
    assert (result.returncode, result.stderr) == (128 + signal.SIGPIPE, b"")


def test_a_program_ends_quietly_if_nobody_reads_its_output(program):
    result = program("print('word')", "{} | sleep 0")

    assert result.returncode in (0, 128 + signal.SIGPIPE)
    assert result.stderr == b""


@pytest.mark.parametrize("text", ["print('word')", MANY_LINES, "print('a', end='')"])
def test_output_to_a_full_disk_fails_in_one_line(program, text):
    result = program(text, "{} >/dev/full")
    assert_one_line(result, 1, "standard output: No space left on device")


@pytest.mark.parametrize(
    ("closed", "seen"),
    [
        ("<&-", b"output\nmore\n"),
        (">&-", b""),
        ("2>&-", b"output\nmore\n"),
        ("<&- >&- 2>&-", b""),
    ],
)
def test_a_program_works_with_closed_streams(program, closed, seen, tmp_path):
    file = tmp_path / "written"
    work = (
        "print('output'); print('caf\\udce9', file=sys.stderr)\n"
        "assert sys.stdin.read() == ''\n"
        # Otherwise prints would end up in the first file that is opened.
        f"with open({str(file)!r}, 'w') as file:\n"
        "    assert file.fileno() > 2\n"
        "    print('more')\n"
        "    file.write('mine')"
    )
    result = program(work, "{} " + closed, stdin=subprocess.DEVNULL)

    assert (result.returncode, result.stdout) == (0, seen)
    assert file.read_text() == "mine"


def test_a_program_that_only_prints_is_refused_a_closed_output():
    result = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m trainers.generate --model=x >&-"],
        cwd=ROOT,
        capture_output=True,
    )
    message = "standard output: is closed, so nothing could be seen"
    assert_one_line(result, 1, message)


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}, {"PYTHONIOENCODING": "latin-1"}],
    ids=str,
)
def test_any_text_can_be_printed_in_any_encoding(program, environment):
    text = r"print('caf\u00e9 \u4e16 \udcff')"
    result = program(text, env={"PYTHONUTF8": "0", **environment})

    assert result.returncode == 0
    assert result.stdout.startswith(b"caf")
    assert result.stdout.endswith(rb"\udcff" + b"\n")


@pytest.mark.parametrize(
    ("work", "message"),
    [
        ("raise MemoryError", "out of memory"),
        ("bytearray(2**62)", "out of memory"),
        ("numpy.zeros(2**58)", "out of memory (Unable to allocate 2.00 EiB for an"),
        ("import json; json.loads('[' * 99999)", "something is nested too deeply ("),
        ("open('/no/such/file')", "/no/such/file: No such file or directory"),
        ("os.mkdir('/dev/null/x')", "/dev/null/x: Not a directory"),
    ],
)
def test_an_error_of_the_system_is_shown_in_one_line(program, work, message):
    result = program(work)

    assert result.returncode == 1
    assert result.stderr.decode().startswith(f"error: {message}")
    assert result.stderr.count(b"\n") == 1


def test_tensorflow_running_out_of_memory_is_shown_in_one_line(monkeypatch, capsys):
    def main(own):
        message = (
            "{{node x}} OOM when allocating tensor\n\t [[{{node while}}]]\nHint: look"
        )
        raise tf.errors.ResourceExhaustedError(None, None, message)

    for name in ("end_at_once", "raise_errors"):
        monkeypatch.setattr(interruptions, name, lambda: None)
    monkeypatch.setattr(logging, "disable", lambda level: None)
    own = ProgramFlags(values=flags.FlagValues())
    own.parse([])
    with pytest.raises(SystemExit) as caught:
        process._guarded(main, own, None)

    assert caught.value.code == 1
    assert capsys.readouterr().err == (
        "error: out of memory or disk space: OOM when allocating tensor\n"
    )


@pytest.mark.parametrize(
    ("number", "message"),
    [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "stopped by SIGTERM")],
)
def test_a_program_can_clean_up_after_a_signal(program, tmp_path, number, message):
    work = (
        "try:\n"
        f"    os.kill(os.getpid(), {int(number)})\n"
        "finally:\n"
        f"    open({str(tmp_path / 'cleaned')!r}, 'w').close()"
    )
    assert_one_line(program(work), 128 + number, message)
    assert (tmp_path / "cleaned").exists()


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name
)
@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("package", ["absl", "tensorflow"])
def test_a_signal_during_the_imports_ends_in_one_line(tmp_path, package, name, number):
    """Importing `package` sends the signal and waits."""
    (tmp_path / "model.keras").write_bytes(b"a model")
    (tmp_path / f"{package}.py").write_text(
        f"import os, time; os.kill(os.getpid(), {int(number)}); time.sleep(60)"
    )
    flags = {"evaluate": ["--dataset=text"], "export": ["--output_dir=served"]}
    model = [] if name in ("lm", "bow") else ["--model=model.keras"]
    result = subprocess.run(
        [sys.executable, "-m", f"trainers.{name}", *model, *flags.get(name, [])],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        timeout=120,
    )
    message = {signal.SIGINT: "interrupted", signal.SIGTERM: "stopped by SIGTERM"}
    assert_one_line(result, 128 + number, message[number])
    assert not (tmp_path / "served").exists()
