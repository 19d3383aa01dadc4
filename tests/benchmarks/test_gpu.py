import pytest
import tensorflow as tf

from benchmarks import gpu
from trainers.cli.errors import UserError

SMALL = ("--batch_size=4", "--steps=3", "--vocabulary_size=50", "--rounds=1")


def test_a_machine_without_a_gpu_gets_one_line(capsys, monkeypatch):
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: [])
    assert gpu.main([]) == 0
    assert capsys.readouterr().out == (
        "TensorFlow finds no GPU on this machine; nothing was checked\n"
    )


@pytest.mark.parametrize(
    ("device", "message"),
    [("CPU", "give one such as GPU:0"), ("CPU:9", r"this machine has \d+ CPU")],
)
def test_a_device_that_is_not_there_is_refused(device, message):
    with pytest.raises(UserError, match=f"--device={device}: {message}"):
        gpu.main([f"--device={device}"])


@pytest.mark.slow
def test_the_cpu_agrees_with_itself(capsys, monkeypatch):
    monkeypatch.setattr(gpu, "NOISE", float("inf"))
    assert gpu.main([*SMALL, "--device=CPU:0", "--peer_python=false"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for line, kind in zip(lines[:2], ("sentences", "documents"), strict=True):
        assert line == f"losses of {kind}: within 0.0e+00 of the CPU's"
    assert lines[2].startswith("LSTM over sentences: this library's ")
    assert lines[2].endswith("the models take the first")
    assert lines[-1] == "PyTorch: does not run here: it printed nothing"


@pytest.mark.slow
def test_other_losses_are_a_failure(monkeypatch):
    monkeypatch.setattr(gpu, "largest_difference", lambda *arguments: 2e-4)
    monkeypatch.setattr(gpu, "NOISE", float("inf"))
    assert gpu.main([*SMALL, "--device=CPU:0"]) == 1
