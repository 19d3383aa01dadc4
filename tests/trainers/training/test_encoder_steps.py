"""Aggressive training: the encoder is stepped alone as long as that helps."""

import math
import signal

import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import data, layers, models
from trainers.cli.errors import RunFailed
from trainers.devices.strategies import make_strategy
from trainers.storage.checkpoints import Checkpoints
from trainers.storage.run_folder import RunFolder
from trainers.training.encoder_steps import EncoderSteps
from trainers.training.loop import TrainingLoop
from trainers.training.optimizers import make_optimizer
from trainers.training.progress import Progress

WORDS = [f"w{i}" for i in range(9)]
RNG = np.random.default_rng(1)
# Each document is about one of three topics of three words.
ROWS = [
    [(3 * (i % 3) + word, int(RNG.integers(1, 4))) for word in (1, 2, 3)]
    for i in range(34)
]
MOST = 12


class Bench:
    """A loop with steps of the encoder, compiled once, that tests start anew."""

    def __init__(self, strategy="one_device"):
        strategy = make_strategy(strategy)
        with strategy.scope():
            latent = layers.GaussianLatent(3, seed=1)
            self.model = models.NVDM(
                WORDS, latent, hidden_dim=8, encoder_layers=1, seed=1
            )
            optimizer, of_encoder = (
                make_optimizer("adam", 0.01, steps) for steps in (8, None)
            )
        self.train, self.validation = (
            data.DocumentBatches(
                data.Documents.from_rows(rows), 10, shuffle=shuffle, seed=1
            )
            for rows, shuffle in ((ROWS, True), (ROWS[:8], False))
        )
        self.steps = EncoderSteps(self.model, of_encoder, strategy, 5.0, MOST)
        self.loop = TrainingLoop(
            self.model,
            optimizer,
            strategy,
            RunFolder("unused", {}),
            clip_norm=5.0,
            encoder_steps=self.steps,
        )
        parts = self.model, optimizer, of_encoder
        self._variables = [v for part in parts for v in part.variables]
        self._first = self.values()

    def values(self):
        return [tf.convert_to_tensor(v).numpy() for v in self._variables]

    def start(self, path):
        """Returns the loop in the state that it has in a new process."""
        for variable, value in zip(self._variables, self._first, strict=True):
            variable.assign(value)
        loop = self.loop
        loop.folder = RunFolder(path, {})
        loop.folder.open()
        loop.checkpoints = Checkpoints(loop.folder.checkpoints, self._variables)
        loop.progress = Progress()
        self.steps.forget_batches()
        return loop

    def fit(self, *callbacks, epochs=2):
        self.loop.fit(self.train, self.validation, epochs, 0, callbacks)

    def outcome(self):
        """Returns everything about the end of a run except the time it took."""
        progress = self.loop.progress
        history = [
            {name: value for name, value in logs.items() if name != "words_per_second"}
            for logs in progress.history
        ]
        state = progress.encoder_batches, progress.encoder_lags
        return self.values(), history, state, progress.best_information


@pytest.fixture(scope="module")
def bench():
    return Bench()


@pytest.fixture(scope="module")
def uninterrupted(bench, tmp_path_factory):
    bench.start(tmp_path_factory.mktemp("runs") / "whole")
    bench.fit()
    return bench.outcome()


def test_the_run_logs_its_steps_and_the_mutual_information(bench, uninterrupted):
    _, history, (batches, _), best_information = uninterrupted
    steps = [logs["encoder_steps"] for logs in history]

    # Four batches an epoch, each after ten steps at least.
    assert all(4 * 10 <= count <= 4 * MOST for count in steps)
    assert batches == sum(steps)
    information = [logs["val_mutual_information"] for logs in history]
    assert best_information == max(information)
    assert 0 < max(information) < math.log(8)


def test_only_encoder_and_latent_are_stepped_alone(bench, tmp_path):
    model = bench.start(tmp_path).model
    encoder = {id(weight) for weight in model.encoder_weights()}
    before = [v.numpy() for v in model.trainable_variables]
    bench.steps.take(Progress(), bench.train, 0.003, lambda sums: None)

    for weight, old in zip(model.trainable_variables, before, strict=True):
        assert np.any(weight.numpy() != old) == (id(weight) in encoder), weight.path
    assert float(bench.steps.optimizer.learning_rate) == pytest.approx(0.003)
    assert int(bench.loop.optimizer.iterations) == 0


class Scripted:
    """Stands in for a step: the losses of the batches are given."""

    def __init__(self, losses):
        self.losses = iter(losses)

    def __call__(self, inputs):
        names = "reconstruction", "charged_kl", "auxiliary", "examples"
        values = map(tf.constant, (next(self.losses), 0.0, 0.0, 1.0))
        return dict(zip(names, values, strict=True))


@pytest.mark.parametrize(
    ("losses", "count"),
    [
        # The third ten batches are no better than the second.
        ([*[5.0] * 10, *[4.0] * 20, *[3.0] * 30], 30),
        ([*[5.0] * 10, *[6.0] * 20], 20),
        # A single batch says nothing.
        ([5.0, 9.0, *[5.0] * 8, *[4.0] * 20], 30),
        # They fall on, until there are enough.
        ([float(99 - i) for i in range(60)], 40),
    ],
    ids=["no longer falls", "rises", "one batch", "falls on"],
)
def test_the_steps_end_when_the_loss_no_longer_falls(bench, monkeypatch, losses, count):
    monkeypatch.setattr(bench.steps, "_step", Scripted(losses))
    monkeypatch.setattr(bench.steps, "most", 40)
    progress = Progress(encoder_batches=5)

    taken = bench.steps.take(progress, bench.train, 0.01, lambda sums: None)
    assert taken == count
    assert progress.encoder_batches == 5 + count


def test_the_steps_stop_for_good_once_the_information_no_longer_rises(
    bench, tmp_path, monkeypatch
):
    loop = bench.start(tmp_path)
    found = iter([1.0, 2.0, 1.5])
    monkeypatch.setattr(bench.steps, "most", 1)
    monkeypatch.setattr(bench.steps, "information", lambda validation: next(found))
    bench.fit(epochs=4)
    history = loop.progress.history

    assert ["encoder_steps" in logs for logs in history] == [True, True, True, False]
    assert not loop.progress.encoder_lags
    assert loop.progress.best_information == 2.0


@pytest.mark.parametrize("batch", [2, 4])
def test_a_resumed_run_reads_the_same_batches(
    bench, uninterrupted, tmp_path, at_batch, batch
):
    bench.start(tmp_path)
    with pytest.raises(SystemExit):
        bench.fit(at_batch(1, batch, lambda: signal.raise_signal(signal.SIGINT)))
    assert bench.start(tmp_path).resume()
    bench.fit()

    np.testing.assert_equal(bench.outcome(), uninterrupted)


@pytest.mark.slow
def test_two_replicas_step_the_encoder_as_one_device_does(uninterrupted, tmp_path):
    bench = Bench("mirrored")
    bench.start(tmp_path)
    bench.fit()
    values, history, state, _ = uninterrupted
    others, other_history, other_state, _ = bench.outcome()

    assert state == other_state
    for logs, other in zip(history, other_history, strict=True):
        for name in logs.keys() - {"val_code_gain"}:
            assert other[name] == pytest.approx(logs[name], rel=1e-3), name
    for value, other in zip(values, others, strict=True):
        np.testing.assert_allclose(other, value, rtol=1e-3, atol=1e-4)


def test_a_nonfinite_step_of_the_encoder_ends_the_run(bench, tmp_path):
    bias = bench.start(tmp_path).model.logits.bias
    bias.assign(np.full(bias.shape, np.nan))
    with pytest.raises(RunFailed, match="in a step of the encoder alone: ") as caught:
        bench.fit()
    assert "\n" not in str(caught.value)
