"""Whatever is in a file or on the command line: an error in one line, or a result."""

import io
import json
import random
import signal
import string
import zipfile

import keras
import numpy as np
import pytest
from absl import flags

from tf_vmfvae import data, layers, models
from tf_vmfvae.data.feature_file import read_features, read_vocabulary
from trainers import lm, training_run
from trainers.checkpoints import Checkpoints
from trainers.failures import UserError
from trainers.run_folder import RunFolder
from trainers.workers import Worker

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
    """Of this process's work: a machine that is busy is no fault of the input."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    # What waits for ever does no work.
    signal.alarm(20 * SECONDS)


def complaint(action, expected):
    """The error that an action ends with, `None` if it works."""
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
    return lm.read_settings(own)


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
        lambda: training_run.load_model(folder),
        UserError,
    )
    assert refused > COUNT / 2


def test_model_file_whose_parts_are_changed(tmp_path, saved_model):
    """An archive that is in order, but not what is in it."""
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
        for content in mutations(parts[part], COUNT // 10)
    ]
    refused, _ = outcomes(
        folder.model, contents, lambda: training_run.load_model(folder), UserError
    )
    assert refused > len(contents) / 3


def test_a_model_of_another_project(tmp_path):
    folder = RunFolder(tmp_path / "run", {})
    folder.path.mkdir()
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(folder.model)
    with pytest.raises(UserError, match="it holds a Sequential"):
        training_run.load_model(folder)


def test_a_model_that_brings_code_is_not_run(tmp_path):
    folder = RunFolder(tmp_path / "run", {})
    folder.path.mkdir()
    code = keras.layers.Lambda(lambda x: x, output_shape=(2,))
    keras.Sequential([keras.Input((2,)), code]).save(folder.model)
    with pytest.raises(UserError, match="cannot be read as this run's model"):
        training_run.load_model(folder)


def test_checkpoint(tmp_path, capsys):
    variables = [keras.Variable(np.ones((2, 3), "float32"))]
    checkpoints = Checkpoints(tmp_path / "checkpoints", variables)
    checkpoints.save({"epoch": 1, "history": [{"nll": 1.5}] * 3})
    [file] = checkpoints.files()
    restored = 0
    for content in mutations(file.read_bytes()):
        file.write_bytes(content)
        start_clock()
        notes = checkpoints.restore()
        warning = capsys.readouterr().err
        restored += notes is not None
        assert warning.count("\n") == (notes is None)
        assert np.all(np.asarray(variables[0]) == 1)
        assert checkpoints.files() == [file]
    assert restored < COUNT / 2


@pytest.mark.parametrize("name", ["flags.json", "metrics.json"])
def test_what_a_run_wrote(tmp_path, name):
    file = tmp_path / "run" / name
    folder = RunFolder(file.parent, {"kappa": 1.5, "latent": "vmf"})
    folder.open()
    folder.write_metrics(
        {split: {"nll": 1.5} for split in ("train", "validation", "test")}
    )
    folder.close()
    refused, _ = outcomes(
        file,
        mutations(file.read_bytes()),
        lambda: RunFolder(file.parent, {"kappa": 1.5, "latent": "vmf"}).metrics(),
        UserError,
    )
    assert refused > COUNT / 2


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
