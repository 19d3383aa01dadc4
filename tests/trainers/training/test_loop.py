"""The training loop counts right, stops in time, and refuses nonfinite losses."""

import dataclasses
import math
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import data, evaluation
from trainers.cli.errors import RunFailed


def test_an_epoch_reads_every_sentence_once(bench, tmp_path, at_batch):
    totals = {}
    see = at_batch(1, bench.batches, lambda: totals.update(bench.loop.progress.totals))
    bench.start(tmp_path)
    bench.fit(see, epochs=1)
    assert totals["examples"] == bench.train.num_examples
    assert totals["words"] == bench.train.num_words
    validated = bench.loop.progress.history[0]
    assert validated["val_examples"] == bench.validation.num_examples
    assert validated["val_tokens"] == bench.validation.num_words


def test_the_first_batch_may_be_partly_empty(bench, tmp_path):
    """New weights must give finite values for empty rows too."""
    bench.start(tmp_path)
    ids = next(iter(bench.train.dataset()))[:1]
    only = data.Batches(tf.RaggedTensor.from_tensor(ids, padding=0), batch_size=5)
    bench.loop.fit(only, only, epochs=1, patience=0)
    assert math.isfinite(bench.loop.progress.history[0]["nll"])


def test_the_learning_rate_falls_and_the_kl_weight_rises(uninterrupted):
    _, history, _, _ = uninterrupted
    rates = [logs["learning_rate"] for logs in history]
    assert 0.01 > rates[0] > rates[1] > 0.0009
    # These are the weights in the last batch of each epoch.
    assert [round(logs["kl_weight"], 4) for logs in history] == [0.3333, 0.8333]


def test_the_objective_weights_the_kl(bench):
    totals = {"reconstruction": 8.0, "charged_kl": 2.0, "auxiliary": 0.0}
    bench.model.kl_weight.assign(0.25)
    assert float(bench.model.objective(totals)) == 8.5


def test_training_stops_when_the_bound_no_longer_improves(bench, tmp_path, monkeypatch):
    def bounds(nll):
        names = [field.name for field in dataclasses.fields(evaluation.Bounds)]
        return evaluation.Bounds(**{**dict.fromkeys(names, 1.0), "nll": nll})

    loop = bench.start(tmp_path)
    saved = []
    coming = iter([5.0, 4.0, 4.5, 4.0, 3.0])
    monkeypatch.setattr(loop, "evaluate", lambda _: bounds(next(coming)))
    monkeypatch.setattr(
        loop.folder, "save_model", lambda _: saved.append(loop.progress.best_epoch)
    )
    bench.fit(patience=2, epochs=9)
    # It stops two epochs after the best one, although the fifth would be better.
    assert loop.progress.epoch == 4
    assert (loop.progress.best_epoch, loop.progress.best_nll) == (1, 4.0)
    assert saved == [0, 1]


def test_each_epoch_prints_one_line_and_nothing_else(bench, tmp_path, capsys):
    bench.start(tmp_path)
    bench.fit()
    printed = capsys.readouterr()
    number = r"-?\d+\.\d\d"
    line = (
        rf"epoch 1/2  \d+ s  train: NLL {number} KL {number} PPL {number}  "
        rf"validation: NLL {number} KL {number} PPL {number} code gain {number} \*"
    )
    lines = printed.out.splitlines()
    assert len(lines) == bench.epochs
    assert re.fullmatch(line, lines[0])
    # There is no progress bar, because stderr is not a terminal.
    assert printed.err == ""


def test_an_epoch_that_diverged_for_a_while_is_printed_in_short(
    bench, tmp_path, at_batch, capsys
):
    def diverge():
        bench.loop.progress.totals["kl"] = 1e12

    bench.start(tmp_path)
    bench.fit(at_batch(1, bench.batches, diverge), epochs=1)
    number = r"\d\.\d\de\+\d\d"
    line = capsys.readouterr().out
    assert re.search(f"train: NLL {number} KL {number} PPL {number}  valid", line)
    assert "e+" not in line.partition("validation")[2]


@pytest.mark.parametrize("batch", [1, 3])
def test_a_nonfinite_loss_ends_the_run_and_keeps_the_best_model(
    bench, tmp_path, at_batch, batch
):
    kernel = bench.model.sentence_decoder.layers[0].cell.kernel
    nans = at_batch(2, batch, lambda: kernel.assign(np.full(kernel.shape, np.nan)))
    loop = bench.start(tmp_path)
    with pytest.raises(RunFailed) as caught:
        bench.fit(nans)
    where = "validation: " if batch == bench.batches else f"batch {batch + 1}, example "
    message = str(caught.value)
    assert message.startswith(f"not finite in epoch 2, {where}")
    assert str(loop.folder.model) in message
    assert "\n" not in message
    # The best model is that of the first epoch, complete and finite.
    best = keras.models.load_model(loop.folder.model)
    assert all(np.all(np.isfinite(v.numpy())) for v in best.trainable_variables)
    assert loop.resume()
    assert (loop.progress.epoch, loop.progress.best_epoch) == (1, 0)


def test_a_nonfinite_step_is_not_taken(bench, tmp_path):
    """So the weights can still show which sentences are to blame."""
    loop = bench.start(tmp_path)
    bias = bench.model.output_map.bias
    bias.assign(np.full(bias.shape, np.nan))
    with pytest.raises(RunFailed, match=r"batch 1, example \d+ \(.+ more: ") as caught:
        bench.fit()
    assert "best model kept: none yet" in str(caught.value)
    assert not loop.folder.model.exists()
    nonfinite = [
        variable.path
        for variable in bench.model.trainable_variables
        if not np.all(np.isfinite(np.asarray(variable)))
    ]
    assert nonfinite == [bias.path]
