"""Any number of replicas gives the same run as one device."""

import shutil

import numpy as np
import pytest
import tensorflow as tf

from trainers.cli.run_flags import identity
from trainers.devices.strategies import distribute, make_strategy
from trainers.lm.task import LMTask
from trainers.storage.run_folder import RunFolder
from trainers.storage.trained_model import load_best_model
from trainers.training import evaluation_step
from trainers.training import loop as training_loop
from trainers.training import run as training_run

# 15 steps: three batches an epoch, one of which leaves the second replica empty.
EPOCHS = 5
FLAGS = (
    *("--dataset=text", "--batch_size=10", f"--epochs={EPOCHS}", "--dropout=0"),
    *("--latent_dim=3", "--kappa=10", "--hidden_dim=8", "--embedding_dim=8"),
    # Schedules have to reach every replica.
    "--initial_kappa=60",
    # The noise on a sentence's words does not depend on the replica that reads it.
    *("--encoder_swaps=0.3", "--encoder_replacements=0.2"),
    # Each sentence keeps its label.
    *("--condition=label", "--condition_dim=4"),
)


@pytest.fixture(scope="module")
def traced():
    """The shapes that validation was traced for, by strategy."""
    return {}


@pytest.fixture(scope="module")
def flags(corpus_folder, labels):
    return *FLAGS, f"--data_dir={corpus_folder}", f"--labels={labels}"


@pytest.fixture(scope="module")
def trained(flags, tmp_path_factory, traced):
    """Returns a function that trains with a strategy, once, and returns the folder.

    `copy_of(folder)` is the folder as it was after two epochs.
    """
    runs = {}
    totals = evaluation_step.batch_totals
    stop_on = training_loop.TrainingLoop._stop_on

    def copy_after_two_epochs(loop, signals):
        if (loop.progress.epoch, loop.progress.batch) == (2, 0):
            shutil.copytree(loop.folder.path, copy_of(loop.folder))
        stop_on(loop, signals)

    def folder(parse, strategy):
        if strategy not in runs:
            path = tmp_path_factory.mktemp("runs") / strategy
            settings, _ = parse(*flags, f"--strategy={strategy}")
            runs[strategy] = RunFolder(path, identity(settings))
            shapes = traced[strategy] = []

            def count(model, inputs):
                shapes.append(inputs["ids"].shape)
                return totals(model, inputs)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(evaluation_step, "batch_totals", count)
                patch.setattr(
                    training_loop.TrainingLoop, "_stop_on", copy_after_two_epochs
                )
                training_run.run(LMTask(settings), runs[strategy])
        return runs[strategy]

    return folder


def copy_of(folder):
    """Returns where a run's folder was copied to after two epochs."""
    return folder.path.with_name(f"{folder.path.name}_after_two_epochs")


def final_state(folder):
    """Returns weights, optimiser and noise states after the last step."""
    with np.load(max(folder.checkpoints.iterdir())) as content:
        return [content[name] for name in sorted(content.files) if name != "notes"]


@pytest.mark.slow
def test_two_replicas_learn_what_one_device_learns(trained, parse):
    one, two = trained(parse, "one_device"), trained(parse, "mirrored")
    history, other_history = (folder.metrics()["history"] for folder in (one, two))
    assert len(history) == EPOCHS
    for logs, others in zip(history, other_history, strict=True):
        # Speed differs, and the code gain exchanges codes within a replica only.
        for name in logs.keys() - {"words_per_second", "val_code_gain"}:
            assert logs[name] == pytest.approx(others[name], rel=1e-5), name
    for value, other in zip(final_state(one), final_state(two), strict=True):
        np.testing.assert_allclose(value, other, rtol=1e-5, atol=1e-7)


@pytest.mark.slow
def test_a_mirrored_run_leaves_the_same_files_as_any_other(trained, parse):
    one, two = trained(parse, "one_device"), trained(parse, "mirrored")
    names = [
        sorted(path.name.split(".")[0] for path in folder.path.iterdir())
        for folder in (one, two)
    ]
    assert names[0] == names[1]
    weights = [load_best_model(folder).trainable_variables for folder in (one, two)]
    for weight, other in zip(*weights, strict=True):
        np.testing.assert_allclose(weight, other, rtol=1e-5, atol=1e-7)


@pytest.mark.slow
def test_a_run_may_be_resumed_on_other_devices(trained, parse, flags, capsys):
    """Two epochs on one device, the rest on two."""
    whole = trained(parse, "one_device")
    settings, _ = parse(*flags, "--strategy=mirrored")
    folder = RunFolder(copy_of(whole), identity(settings))
    capsys.readouterr()
    training_run.run(LMTask(settings), folder)
    assert "continuing after epoch 2" in capsys.readouterr().out
    for value, other in zip(final_state(whole), final_state(folder), strict=True):
        np.testing.assert_allclose(value, other, rtol=1e-5, atol=1e-7)


@pytest.mark.slow
def test_many_shapes_need_few_traces(trained, traced, parse):
    trained(parse, "mirrored")
    # In each replica, one for the first shape and one for all others.
    assert 0 < len(traced["mirrored"]) <= 4


@pytest.mark.parametrize("rows", [1, 4, 5])
def test_shares_have_the_same_shape_and_hold_the_batch_in_order(rows):
    strategy = make_strategy("mirrored")
    batch = np.arange(1, 1 + rows * 6).reshape(rows, 3, 2)
    dataset = tf.data.Dataset.from_tensors(batch)
    [shares] = distribute(strategy, dataset)
    shares = strategy.experimental_local_results(shares)
    assert len(shares) == 2
    assert shares[0].shape == shares[1].shape == (-(-rows // 2), 3, 2)
    together = np.concatenate(shares)
    np.testing.assert_array_equal(together[:rows], batch)
    assert not together[rows:].any()


def test_a_dictionary_is_shared_out_entry_by_entry():
    strategy = make_strategy("mirrored")
    batch = {"ids": [[3, 2], [4, 2], [5, 2]], "label": [2, 0, 1]}
    [shares] = distribute(strategy, tf.data.Dataset.from_tensors(batch))

    ids = np.concatenate(strategy.experimental_local_results(shares["ids"]))
    labels = np.concatenate(strategy.experimental_local_results(shares["label"]))
    assert ids.tolist() == [[3, 2], [4, 2], [5, 2], [0, 0]]
    assert labels.tolist() == [2, 0, 1, 0]
