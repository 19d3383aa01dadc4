"""An evaluation, from a model on the disk to its table, its figures and its errors."""

import contextlib
import json
import subprocess
import sys

import keras
import pytest
from matplotlib import image

from tf_vmfvae import layers, models
from trainers import evaluation_run
from trainers.command_line import UserError

SETTINGS = {
    "model": None,
    "dataset": "text",
    "data_dir": None,
    "split": "test",
    "samples": 30,
    "refine_steps": 3,
    "examples": None,
    "probe_examples": 24,
    "batch_size": 4,
    "memory_mb": 64,
    "seed": 1,
    "output_dir": None,
}


@pytest.fixture(scope="module")
def evaluated(model_file, corpus_folder, tmp_path_factory):
    """A run folder of a model, evaluated; its path and what it came to."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "model.keras").write_bytes(model_file.read_bytes())
    (folder / "flags.json").write_text('{"dataset": "text", "vocabulary_size": 99}')
    (folder / "metrics.json").write_text('{"test": {"nll": 5.0}, "best_epoch": 3}')
    settings = {
        **SETTINGS,
        "model": str(folder),
        "data_dir": str(corpus_folder),
        "dataset": None,
    }
    return folder, evaluation_run.run(settings)


def test_the_figures_agree_with_each_other(evaluated):
    _, results = evaluated
    bounds = results["bounds"]

    assert (bounds["examples"], results["dataset"]) == (7, "text")
    assert list(bounds["nll_iw"]) == [1, 3, 10, 30]
    assert bounds["nll"] == pytest.approx(bounds["reconstruction"] + bounds["kl"])
    error = bounds["nll_standard_error"] + bounds["nll_iw_standard_error"][30]
    assert bounds["nll_iw"][30] < bounds["nll"] + 4 * error
    information = results["information"]
    # An estimate by samples, so it may fall below 0 by their noise.
    told = information["mutual_information"]
    assert -4 * information["standard_error"] < told <= information["limit"] + 1e-9
    assert 0 < results["units"]["active_units"] <= 4


def test_fitted_posteriors_have_bounds_of_their_own(evaluated):
    _, results = evaluated
    bounds, refined = results["bounds"], results["refined_bounds"]

    assert refined["nll"] != bounds["nll"]
    assert refined["kl"] == pytest.approx(bounds["kl"])  # that of a fixed kappa
    assert list(refined["nll_iw"]) == list(bounds["nll_iw"])
    assert refined["tokens"] == bounds["tokens"]


def test_probes_are_about_the_code(evaluated):
    _, results = evaluated
    probes = results["probes"]

    assert set(probes) == {
        "bag_of_words_from_code",
        "code_from_bag_of_words",
        "cosine_after_swaps",
    }
    assert probes["cosine_after_swaps"][0.0] == pytest.approx(1)
    assert -1 <= probes["code_from_bag_of_words"]["score"] <= 1


def test_it_leaves_json_figures_and_what_belongs_into_the_metrics(evaluated):
    folder, results = evaluated
    left = folder / "evaluation-text-test"

    assert json.loads((left / "evaluation.json").read_text())["bounds"][
        "nll"
    ] == pytest.approx(results["bounds"]["nll"])
    for name in ("bounds.png", "units.png", "swaps.png"):
        assert image.imread(left / name).std() > 0.01
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["best_epoch"] == 3
    assert metrics["test"]["nll"] == 5.0
    assert metrics["test"]["nll_iw"] == results["bounds"]["nll_iw"][30]
    assert metrics["test"]["iw_samples"] == 30


def test_labels_are_told_from_the_code(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    (tmp_path / "yelp").mkdir()
    lines = [f"{i % 2} {'so good' if i % 2 else 'never again'} w{i}" for i in range(90)]
    (tmp_path / "yelp" / "valid.txt").write_text("\n".join(lines))
    model = models.NVRNN(
        ["so", "good", "never", "again"],
        layers.GaussianLatent(4, seed=1),
        hidden_dim=16,
        condition="label",
        num_labels=5,
    )
    model.save(tmp_path / "model.keras")
    settings = {**SETTINGS, "dataset": "yelp", "data_dir": str(tmp_path)}
    results = evaluation_run.run({**settings, "model": str(tmp_path / "model.keras")})

    assert results["probes"]["label_from_code"]["score"] == 1
    assert "33.3%) are unknown to the model" in capsys.readouterr().out
    with pytest.raises(UserError, match="--dataset=embedded: has no labels"):
        evaluation_run.run(
            {**settings, "dataset": "embedded", "model": str(tmp_path / "model.keras")}
        )


def refusal(model_file, **changes):
    settings = {**SETTINGS, "model": str(model_file), **changes}
    with pytest.raises(UserError) as caught:
        evaluation_run.run(settings)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_model_that_is_none_is_named(tmp_path):
    assert "does not exist; give a run folder" in refusal(tmp_path)
    broken = tmp_path / "model.keras"
    broken.write_bytes(b"PK nothing")
    assert f"{broken} cannot be read as a model" in refusal(broken)


def test_a_model_of_another_kind_is_named(tmp_path):
    inputs = keras.Input((3,))
    other = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    other.save(tmp_path / "other.keras")
    message = refusal(tmp_path / "other.keras")
    assert "a model of another kind, Functional" in message


def test_text_that_the_model_has_never_seen_is_counted(model_file, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("\n".join(["the zebra yawns", "the zebra dozes"] * 30))
    message = refusal(model_file, data_dir=str(text), split="validation")
    assert "(66.7%) are unknown to the model" in message
    assert ": zebra, " in message


def test_sentences_longer_than_any_before_are_judged(model_file, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("\n".join(["the cat sees it " * 20] * 60))
    settings = {**SETTINGS, "model": str(model_file), "data_dir": str(text)}
    results = evaluation_run.run({**settings, "output_dir": str(tmp_path / "out")})

    assert results["bounds"]["tokens"] > 3 * 80
    assert (tmp_path / "out" / "evaluation.json").exists()


def test_a_corpus_must_be_named(model_file):
    assert "--dataset: give one" in refusal(model_file, dataset=None)


@pytest.mark.parametrize("path", ["file", "file/below", "/proc/figures", "x" * 300])
def test_a_folder_that_cannot_be_written_is_found_out_before_the_model_is_read(
    model_file, corpus_folder, tmp_path, monkeypatch, path
):
    def load(path):
        raise AssertionError("the model is read")

    monkeypatch.setattr(evaluation_run, "load_language_model", load)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    message = refusal(model_file, data_dir=str(corpus_folder), output_dir=path)
    assert message.startswith(f"--output_dir={path}: ")
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_the_default_folder_is_checked_too(model_file, corpus_folder, tmp_path):
    (tmp_path / "model.keras").symlink_to(model_file)
    (tmp_path / "evaluation-text-test").write_text("mine")
    message = refusal(tmp_path, data_dir=str(corpus_folder))
    assert "evaluation-text-test: is no folder" in message


def test_a_disk_that_fills_up_meanwhile_loses_no_figures(
    model_file, corpus_folder, tmp_path, monkeypatch, capsys
):
    @contextlib.contextmanager
    def full_disk(path):
        yield tmp_path / "partial"
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(evaluation_run, "whole_file", full_disk)
    settings = {**SETTINGS, "model": str(model_file), "data_dir": str(corpus_folder)}
    settings.update(output_dir=str(tmp_path / "out"), samples=3, refine_steps=None)
    with pytest.raises(OSError, match="No space left"):
        evaluation_run.run(settings)
    assert "importance-weighted, K = 3" in capsys.readouterr().out


@pytest.mark.slow
def test_the_program_says_what_is_missing_before_tensorflow_starts(tmp_path):
    for arguments, mention in (
        ([], "--model: give a run folder"),
        (["--model=x", "--samples=0"], "--samples"),
        (["--model=x", "--split=dev"], "train|validation|test"),
    ):
        result = subprocess.run(
            [sys.executable, "-m", "trainers.evaluate", *arguments],
            capture_output=True,
            text=True,
        )
        assert result.returncode == 2
        assert result.stderr.startswith("error: ")
        assert mention in result.stderr
        assert result.stderr.count("\n") == 1
