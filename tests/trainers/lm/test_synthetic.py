"""Training on generated sentences, and with a prior that is trained too."""

import json

import keras
import numpy as np
import pytest

from tf_vmfvae import data
from trainers.cli.errors import UserError
from trainers.cli.run_flags import identity
from trainers.lm.task import LMTask
from trainers.storage.run_folder import RunFolder
from trainers.training import run as training_run
from trainers.training.loop import TrainingLoop
from trainers.training.schedules import make_schedules


@pytest.fixture
def written(tmp_path):
    """A file of new sentences that are as long as those of the corpus."""
    file = tmp_path / "written.txt"
    texts = ["it sees them the", "the it a a again and again"]
    file.write_text("\n".join(texts * 12) + "\n")
    return file


def rows_of(batches):
    return {
        tuple(row[row > 0])
        for epoch in range(3)
        for batch in batches.dataset(epoch)
        for row in batch.numpy()
    }


def test_only_training_reads_the_synthetic_sentences(make_settings, written):
    flags = f"--synthetic={written}", "--synthetic_share=0.5"
    found = []
    for arguments in ((), flags):
        task = LMTask(make_settings(*arguments))
        task.corpus = task.load_corpus()
        found.append(task.make_splits(task.make_model()))
    without, with_them = found
    added = rows_of(with_them["augmented"]) - rows_of(without["train"])
    assert len(added) == 2
    assert with_them["augmented"].num_examples == without["train"].num_examples
    assert "augmented" not in without
    # The bounds are computed from these.
    for split in ("train", "validation", "test"):
        assert rows_of(with_them[split]) == rows_of(without[split])


def test_a_run_trains_on_the_synthetic_sentences(
    make_settings, written, tmp_path, monkeypatch
):
    class Stop(Exception):
        pass

    def fit(self, train, *_):
        assert isinstance(train, data.AugmentedBatches)
        raise Stop

    monkeypatch.setattr(TrainingLoop, "fit", fit)
    settings = make_settings(f"--synthetic={written}")
    with pytest.raises(Stop):
        training_run.run(LMTask(settings), RunFolder(tmp_path / "run", {}))


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "does not exist"), (b"", "is empty"), (bytes(range(256)), "is not UTF-8")],
)
def test_a_file_without_sentences_is_refused_by_name(
    make_settings, tmp_path, content, message
):
    file = tmp_path / "other.txt"
    if content is not None:
        file.write_bytes(content)
    settings = make_settings(f"--synthetic={file}")
    path = tmp_path / "run"
    with pytest.raises(UserError, match=f"--synthetic: .*other.txt {message}"):
        training_run.run(LMTask(settings), RunFolder(path, identity(settings)))
    assert not path.exists()


def test_sentences_of_another_language_are_refused(make_settings, tmp_path, capsys):
    file = tmp_path / "other.txt"
    file.write_text("le chat dort bien\n" * 9 + "it sees them the\n" * 8)
    task = LMTask(make_settings(f"--synthetic={file}"))
    task.corpus = task.load_corpus()
    with pytest.raises(UserError, match=f"36 of 68 words of --synthetic={file} .* le"):
        task.make_splits(task.make_model())
    # If there are only a few, a note says so.
    file.write_text("le chat dort bien\n" + "it sees them the\n" * 8)
    task.make_splits(task.make_model())
    assert "note: 4 of 36 words of --synthetic=" in capsys.readouterr().out


def test_flags_without_effect_are_noted(parse):
    _, notes = parse("--synthetic_share=0.5")
    assert notes == ["--synthetic_share has no effect without --synthetic"]
    _, notes = parse("--latent=vmf_norm", "--prior_components=3", "--code_layers=1")
    assert notes == ["--prior_components has no effect with --latent=vmf_norm"]
    settings, notes = parse("--latent=none", "--bow_loss=1")
    assert settings["bow_loss"] is None
    assert notes == ["--bow_loss has no effect with --latent=none"]


def test_synthetic_sentences_are_refused_with_labels(parse, tmp_path):
    with pytest.raises(UserError, match="--synthetic: its sentences lack the labels"):
        parse(
            "--dataset=yelp",
            f"--data_dir={tmp_path}",
            "--condition=label",
            "--synthetic=written.txt",
        )


def test_the_auxiliary_loss_falls_to_0_together_with_the_concentration(parse):
    annealed, _ = parse("--bow_loss=1", "--initial_kappa=90", "--epochs=10")
    concentration, auxiliary = make_schedules(annealed)
    assert (concentration.epochs, auxiliary.epochs) == (5.0, 9.0)
    assert make_schedules(parse("--bow_loss=1")[0]) == []


@pytest.mark.slow
def test_a_run_trains_its_prior(make_settings, written, tmp_path):
    settings = make_settings(
        f"--synthetic={written}", "--prior_components=5", "--code_layers=1"
    )
    folder = RunFolder(tmp_path / "run", identity(settings))
    training_run.run(LMTask(settings), folder)

    latent = keras.models.load_model(folder.model).latent
    assert np.ptp(latent.prior().concentration) > 0
    metrics = json.loads((folder.path / "metrics.json").read_text())
    by_epoch = [epoch["val_kl"] for epoch in metrics["history"]]
    assert by_epoch[-1] < by_epoch[0]
    best = by_epoch[metrics["best_epoch"] - 1]
    np.testing.assert_allclose(metrics["validation"]["kl"], best, rtol=1e-3)
