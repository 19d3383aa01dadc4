"""Processes of runs, and how they are stopped."""

import os
import signal
import sys
import threading
import time

import pytest

from trainers.cli import interruptions
from trainers.reproduce.runs import process


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Returns a function that makes a shell script the interpreter."""
    monkeypatch.chdir(tmp_path)

    def made(script):
        file = tmp_path / "python"
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(file))

    return made


def test_a_process_gets_its_arguments_and_its_status_is_returned(stand_in):
    stand_in('echo "$@" >seen; exit 3')

    assert process.run_process("lm", ["--epochs=2"]) == 3
    with open("seen") as seen:
        assert seen.read() == "-m trainers.lm --epochs=2\n"


@pytest.mark.parametrize(
    ("number", "raised"),
    [
        (signal.SIGINT, KeyboardInterrupt),
        (signal.SIGTERM, interruptions.Terminated),
    ],
)
def test_a_signal_reaches_the_process_once_and_waits_until_it_has_saved(
    stand_in, number, raised, tmp_path
):
    name = number.name.removeprefix("SIG")
    stand_in(
        f"trap 'echo {name} >>saved; sleep 0.3; echo end >>saved; exit 130' {name}\n"
        "touch ready; while :; do sleep 0.05; done"
    )

    def send():
        while not (tmp_path / "ready").exists():
            time.sleep(0.02)
        os.kill(os.getpid(), number)

    before = {each: signal.getsignal(each) for each in interruptions.MESSAGES}
    interruptions.raise_errors()
    sender = threading.Thread(target=send)
    sender.start()
    try:
        with pytest.raises(raised):
            process.run_process("lm", [])
    finally:
        sender.join()
        for each, handler in before.items():
            signal.signal(each, handler)
    assert (tmp_path / "saved").read_text() == f"{name}\nend\n"
