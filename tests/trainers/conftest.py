"""Small corpora, models, flags and loops to test the trainers with."""

import itertools
import subprocess

import keras
import pytest
from absl import flags

from tf_vmfvae import layers, models
from trainers.lm import flags as lm
from trainers.storage.find_run import find_run as find_run_of

SMALL_RUN = (
    "--dataset=text",
    "--latent_dim=3",
    "--kappa=10",
    "--hidden_dim=8",
    "--embedding_dim=8",
    "--batch_size=8",
    "--epochs=2",
)


def sentences(count):
    """Returns that many sentences, of two lengths."""
    parts = ("the a", "cat dog bird", "sees hears", "it them us")
    words = itertools.product(*(part.split() for part in parts))
    short = [" ".join(line) for line in words]
    long = [f"{line} again and again" for line in short]
    mixed = [text for pair in zip(short, long, strict=True) for text in pair]
    return mixed[:: len(mixed) // count][:count]


@pytest.fixture(scope="session")
def corpus_folder(tmp_path_factory):
    """A folder with train.txt, valid.txt and test.txt."""
    folder = tmp_path_factory.mktemp("corpus")
    for name, count in (("train", 24), ("valid", 6), ("test", 7)):
        (folder / f"{name}.txt").write_text("\n".join(sentences(count)) + "\n")
    return folder


def label_of(sentence):
    """Returns the label of a sentence of the corpus."""
    return next(name for name in ("bird", "cat", "dog") if name in sentence.split())


@pytest.fixture(scope="session")
def labels(corpus_folder, tmp_path_factory):
    """A folder with the labels of the corpus: the animal in each sentence."""
    folder = tmp_path_factory.mktemp("labels")
    for file in corpus_folder.iterdir():
        names = [label_of(line) for line in file.read_text().splitlines()]
        (folder / file.name).write_text("\n".join(names) + "\n")
    return folder


@pytest.fixture(scope="session")
def model_file(tmp_path_factory):
    """A small language model of the corpus, trained for a moment and saved."""
    texts = sentences(24)
    words = sorted({word for text in texts for word in text.split()})
    latent = layers.VonMisesFisherLatent(4, kappa=40.0, seed=1)
    model = models.NVRNN(words, latent, embedding_dim=16, hidden_dim=32, seed=2)
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    # In order, so that every test run has the same model.
    model.fit(model.to_ids(texts).to_tensor(), epochs=8, verbose=0, shuffle=False)
    path = tmp_path_factory.mktemp("model") / "model.keras"
    model.save(path)
    return path


@pytest.fixture
def mount(tmp_path):
    """Returns a function that mounts a small file system with some options."""
    folders = []

    def mounted(options):
        folder = tmp_path / f"mounted_{len(folders)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip("mounting a file system takes root")
        folders.append(folder)
        return folder

    yield mounted
    for folder in folders:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def parse():
    """Returns a function from a command line of `trainers.lm` to settings and notes."""

    def settings_and_notes(*arguments):
        own = lm.define_flags(flags.FlagValues())
        own.parse(arguments)
        return own.read_settings()

    return settings_and_notes


@pytest.fixture
def make_settings(parse, corpus_folder):
    """Returns a function from flags to the settings of a small run."""

    def settings(*arguments):
        return parse(*SMALL_RUN, f"--data_dir={corpus_folder}", *arguments)[0]

    return settings


@pytest.fixture
def find_run():
    """Returns a function from a command line to a run's folder, settings and notes."""

    def find(*arguments):
        own = lm.define_flags(flags.FlagValues())
        own.parse(arguments)
        settings, _ = own.read_settings()
        folder, notes = find_run_of(own, settings)
        return folder, settings, notes

    return find


class AtBatch(keras.callbacks.Callback):
    """Does something once, after one batch of one epoch, both counted from 1."""

    def __init__(self, epoch, batch, action):
        super().__init__()
        self.at = epoch - 1, batch - 1
        self.action = action
        self._epoch = None

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self._epoch, batch) == self.at:
            self.action()


@pytest.fixture
def at_batch():
    """The class of the callback that does something after one batch."""
    return AtBatch


def _flat(figures, place=()):
    """Yields every figure of nested dictionaries and lists with its place."""
    if isinstance(figures, dict | list):
        items = figures.items() if isinstance(figures, dict) else enumerate(figures)
        for name, inner in items:
            yield from _flat(inner, (*place, name))
    elif "words_per_second" not in place:
        yield "/".join(map(str, place)), figures


@pytest.fixture
def assert_same_figures():
    """A function that compares what metrics.json holds of two runs, but for speed.

    A sum of float32 depends on where in memory its terms lie, so not every digit is
    the same each time.
    """

    def compare(found, expected):
        found, expected = dict(_flat(found)), dict(_flat(expected))
        numbers = {name for name, value in expected.items() if type(value) is float}
        assert found == {
            name: pytest.approx(value, rel=1e-6) if name in numbers else value
            for name, value in expected.items()
        }

    return compare
