"""Whatever is in a file or on the command line: an error in one line, or a result."""

import copy
import dataclasses
import io
import json
import math
import random
import signal
import string
import zipfile

import keras
import numpy as np
import pytest
from absl import flags

from tf_vmfvae import data, layers, models
from tf_vmfvae.data.files.feature_file import read_features, read_vocabulary
from trainers.bow.report import print_document_report
from trainers.bow.task import BowTask
from trainers.cli.errors import UserError
from trainers.cli.run_flags import identity
from trainers.devices.workers import Worker
from trainers.evaluate.run import dataset_of
from trainers.evaluate.run_metrics import add_to_metrics
from trainers.evaluate.sentences import load as load_sentences
from trainers.lm import flags as lm
from trainers.lm.report import print_report
from trainers.lm.task import LMTask
from trainers.storage import fingerprint
from trainers.storage.checkpoints import Checkpoints
from trainers.storage.find_run import find_run
from trainers.storage.metrics_file import SPLITS
from trainers.storage.run_folder import RunFolder
from trainers.storage.run_record import RunRecord
from trainers.storage.trained_model import load_best_model
from trainers.training.latents import make_latent
from trainers.training.progress import Progress
from trainers.training.schedules import make_schedules

COUNT = 1000
SECONDS = 60  # After so long a single input counts as hanging.
CLOCKS = (signal.SIGPROF, signal.SIGALRM)

pytestmark = pytest.mark.slow


def mutations(content, count=COUNT):
    """Yields random bytes, and variations of what a file should hold."""
    rng = random.Random(1)
    for number in range(count):
        if number % 4 == 0:
            yield rng.randbytes(rng.choice([0, 1, 10, 100, 5000]))
            continue
        changed = bytearray(content)
        for _ in range(rng.choice([1, 1, 2, 10])):
            place = rng.randrange(len(changed) + 1)
            other = rng.randrange(len(changed) + 1)
            length = rng.choice([1, 2, 30])
            change = rng.randrange(5)
            if change == 0:
                changed[place : place + length] = rng.randbytes(length)
            elif change == 1:
                del changed[place : place + length]
            elif change == 2:
                changed[place:place] = changed[other : other + length]
            elif change == 3:
                changed[place:place] = rng.choice(
                    [b"\n", b"\0", b"-1", b"9" * 8, b" ", b":", b"\xff", b"nan", b"{"]
                )
            else:
                del changed[place:]
        yield bytes(changed)


VALUES = (
    *(None, True, False, 0, -1, 3, 0.5, 1e9, float("nan"), float("inf"), 10**400),
    *("", "x", "1", "\ud800", [], [1], ["x"], {}, {"nll": 1.0}, {"x": [{}]}),
)


def wrong_kinds(content, count=COUNT):
    """Yields variations of a JSON object with values of another kind, as bytes."""
    rng = random.Random(1)
    for _ in range(count):
        changed = json.loads(json.dumps(content))
        for _ in range(rng.choice([1, 1, 2, 5])):
            inner = changed
            # Down to some depth: a value, or an object that holds values.
            while True:
                keys = list(inner) if isinstance(inner, dict) else range(len(inner))
                if not keys:
                    break
                key = rng.choice(list(keys))
                deeper = isinstance(inner[key], dict | list) and rng.random() < 0.8
                if deeper:
                    inner = inner[key]
                    continue
                if rng.random() < 0.2:
                    del inner[key]
                else:
                    inner[key] = copy.deepcopy(rng.choice(VALUES))
                break
        yield json.dumps(changed).encode()


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty working directory, which stays empty, and a clock."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)

    def hang(*_):
        raise BaseException(f"more than {SECONDS} s of work for one input")

    before = [(kind, signal.signal(kind, hang)) for kind in CLOCKS]
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.alarm(0)
    for kind, handler in before:
        signal.signal(kind, handler)
    assert not list(work.iterdir())


def start_clock():
    """Starts a clock of this process's CPU time: a busy machine does not count."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    # An action that waits forever uses no CPU time.
    signal.alarm(20 * SECONDS)


def complaint(action, expected):
    """Returns the error that an action ends with, or `None` if it works."""
    start_clock()
    try:
        action()
    except expected as error:
        return error
    return None


def outcomes(file, contents, read, expected):
    """Reads every content; returns how many were refused, and how many not."""
    file.touch()
    beside = sorted(file.parent.iterdir())
    refused = worked = 0
    for content in contents:
        file.write_bytes(content)
        error = complaint(read, expected)
        refused += error is not None
        worked += error is None
        assert error is None or (str(error) and "\n" not in str(error))
        assert sorted(file.parent.iterdir()) == beside
    return refused, worked


def test_text(tmp_path):
    file = tmp_path / "text.txt"
    text = "the cat sees it\nthe dog hears them\n\nthe bird sees us again\n" * 5
    contents = mutations(text.encode())
    refused, worked = outcomes(
        file, contents, lambda: data.load("text", file), (ValueError, OSError)
    )
    assert refused > COUNT / 5
    assert worked > COUNT / 5


def test_feature_file(tmp_path):
    file = tmp_path / "train.feat"
    contents = mutations(b"1 1:2 3:1\n2 2:1\n\n20 1:1 2:2 3:30\n" * 5)
    refused, worked = outcomes(
        file, contents, lambda: list(read_features(file, 3)), ValueError
    )
    assert refused > COUNT / 5
    assert worked > COUNT / 50


def test_octis_corpus_file(tmp_path):
    (tmp_path / "vocabulary.txt").write_text("the\ncat\n")
    file = tmp_path / "corpus.tsv"
    text = "the cat sees\ttrain\ta\ncat\tval\tb\n\u00e9 the\ttest\ta\n" * 5
    contents = mutations(text.encode())
    refused, worked = outcomes(
        file, contents, lambda: data.load_documents("octis", tmp_path), ValueError
    )
    assert refused > COUNT / 5
    assert worked > COUNT / 50


def test_vocabulary_file(tmp_path):
    file = tmp_path / "vocab.new"
    contents = mutations(b"who 6494\nout 6114\nam 9\nnot\n")
    refused, worked = outcomes(
        file, contents, lambda: read_vocabulary(file), ValueError
    )
    assert refused > COUNT / 5
    assert worked > COUNT / 50


def settings(arguments):
    own = lm.define_flags(flags.FlagValues())
    own.parse(arguments)
    return own.read_settings()


def test_flags():
    rng = random.Random(1)
    names = lm.define_flags(flags.FlagValues()).names
    values = [
        "",
        "0",
        "-1",
        "1e999",
        "nan",
        "9" * 30,
        "9" * 5000,
        "vmf",
        "ptb",
        "\0",
        "\udcff",
        "~",
        "é",
        "=",
        "a b",
    ]
    refused = 0
    for _ in range(COUNT):
        arguments = []
        for _ in range(rng.choice([1, 1, 2, 5])):
            name = rng.choice(names)
            if rng.random() < 0.2:
                name = "".join(rng.choices(string.printable, k=rng.randrange(1, 12)))
            value = rng.choice(values)
            if rng.random() < 0.2:
                value = "".join(rng.choices(string.printable, k=rng.randrange(12)))
            arguments.append(rng.choice([f"--{name}={value}", f"--{name}", value]))
        error = complaint(lambda given=arguments: settings(given), UserError)
        refused += error is not None
        assert "\n" not in str(error), arguments
        assert len(str(error)) < 1000, arguments
    assert refused > COUNT / 2


@pytest.fixture(scope="module")
def saved_model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.keras"
    latent = layers.VonMisesFisherLatent(3, kappa=10.0, seed=1)
    words = ["the", "cat", "sees", "it"]
    models.NVRNN(words, latent, embedding_dim=4, hidden_dim=4, seed=1).save(path)
    return path.read_bytes()


def test_model_file(tmp_path, saved_model):
    folder = RunFolder(tmp_path / "run", {})
    folder.path.mkdir()
    refused, _ = outcomes(
        folder.model,
        mutations(saved_model),
        lambda: load_best_model(folder),
        UserError,
    )
    assert refused > COUNT / 2


def test_model_file_whose_parts_are_changed(tmp_path, saved_model):
    """The archive is valid, but its content is not."""
    with zipfile.ZipFile(io.BytesIO(saved_model)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    def rewritten(part, content):
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            for name, value in {**parts, part: content}.items():
                archive.writestr(name, value)
        return written.getvalue()

    folder = RunFolder(tmp_path / "run", {})
    folder.path.mkdir()
    contents = [
        rewritten(part, content)
        for part in parts
        # Most of them build a model first.
        for content in mutations(parts[part], COUNT // 20)
    ]
    refused, _ = outcomes(
        folder.model, contents, lambda: load_best_model(folder), UserError
    )
    assert refused > len(contents) / 3


def test_a_model_of_another_project(tmp_path):
    folder = RunFolder(tmp_path / "run", {})
    folder.path.mkdir()
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(folder.model)
    with pytest.raises(UserError, match="it holds a Sequential"):
        load_best_model(folder)


def test_code_in_a_model_file_is_not_run(tmp_path):
    folder = RunFolder(tmp_path / "run", {})
    folder.path.mkdir()
    code = keras.layers.Lambda(lambda x: x, output_shape=(2,))
    keras.Sequential([keras.Input((2,)), code]).save(folder.model)
    with pytest.raises(UserError, match="cannot be read as a model"):
        load_best_model(folder)


PROGRESS = Progress(
    epoch=2,
    batch=3,
    totals={"reconstruction": 8.0, "kl": 2.0, "examples": 2.0, "words": 10.0},
    seconds=1.5,
    best_nll=5.0,
    best_epoch=1,
    history=[{"nll": 6.0, "val_nll": 5.5}, {"nll": 5.5, "val_nll": 5.0}],
)


def use_progress(notes):
    """Uses a checkpoint's notes as a run does."""
    progress = Progress.from_notes(notes)
    range(progress.epoch, 10)
    assert progress.where
    progress.stalled(3)
    if progress.batch:
        progress.training_logs()
    progress.add_batch(PROGRESS.totals, 0.5)
    assert math.isnan(progress.best_nll) or progress.best_nll > -math.inf
    progress.end_epoch(progress.training_logs())
    json.dumps(dataclasses.asdict(progress))
    assert progress.is_at_best in (True, False)


def test_checkpoint(tmp_path, capsys):
    variables = [keras.Variable(np.ones((2, 3), "float32"))]
    checkpoints = Checkpoints(tmp_path / "checkpoints", variables)
    checkpoints.save(dataclasses.asdict(PROGRESS))
    [file] = checkpoints.files()
    restored = 0
    for content in mutations(file.read_bytes()):
        file.write_bytes(content)
        notes = []
        error = complaint(
            lambda notes=notes: notes.append(checkpoints.restore()), UserError
        )
        warning = capsys.readouterr().err
        # It cannot be read, it is of another model, or it is what was saved.
        assert warning.count("\n") == (error is None and notes == [None])
        assert "\n" not in str(error)
        if error is None and notes != [None]:
            restored += 1
            use_progress(notes[0])
        assert np.all(np.asarray(variables[0]) == 1)
        assert checkpoints.files() == [file]
        assert file.read_bytes() == content
    assert restored < COUNT / 2


def test_a_checkpoint_s_notes():
    refused = 0
    for content in wrong_kinds(dataclasses.asdict(PROGRESS)):
        notes = json.loads(content)
        error = complaint(lambda notes=notes: use_progress(notes), ValueError)
        refused += error is not None
        assert "\n" not in str(error)
    assert refused > COUNT / 2


FIGURES = {
    **dict.fromkeys(("nll", "reconstruction", "kl", "code_gain", "ppl"), 1.5),
    **{"ppl_by_example": 1.5, "mean_cosine": 0.1, "examples": 3, "tokens": 9},
    **{"nll_iw": 1.0, "ppl_iw": 1.0, "ppl_iw_by_example": 1.0, "iw_samples": 5},
}
METRICS = {
    **{split: {**FIGURES, "refined": FIGURES} for split in SPLITS},
    **{"best_epoch": 1, "history": [{"nll": 1.5}], "entropy": None},
}


class NoCode:
    """A model that has nothing to show."""

    class latent:
        is_empty = True

    def reconstruct(self, texts, **_):
        return texts

    def generate(self, *_, **__):
        return []


CORPUS = data.Corpus("tiny", ["a"], ["a"], ["a"], ["<unk>", "<eos>", "a"], entropy=1.0)


def use_metrics(folder, reported):
    """Reports a finished run."""
    metrics = folder.metrics(reported.reported)
    if reported is LMTask:
        print_report(metrics, NoCode(), CORPUS)
    else:
        print_document_report(metrics, NoCode(), CORPUS, topics=3)


@pytest.mark.parametrize("reported", [LMTask, BowTask])
@pytest.mark.parametrize("change", [mutations, wrong_kinds])
def test_metrics_that_are_reported(tmp_path, change, reported):
    folder = RunFolder(tmp_path / "run", {})
    folder.open()
    folder.write_metrics(METRICS)
    folder.close()
    file = folder.path / "metrics.json"
    content = file.read_bytes()
    refused, _ = outcomes(
        file,
        change(content if change is mutations else METRICS),
        lambda: use_metrics(folder, reported),
        UserError,
    )
    assert refused > COUNT / 4


@pytest.mark.parametrize("text", [{}, {"test": {"count": 1, "hash": "a"}}])
def test_metrics_that_figures_are_added_to(tmp_path, text, monkeypatch):
    file = tmp_path / "metrics.json"
    monkeypatch.setattr(fingerprint, "of_corpus", lambda _: text)
    record = RunRecord({"dataset": "tiny"}, text=text)
    results = {
        **{"split": "test", "dataset": "tiny"},
        "bounds": {"examples": 3, "tokens": 9, "nll_iw": {1: 2.0}, "ppl_iw": {1: 3.0}},
        "information": {"mutual_information": 1.0},
        "units": {"active_units": 2},
    }
    said = []

    class Model:
        needs_labels = False

    def add():
        said.append(add_to_metrics(file, record, Model(), None, results))

    (tmp_path / "lock").touch()
    outcomes(file, wrong_kinds(METRICS), add, ())
    outcomes(file, mutations(json.dumps(METRICS).encode()), add, ())
    assert len(said) == 2 * COUNT
    assert 0 < sum(line == f"added to {file}" for line in said) < 2 * COUNT
    assert not any("\n" in line for line in said)


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """What flags.json holds of a run with default flags."""
    values, _ = settings(["--latent=vmf"])
    return {
        "version": "0.1.0",
        "flags": identity(values),
        "given": ["latent"],
        "text": {"test": {"count": 1, "hash": "a"}},
    }


def take_up(path, text):
    """Uses a run's flags as a training program does before it trains."""
    own = lm.define_flags(flags.FlagValues())
    own.parse(["--latent=vmf", f"--output_dir={path}"])
    values, _ = own.read_settings()
    folder, notes = find_run(own, values)
    folder.check_text(text, "--data_dir=d")
    assert not any("\n" in note for note in notes)
    make_latent(values)
    make_schedules(values)
    LMTask(values).make_optimizer(10 * values["epochs"])
    (values["encoder"] + values["condition"] + values["setting"]).encode()


@pytest.mark.parametrize("change", [mutations, wrong_kinds])
@pytest.mark.parametrize("flat", [False, True])
def test_flags_of_a_run(tmp_path, record, change, flat):
    file = tmp_path / "run" / "flags.json"
    file.parent.mkdir()
    content = record["flags"] if flat else record
    text = {"test": {"count": 1, "hash": "a"}}
    refused, worked = outcomes(
        file,
        change(json.dumps(content).encode() if change is mutations else content),
        lambda: take_up(file.parent, text),
        UserError,
    )
    assert refused > COUNT / 4
    assert worked > COUNT / 100


@pytest.mark.parametrize("change", [mutations, wrong_kinds])
def test_flags_that_an_evaluation_reads(tmp_path, saved_model, record, change):
    file = tmp_path / "flags.json"
    (tmp_path / "model.keras").write_bytes(saved_model)
    (tmp_path / "text.txt").write_text("the cat sees it\n" * 60)
    where = {"model": str(tmp_path), "data_dir": str(tmp_path / "text.txt")}
    where["labels"] = None
    content = {**record, "flags": {"dataset": "text", "vocabulary_size": 99}}

    def load():
        read = RunRecord.of_model(where["model"])
        dataset = dataset_of({**where, "dataset": None}, read)
        load_sentences({**where, "dataset": dataset}, read.flags)

    refused, worked = outcomes(
        file,
        change(json.dumps(content).encode() if change is mutations else content),
        load,
        UserError,
    )
    assert refused > COUNT / 4
    assert worked > COUNT / 100


def test_tf_config(monkeypatch):
    content = {
        "cluster": {"worker": ["a:1", "b:2"]},
        "task": {"type": "worker", "index": 0},
    }
    for changed in mutations(json.dumps(content).encode()):
        text = changed.decode("utf-8", "replace").replace("\0", "")
        monkeypatch.setenv("TF_CONFIG", text)
        error = complaint(sensible_worker, UserError)
        assert "\n" not in str(error)


def sensible_worker():
    worker = Worker.of("multi_worker")
    assert 0 <= worker.index < worker.count
