"""Programs in copies of a process."""

import subprocess
import sys

import pytest

# Runs a program of this package as trainers.reproduce does. The preloaded module is
# another one, so that the test need not wait for TensorFlow.
SCRIPT = """
import signal, sys, time
from pathlib import Path
from trainers.reproduce.runs import forked_program
forked_program.PRELOADED = "json"

def started(*arguments, output=None):
    return forked_program.ForkedProgram("reproduce", arguments, output)

if __name__ == "__main__":
    {body}
"""


def run(tmp_path, body):
    file = tmp_path / "script.py"
    file.write_text(SCRIPT.format(body=body))
    return subprocess.run(
        [sys.executable, file], capture_output=True, text=True, timeout=100
    )


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="is for Linux alone")


def test_a_program_does_what_its_command_does(tmp_path):
    (tmp_path / "out").touch()
    body = (
        f"print(started('--list', output=Path({str(tmp_path / 'out')!r})).wait());"
        "print(started('--experiment=kapa').wait())"
    )
    result = run(tmp_path, body)
    assert result.stdout == "0\n2\n"
    assert "documents" in (tmp_path / "out").read_text()
    assert result.stderr.startswith("error: --experiment=kapa: there is no such")
    assert result.stderr.count("\n") == 1


def test_a_signal_kills_it_unless_it_has_ended(tmp_path):
    body = (
        "p = started('--list'); print(p.wait()); p.send_signal(signal.SIGKILL);"
        "p = started('--list'); p.send_signal(signal.SIGKILL); print(p.wait())"
    )
    result = run(tmp_path, body)
    assert result.stdout.splitlines()[-1] in ("0", "-9")
    assert result.stderr == ""
