"""`python -m trainers.bow`: its flags, its run folder, and what it refuses."""

import contextlib
import functools
import io
import json
import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
from absl import flags

from tf_vmfvae import data, layers
from trainers.bow import flags as bow
from trainers.bow.task import BowTask
from trainers.cli import latent_flags
from trainers.cli.errors import UserError
from trainers.storage import text_cache
from trainers.storage.run_folder import RunFolder
from trainers.training import run as training_run

ROOT = pathlib.Path(__file__).parents[3]
SETTINGS = {
    "dataset": "text",
    "labels": None,
    "vocabulary_size": 100,
    "minimum_documents": 1,
    "stop_words": "none",
    "latent": "vmf_product",
    "latent_dim": 4,
    "spheres": 2,
    "kappa": 10.0,
    "kappa_by": "length",
    "prior_components": 0,
    "initial_kappa": None,
    "hidden_dim": 8,
    "encoder_layers": 1,
    "input_transform": "log",
    "input_dropout": 0.1,
    "dropout": 0.0,
    "bursts": False,
    "codes": 2,
    "samples": 5,
    "refine_steps": None,
    "topics": 2,
    "epochs": 2,
    "batch_size": 8,
    "learning_rate": 0.01,
    "patience": 0,
    "kl_schedule": "constant",
    "kl_weight": 1.0,
    "free_bits": 0.0,
    "minimum_rate": 0.0,
    "anneal_epochs": None,
    "encoder_steps": 0,
    "seed": 1,
    "strategy": "one_device",
    "accumulate_steps": 2,
    "save_seconds": 120.0,
    "precision": "float32",
}


@pytest.fixture
def program(tmp_path):
    """Returns a function that runs the program to its status, output and errors."""

    def run(*flags):
        done = subprocess.run(
            [sys.executable, "-m", "trainers.bow", *flags],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=540,
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture(scope="module")
def documents_folder(tmp_path_factory):
    """Forty raw documents about two topics."""
    folder = tmp_path_factory.mktemp("documents")
    words = {"sport": ["ball", "goal", "team"], "weather": ["rain", "snow", "wind"]}
    for label, own in words.items():
        (folder / label).mkdir()
        for i in range(20):
            text = " ".join([own[i % 3], own[(i + 1) % 3], "today"] * (1 + i % 4))
            (folder / label / f"{i}.txt").write_text(text)
    return folder


def task(documents_folder, **changes):
    return BowTask({**SETTINGS, "data_dir": str(documents_folder), **changes})


@pytest.fixture(scope="module")
def finished(documents_folder, tmp_path_factory):
    """Returns a function from a latent to a run's task, folder and output."""

    @functools.cache
    def run(latent):
        path = tmp_path_factory.mktemp("runs") / latent
        own = task(documents_folder, latent=latent, refine_steps=2)
        return own, path, output_of(own, path)

    return run


def output_of(own, path):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        training_run.run(own, RunFolder(path, {}))
    return out.getvalue()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--latent=vmf_product", "--latent_dim=24"], "--latent_dim: must be a multi"),
        (["--input_dropout=1"], "--input_dropout: must be at least 0 and below 1"),
        (["--kappa=-1"], "--kappa: must be positive"),
        (["--dataset=text"], "--data_dir: --dataset=text needs"),
        (["--dataset=octis"], "--data_dir: --dataset=octis needs the folder that"),
        (["--dataset=ptb"], "--dataset"),
        (["--spheres=two"], "--spheres"),
    ],
)
def test_a_bad_flag_is_refused_in_one_line(program, tmp_path, flags, message):
    status, out, err = program(*flags)

    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def settings_of(*arguments):
    """Returns the settings that a command line results in."""
    own = bow.define_flags(flags.FlagValues())
    own.parse(arguments)
    return own.read_settings()[0]


def test_bursts_change_other_defaults():
    plain = settings_of("--dataset=20ng")
    bursts = settings_of("--dataset=20ng", "--bursts", "--epochs=3")

    assert (plain["bursts"], plain["dropout"], plain["epochs"]) == (False, 0.3, 25)
    assert (bursts["bursts"], bursts["dropout"], bursts["epochs"]) == (True, 0.5, 3)
    assert (plain["codes"], bursts["codes"]) == (2, 1)
    assert bursts["anneal_epochs"] == 1.5
    assert settings_of("--bursts")["dropout"] == settings_of()["dropout"]


def test_latents_on_several_spheres_have_another_default_kappa():
    assert settings_of("--dataset=20ng", "--latent=vmf")["kappa"] == 100.0
    assert settings_of("--dataset=20ng", "--latent=vmf_natural")["kappa"] == 20.0


@pytest.mark.parametrize("latent", ["vmf_natural", "none"])
def test_a_run_leaves_its_folder_and_prints_a_report(finished, latent):
    own, path, printed = finished(latent)
    metrics = json.loads((path / "metrics.json").read_text())
    test = metrics["test"]

    assert test["examples"] == len(own.corpus.test) == 2
    assert test["tokens"] == own.corpus.test.num_words.sum()
    assert test["ppl"] == pytest.approx(
        np.exp(test["nll"] * test["examples"] / test["tokens"])
    )
    if latent == "none":
        assert "nll_iw" not in test
        assert "topics" not in metrics
        assert not (path / "topics.json").exists()
        return
    assert test["nll_iw"] < test["nll"] + 1
    assert test["iw_samples"] == 5
    refined = test["refined"]
    # Five codes per document estimate these bounds with a noise of nearly one nat.
    assert refined["nll"] < test["nll"] + 3
    assert refined["steps"] == 2
    assert {"kl", "ppl", "ppl_by_example", "nll_iw", "ppl_iw"} <= refined.keys()
    assert "posteriors fitted to their documents" in printed
    assert (path / "projector" / "metadata.tsv").read_text().count("sport") >= 1
    assert list((path / "topics").glob("events.*"))
    assert "2 topics of the training documents" in printed
    assert "labels predicted" in printed
    model = keras.models.load_model(path / "model.keras")
    assert model.transform(["a team with a ball"]).shape == (1, 4)
    assert f"NPMI {metrics['topics']['npmi']:.3f}" in printed
    assert list(metrics["labels"]) == ["codes", "counts", "tf-idf"]
    assert len(json.loads((path / "topics.json").read_text())["topics"]) == 2
    rows = (path / "document_topics.csv").read_text().splitlines()
    assert len(rows) == 1 + 40
    assert "new LDAvis" in (path / "topics.html").read_text()


def test_a_finished_run_is_reported_again_and_nothing_is_written(finished):
    own, path, printed = finished("vmf_natural")
    before = {file: file.stat().st_mtime_ns for file in path.rglob("*")}
    again = output_of(BowTask(own.settings), path)

    report = again[again.index("best epoch") :]
    assert printed.endswith(report)
    assert {file: file.stat().st_mtime_ns for file in path.rglob("*")} == before


@pytest.mark.slow
def test_a_run_that_was_stopped_has_the_same_result(
    finished, documents_folder, tmp_path, at_batch, monkeypatch, assert_same_figures
):
    class Stopped(Exception):
        pass

    def stop():
        raise Stopped

    # Without samples, a run ends sooner and has fewer figures.
    own = task(documents_folder, latent="vmf_natural", save_seconds=0.0, samples=0)
    panes = own.make_panes
    with monkeypatch.context() as patch:
        patch.setattr(
            own, "make_panes", lambda folder: [*panes(folder), at_batch(2, 3, stop)]
        )
        with pytest.raises(Stopped):
            output_of(own, tmp_path / "run")
    assert "continuing after batch 2 of epoch 2" in output_of(own, tmp_path / "run")

    assert_same_figures(*metrics_of(tmp_path / "run", finished("vmf_natural")[1]))


def metrics_of(run, finished_run):
    """Returns the metrics of a run without samples, and the same ones of another."""
    found, whole = (RunFolder(path, {}).metrics() for path in (run, finished_run))
    assert found.keys() == whole.keys()
    for split in ("train", "validation", "test"):
        assert {"nll", "kl", "code_gain", "ppl"} <= found[split].keys()
        whole[split] = {name: whole[split][name] for name in found[split]}
    return found, whole


def test_large_documents_are_trained_on_from_disk_as_if_they_were_in_memory(
    finished, documents_folder, tmp_path, monkeypatch, assert_same_figures
):
    in_memory, path, _ = finished("vmf_natural")
    monkeypatch.setattr(text_cache, "LARGE", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    own = task(documents_folder, latent="vmf_natural", samples=0)
    printed = output_of(own, tmp_path / "run")

    assert isinstance(own.corpus.train, data.StoredDocuments)
    assert f"encoding {own.settings['data_dir']} (" in printed
    assert f"encoded in {tmp_path}/caches/tf_vmfvae/" in printed
    assert own.text == in_memory.text
    assert_same_figures(*metrics_of(tmp_path / "run", path))
    for name in ("topics.json", "document_topics.csv"):
        assert (tmp_path / "run" / name).read_text() == (path / name).read_text()


def test_stop_words_may_come_from_a_file(documents_folder, tmp_path):
    file = tmp_path / "stop.txt"
    file.write_text("today\nrain\n")
    own = task(documents_folder, stop_words=str(file))

    assert own.load_corpus().vocabulary == ["ball", "goal", "snow", "team", "wind"]


def test_a_folder_of_octis_is_trained_on_with_its_own_vocabulary(tmp_path):
    lines = [f"goal_{i % 3}\t{'test' if i > 6 else 'train'}\ta" for i in range(9)]
    (tmp_path / "corpus.tsv").write_text("\n".join(lines))
    (tmp_path / "vocabulary.txt").write_text("goal_2\ngoal_1\ngoal_0\n")
    settings = settings_of("--dataset=octis", f"--data_dir={tmp_path}")
    own = BowTask(settings)

    assert (settings["kappa"], settings["latent_dim"]) == (100.0, 25)
    assert own.load_corpus().vocabulary == ["goal_2", "goal_1", "goal_0"]


def test_fitting_posteriors_without_mirror_images_is_refused_before_training():
    given = ["--latent=projected_normal", "--samples=4", "--refine_steps=2"]
    own = bow.define_flags(flags.FlagValues())
    own.parse(given)
    with pytest.raises(UserError, match=r"--refine_steps: .*--latent=projected_normal"):
        own.read_settings()
    # The list of such latents is right.
    for name, (layer, _) in latent_flags.LATENTS.items():
        mirrorless = getattr(layers, layer).mirror is layers.Latent.mirror
        assert mirrorless == (name in latent_flags.WITHOUT_MIRROR), name


def test_flags_without_effect_on_a_folder_of_octis_are_noted(tmp_path):
    own = bow.define_flags(flags.FlagValues())
    given = ["--labels=l.txt", "--vocabulary_size=9", "--stop_words=none"]
    own.parse(["--dataset=octis", f"--data_dir={tmp_path}", *given])
    settings, notes = own.read_settings()

    names = ("labels", "vocabulary_size", "stop_words")
    assert [settings[name] for name in names] == [None] * 3
    for name in names:
        assert f"--{name} has no effect with --dataset=octis" in notes


def test_a_missing_stop_word_file_is_refused_by_name(documents_folder):
    own = task(documents_folder, stop_words="absent.txt")
    with pytest.raises(ValueError, match=r"--stop_words=absent\.txt: cannot be read"):
        own.load_corpus()


@pytest.mark.slow
def test_the_program_learns_the_topics_of_the_embedded_corpus(program, tmp_path):
    flags = ("--latent=vmf", "--epochs=3", "--samples=10", "--output_dir=run")
    status, out, err = program(*flags)

    assert (status, err) == (0, "")
    assert "test: NLL" in out
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert metrics["test"]["ppl_iw"] < metrics["test"]["ppl"]
    # The nearest code mostly belongs to a document of the same topic.
    model = keras.models.load_model(tmp_path / "run" / "model.keras")
    corpus = data.load_documents()
    codes, topics = model.encode(corpus.test), corpus.test.labels
    nearest = np.argsort(-(codes @ codes.T), axis=1)[:, 1]
    assert np.mean(topics[nearest] == topics) > 0.8
