"""Evaluations of saved models: results, table, figures and errors."""

import errno
import json
import shutil
import subprocess
import sys

import keras
import pytest
from matplotlib import image

from tf_vmfvae import data, layers, models
from trainers.cli.errors import UserError
from trainers.evaluate import results_file, sentences
from trainers.evaluate import run as evaluation_run
from trainers.evaluate.run_metrics import add_to_metrics
from trainers.storage import fingerprint, metrics_file, text_cache
from trainers.storage.folder_lock import FolderInUse, FolderLock
from trainers.storage.run_record import RunRecord

SETTINGS = {
    "model": None,
    "dataset": "text",
    "data_dir": None,
    "split": "test",
    "samples": 30,
    "refine_steps": 3,
    "examples": None,
    "probe_examples": 24,
    "texts": None,
    "language_model": None,
    "topics": None,
    "labels": None,
    "batch_size": 4,
    "memory_mb": 64,
    "seed": 1,
    "output_dir": None,
}


FLAGS = {"dataset": "text", "vocabulary_size": 99}
# Metrics of a run whose test set has seven sentences and 35 words.
METRICS = {
    "validation": {"nll": 5.0},
    "test": {"nll": 5.0, "examples": 7, "tokens": 35},
    "best_epoch": 3,
}


@pytest.fixture(scope="module")
def evaluated(model_file, corpus_folder, tmp_path_factory):
    """Evaluates a run folder; returns its path and the results."""
    folder = tmp_path_factory.mktemp("run")
    make_run(folder, model_file)
    settings = {
        **SETTINGS,
        "model": str(folder),
        "data_dir": str(corpus_folder),
        "dataset": None,
    }
    return folder, evaluation_run.run(settings)


def make_run(folder, model_file, flags=FLAGS, metrics=METRICS):
    """Makes a run folder like those of earlier versions, without a fingerprint."""
    folder.mkdir(exist_ok=True)
    (folder / "model.keras").write_bytes(model_file.read_bytes())
    (folder / "flags.json").write_text(json.dumps(flags))
    (folder / "metrics.json").write_text(json.dumps(metrics))
    return folder


@pytest.fixture(scope="module")
def model(model_file):
    return keras.models.load_model(model_file)


@pytest.fixture
def add(evaluated, corpus_folder, model_file, model, tmp_path):
    """Returns a function that adds the test set's results to the metrics of a run.

    The function returns the new metrics or, if nothing was added, the message.
    """

    def to(metrics=METRICS, text=None, corpus_dir=None, split="test", **record):
        make_run(tmp_path / "run", model_file, metrics=metrics)
        file = tmp_path / "run" / "metrics.json"
        results = {**evaluated[1], "split": split}
        corpus = data.load("text", corpus_dir or corpus_folder)
        run = RunRecord(FLAGS, text=text or {}, **record)
        before = file.read_text()
        message = add_to_metrics(file, run, model, corpus, results)
        assert "\n" not in message
        if message == f"added to {file}":
            return json.loads(file.read_text())
        assert file.read_text() == before
        assert message.startswith(f"note: {file} is not changed: ")
        return message

    return to


@pytest.fixture(scope="module")
def text(corpus_folder):
    return fingerprint.of_corpus(data.load("text", corpus_folder))


def test_results_are_added_to_metrics_of_the_same_text(add, text):
    assert add(text=text)["test"]["iw_samples"] == 30
    # With a fingerprint, the counts in the metrics do not matter.
    figures = {"nll": 1.0}
    metrics = {"validation": figures, "test": figures}
    assert add(metrics, text)["test"]["iw_samples"] == 30


def test_results_are_not_added_to_metrics_of_another_text(
    add, text, corpus_folder, tmp_path
):
    other = tmp_path / "other"
    shutil.copytree(corpus_folder, other)
    # The numbers of sentences and words stay the same.
    lines = (other / "test.txt").read_text()
    (other / "test.txt").write_text(lines.replace("sees", "hears"))
    assert "its test split is a different text" in add(text=text, corpus_dir=other)
    # Only the split that was evaluated must agree.
    shutil.copy(corpus_folder / "test.txt", other / "test.txt")
    lines = (other / "train.txt").read_text()
    (other / "train.txt").write_text(lines + lines)
    assert add(text=text, corpus_dir=other)["test"]["iw_samples"] == 30


def test_results_are_not_added_to_metrics_of_another_split(add, text):
    metrics = {name: METRICS["test"] for name in ("train", "validation", "test")}
    swapped = {**text, "validation": text["test"]}
    assert "validation split is a different text" in add(
        metrics, swapped, split="validation"
    )
    assert "it has no train split" in add(text=text, split="train")


def test_results_are_not_added_to_figures_of_a_sample(add, text):
    metrics = {**METRICS, "train": {**METRICS["test"], "sampled_from": 99}}
    assert "its figures for the train split are those of a sample" in add(
        metrics, text, split="train"
    )


@pytest.mark.parametrize("name", ["examples", "tokens"])
def test_without_a_fingerprint_the_counts_must_agree(add, name):
    assert add()["test"]["iw_samples"] == 30
    for test in (
        {**METRICS["test"], name: METRICS["test"][name] + 1},
        {k: v for k, v in METRICS["test"].items() if k != name},
    ):
        assert "its test split is a different text" in add({**METRICS, "test": test})


def test_nothing_is_added_to_the_metrics_of_a_published_model(add, text):
    assert "holds a published model" in add(text=text, released=True)


@pytest.mark.parametrize(
    "metrics",
    [
        [],
        1,
        None,
        "best",
        {},
        {**METRICS, "test": None},
        {**METRICS, "test": [5.0]},
        {**METRICS, "test": {"nll": "low"}},
        {**METRICS, "validation": 5.0},
        {**METRICS, "best_epoch": {}},
        {**METRICS, "history": "long"},
    ],
)
def test_nothing_is_added_to_metrics_that_no_run_wrote(add, text, metrics):
    assert "is not what a run wrote" in add(metrics, text)


def test_an_evaluation_succeeds_even_if_its_results_cannot_be_added(
    add, text, monkeypatch
):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", "lock")

    with monkeypatch.context() as patch:
        patch.setattr(metrics_file, "FolderLock", refuse)
        assert "Permission denied" in add(text=text)
    monkeypatch.setattr(metrics_file, "PAUSE", 0.0)

    def take(*_):
        raise FolderInUse("process 1 on elsewhere")

    monkeypatch.setattr(metrics_file, "FolderLock", take)
    assert "process 1 on elsewhere is using the folder" in add(text=text)


def test_results_on_another_text_are_not_replaced(
    evaluated, corpus_folder, tmp_path, monkeypatch
):
    folder, results = evaluated
    settings = {**SETTINGS, "model": str(folder)}
    file = folder / "evaluation-text-test" / "evaluation.json"
    before = file.read_text()
    assert json.loads(before)["text"]["count"] == results["bounds"]["examples"]
    other = tmp_path / "other"
    shutil.copytree(corpus_folder, other)
    lines = (other / "test.txt").read_text().splitlines()
    (other / "test.txt").write_text("\n".join(reversed(lines)))

    def start(*_):
        raise RuntimeError("the long work begins")

    monkeypatch.setattr(sentences, "probes", start)
    with pytest.raises(UserError, match=r"test holds the results on another text; "):
        evaluation_run.run({**settings, "data_dir": str(other)})
    # The same text can be evaluated again, and any text in a folder of one's own.
    for allowed in (
        {"data_dir": str(corpus_folder)},
        {"data_dir": str(other), "output_dir": str(file.parent)},
    ):
        with pytest.raises(RuntimeError, match="long work"):
            evaluation_run.run({**settings, **allowed})
    assert file.read_text() == before


def test_a_large_text_is_evaluated_from_disk_as_if_it_were_in_memory(
    model, corpus_folder, tmp_path, monkeypatch
):
    def judge():
        settings = {**SETTINGS, "data_dir": str(corpus_folder), "examples": 5}
        return sentences.SentenceJudge(model, settings, FLAGS)

    in_memory = judge()
    monkeypatch.setattr(text_cache, "LARGE", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    from_disk = judge()
    assert isinstance(from_disk.corpus.test, data.StoredSentences)
    assert from_disk.text == in_memory.text
    found, expected = (
        [batch.numpy().tolist() for batch in each.batches().dataset()]
        for each in (from_disk, in_memory)
    )
    assert found == expected


def test_two_evaluations_at_once_lose_no_results(tmp_path, monkeypatch):
    file = tmp_path / "metrics.json"
    file.write_text(json.dumps(METRICS))
    first = FolderLock(tmp_path)

    def release_and_wait(_):
        metrics_file.write_object(file, {**METRICS, "test": {"nll": 4.0}})
        first.release()

    monkeypatch.setattr(metrics_file.time, "sleep", release_and_wait)
    metrics_file.add_figures(file, "test", {"nll_iw": 3.0})
    assert json.loads(file.read_text())["test"] == {"nll": 4.0, "nll_iw": 3.0}


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ([], "not a JSON object"),
        ({"dataset": ["text"]}, "--dataset is ['text']"),
        ({"flags": {"dataset": {}}}, "--dataset is {}"),
        ({"dataset": "text", "vocabulary_size": "many"}, "--vocabulary_size is 'many'"),
        ({"dataset": "text", "vocabulary_size": 9.5}, "--vocabulary_size is 9.5"),
        ({"dataset": "text", "vocabulary_size": True}, "--vocabulary_size is True"),
        ({"dataset": "text", "vocabulary_size": -4}, "vocabulary size is -4"),
        ({"dataset": "cifar"}, "--dataset: give one"),
        ({"dataset": 5}, "--dataset: give one"),
        ({}, "--dataset: give one"),
    ],
)
def test_a_run_folder_with_bad_flags_is_refused_by_name(
    model_file, corpus_folder, tmp_path, flags, message
):
    folder = make_run(tmp_path / "run", model_file, flags)
    before = sorted(tmp_path.rglob("*"))
    assert message in refusal(folder, dataset=None, data_dir=str(corpus_folder))
    assert sorted(tmp_path.rglob("*")) == before


def test_the_results_agree_with_each_other(evaluated):
    _, results = evaluated
    bounds = results["bounds"]

    assert (bounds["examples"], results["dataset"]) == (7, "text")
    assert list(bounds["nll_iw"]) == [1, 3, 10, 30]
    assert bounds["nll"] == pytest.approx(bounds["reconstruction"] + bounds["kl"])
    error = bounds["nll_standard_error"] + bounds["nll_iw_standard_error"][30]
    assert bounds["nll_iw"][30] < bounds["nll"] + 4 * error
    information = results["information"]
    # It is estimated from samples, whose noise may make it negative.
    nats = information["mutual_information"]
    assert -4 * information["standard_error"] < nats <= information["limit"] + 1e-9
    assert 0 < results["units"]["active_units"] <= 4


def test_fitted_posteriors_have_their_own_bounds(evaluated):
    _, results = evaluated
    bounds, refined = results["bounds"], results["refined_bounds"]

    assert refined["nll"] != bounds["nll"]
    # With a fixed kappa, the KL is the same for every posterior.
    assert refined["kl"] == pytest.approx(bounds["kl"])
    assert list(refined["nll_iw"]) == list(bounds["nll_iw"])
    assert refined["tokens"] == bounds["tokens"]


def test_probes_relate_code_and_words(evaluated):
    _, results = evaluated
    probes = results["probes"]

    assert set(probes) == {
        "bag_of_words_from_code",
        "code_from_bag_of_words",
        "embedding_from_code",
        "code_from_embedding",
        "cosine_after_swaps",
        "cosine_after_any_swaps",
        "word_importance",
    }
    for name in ("cosine_after_swaps", "cosine_after_any_swaps"):
        assert probes[name][0.0] == pytest.approx(1)
    assert -1 <= probes["code_from_bag_of_words"]["score"] <= 1
    assert -1 <= probes["embedding_from_code"]["score"] <= 1
    importance = probes["word_importance"]
    words = [pair for sentence in importance["sentences"] for pair in sentence]
    groups = importance["by_rank"].values()
    assert 0 < sum(group["words"] for group in groups) <= len(words)
    assert all(-1 <= group["cosine"] <= 1 for group in groups)


def test_results_are_saved_as_json_and_figures_and_added_to_the_metrics(evaluated):
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


@pytest.mark.slow
def test_a_probe_predicts_labels_from_the_code(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    (tmp_path / "yelp").mkdir()
    lines = [f"{i % 2} {'so good' if i % 2 else 'never again'} w{i}" for i in range(90)]
    (tmp_path / "yelp" / "valid.txt").write_text("\n".join(lines))
    model = models.NVRNN(
        ["so", "good", "never", "again"],
        layers.GaussianLatent(4, seed=1),
        hidden_dim=16,
        condition=layers.LabelCondition(num_labels=5),
    )
    model.save(tmp_path / "model.keras")
    settings = {**SETTINGS, "dataset": "yelp", "data_dir": str(tmp_path)}
    # The bounds are of no interest here.
    settings.update(samples=1, refine_steps=None)
    results = evaluation_run.run({**settings, "model": str(tmp_path / "model.keras")})

    assert results["probes"]["label_from_code"]["score"] == 1
    assert "33.3%) are unknown to the model" in capsys.readouterr().out
    with pytest.raises(UserError, match="--dataset=embedded: the labels of the corpus"):
        evaluation_run.run(
            {**settings, "dataset": "embedded", "model": str(tmp_path / "model.keras")}
        )


def refusal(model_file, **changes):
    settings = {**SETTINGS, "model": str(model_file), **changes}
    with pytest.raises(UserError) as caught:
        evaluation_run.run(settings)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_posteriors_that_cannot_be_fitted_are_refused_before_anything_else(tmp_path):
    model = models.NVRNN(["a", "b"], layers.ProjectedNormalLatent(4), hidden_dim=4)
    model.save(tmp_path / "model.keras")
    message = refusal(tmp_path / "model.keras", refine_steps=2)
    assert message.startswith("--refine_steps: fitting a posterior needs mirror images")
    assert "ProjectedNormalLatent does not have; leave it out" in message


def test_a_missing_or_broken_model_is_refused_by_name(tmp_path):
    assert "does not exist; give a run folder" in refusal(tmp_path)
    broken = tmp_path / "model.keras"
    broken.write_bytes(b"PK nothing")
    assert f"{broken} cannot be read as a model" in refusal(broken)


def test_a_model_of_another_kind_is_refused_by_name(tmp_path):
    inputs = keras.Input((3,))
    other = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    other.save(tmp_path / "other.keras")
    message = refusal(tmp_path / "other.keras")
    assert "it holds a Functional" in message


def test_a_text_of_mostly_unknown_words_is_refused(model_file, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("\n".join(["the zebra yawns", "the zebra dozes"] * 30))
    message = refusal(model_file, data_dir=str(text), split="validation")
    assert "(66.7%) are unknown to the model" in message
    assert ": zebra, " in message


def test_longer_sentences_than_in_training_are_evaluated(model_file, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("\n".join(["the cat sees it " * 20] * 60))
    settings = {**SETTINGS, "model": str(model_file), "data_dir": str(text)}
    results = evaluation_run.run({**settings, "output_dir": str(tmp_path / "out")})

    assert results["bounds"]["tokens"] > 3 * 80
    assert (tmp_path / "out" / "evaluation.json").exists()


def test_without_a_run_folder_the_corpus_must_be_named(model_file):
    assert "--dataset: give one" in refusal(model_file, dataset=None)


@pytest.mark.parametrize("path", ["file", "file/below", "/proc/figures", "x" * 300])
def test_a_bad_output_folder_is_refused_before_the_model_is_loaded(
    model_file, corpus_folder, tmp_path, monkeypatch, path
):
    def load(path):
        raise AssertionError("the model is loaded")

    monkeypatch.setattr(evaluation_run, "load_model", load)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    message = refusal(model_file, data_dir=str(corpus_folder), output_dir=path)
    assert message.startswith(f"--output_dir={path}: ")
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_the_default_folder_is_checked_too(model_file, corpus_folder, tmp_path):
    (tmp_path / "model.keras").symlink_to(model_file)
    (tmp_path / "evaluation-text-test").write_text("mine")
    message = refusal(tmp_path, data_dir=str(corpus_folder))
    assert "evaluation-text-test: is not a folder" in message


def test_results_are_printed_even_if_the_disk_is_full(
    model_file, corpus_folder, tmp_path, monkeypatch, capsys
):
    def full_disk(path, content):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(results_file, "write_object", full_disk)
    settings = {**SETTINGS, "model": str(model_file), "data_dir": str(corpus_folder)}
    settings.update(output_dir=str(tmp_path / "out"), samples=3, refine_steps=None)
    with pytest.raises(OSError, match="No space left"):
        evaluation_run.run(settings)
    assert "importance-weighted, K = 3" in capsys.readouterr().out


def test_figures_that_find_no_room_cost_the_metrics_nothing(
    evaluated, model_file, corpus_folder, tmp_path, monkeypatch
):
    run = make_run(tmp_path / "run", model_file)

    def full_disk(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "bounds.png")

    monkeypatch.setattr(evaluation_run.evaluation_figures, "draw", full_disk)
    monkeypatch.setattr(sentences, "probes", lambda *_: {})
    monkeypatch.setattr(evaluation_run, "find_bounds", lambda *_: evaluated[1])
    settings = {**SETTINGS, "model": str(run), "data_dir": str(corpus_folder)}
    with pytest.raises(OSError, match="No space left"):
        evaluation_run.run(settings)
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["test"]["iw_samples"] == 30


@pytest.mark.slow
def test_bad_flags_are_refused_in_one_line(tmp_path):
    for arguments, mention in (
        ([], "--model: give a run folder"),
        (["--model=x", "--samples=0"], "--samples"),
        (["--model=x", "--split=dev"], "train|validation|test"),
        (["--model=x", "--texts=1"], "--texts"),
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
