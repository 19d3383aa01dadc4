"""With tiny corpora, reports are shorter and nothing fails."""

import json
import re
import warnings

import pytest
from absl import flags

from tf_vmfvae import data, evaluation, layers, models
from trainers.bow import flags as bow
from trainers.bow.report import print_document_report
from trainers.bow.task import BowTask
from trainers.cli.errors import UserError
from trainers.evaluate import run as evaluation_run
from trainers.generate import flags as generate
from trainers.generate import run as generation_run
from trainers.lm import flags as lm
from trainers.lm.report import print_report
from trainers.lm.task import LMTask
from trainers.storage.run_folder import RunFolder
from trainers.training import run as training_run

SENTENCES = ["the cat sees it again", "the dog hears it", "it sees the cat"]


@pytest.fixture(autouse=True)
def _no_warnings():
    """Turns warnings into errors: a user can do nothing about one in a report."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # These are about TensorFlow itself.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def write_lines(path, count, lines=SENTENCES):
    path.write_text("\n".join(lines[i % len(lines)] for i in range(count)) + "\n")
    return path


def settings_of(program, *arguments):
    own = program.define_flags(flags.FlagValues())
    own.parse(arguments)
    return own.read_settings()[0]


SMALL = ["--epochs=1", "--hidden_dim=8", "--latent_dim=4"]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("program", [lm, bow])
def test_a_text_of_too_few_lines_is_named(tmp_path, program, count):
    file = write_lines(tmp_path / "text.txt", count, ["a cat", "a dog", "one bird"])
    arguments = ["--dataset=text", f"--data_dir={file}"]
    task = {lm: LMTask, bow: BowTask}[program](settings_of(program, *arguments))
    with pytest.raises(UserError, match=r"^[^ ]*text\.txt|no word occurs") as caught:
        training_run.run(task, RunFolder(tmp_path / "run", {}))
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_a_language_model_of_two_sentences_is_trained_and_used(tmp_path, capsys):
    text, run = write_lines(tmp_path / "text.txt", 4), tmp_path / "run"
    arguments = [f"--data_dir={text}", "--dataset=text", f"--output_dir={run}", *SMALL]
    settings = settings_of(lm, *arguments, "--batch_size=100000", "--embedding_dim=4")
    training_run.run(LMTask(settings), RunFolder(run, settings))
    assert "batches of 2 in" in capsys.readouterr().out

    # By default it chooses among more words than there are.
    own = settings_of(generate, f"--model={run}", "--sampler=top_k")
    generation_run.run(own)
    assert capsys.readouterr().out.count("\n") == 5


@pytest.fixture(scope="module")
def model():
    latent = layers.VonMisesFisherLatent(3, kappa=10.0, seed=1)
    words = sorted({word for text in SENTENCES for word in text.split()})
    return models.NVRNN(words, latent, embedding_dim=4, hidden_dim=4, seed=1)


@pytest.mark.parametrize("count", [1, 2, 12])
def test_a_report_on_few_sentences_is_complete(model, capsys, count):
    texts = [SENTENCES[i % 3] for i in range(count)]
    corpus = data.Corpus("tiny", texts, texts, texts, model.tokenizer.vocabulary)
    bounds = evaluation.evaluate(model, [model.to_ids(texts).to_tensor()]).as_dict()
    print_report(
        {"validation": bounds, "test": bounds, "best_epoch": 1, "entropy": None},
        model,
        corpus,
    )
    out = capsys.readouterr().out
    assert "samples from the prior:" in out
    assert ("interpolation:" in out) == (count > 1)


@pytest.fixture(scope="module")
def model_file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.keras"
    model.save(path)
    return path


@pytest.mark.parametrize(
    ("count", "split"),
    [
        (4, "test"),
        pytest.param(4, "train", marks=pytest.mark.slow),
        (12, "validation"),
        pytest.param(13, "test", marks=pytest.mark.slow),
    ],
)
def test_few_sentences_are_evaluated_as_far_as_possible(
    model_file, tmp_path, capsys, count, split
):
    settings = {
        "model": str(model_file),
        "dataset": "text",
        "data_dir": str(write_lines(tmp_path / "text.txt", count)),
        "split": split,
        "samples": 1,
        "refine_steps": 1,
        "examples": None,
        "probe_examples": None,
        "texts": 10,
        "language_model": None,
        "topics": None,
        "labels": None,
        "batch_size": 32,
        "memory_mb": 64,
        "seed": 1,
        "output_dir": str(tmp_path / "out"),
    }
    results = evaluation_run.run(settings)
    out = capsys.readouterr().out

    # Two are held out.
    few = count - 2 < 11
    note = f"note: no probes between code and words: {count - 2} training"
    assert (note in out) == few
    assert ("code_from_bag_of_words" in results["probes"]) == (not few)
    assert "cosine_after_swaps" in results["probes"]
    assert "cosine after swapping adjacent words" in out
    written = json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert written["bounds"]["examples"] == results["bounds"]["examples"]
    for name in ("bounds.png", "units.png", "swaps.png"):
        assert (tmp_path / "out" / name).stat().st_size > 1000


WORDS = ["cat", "rain", "snow", "wind"]
ROWS = [[(1, 2), (2, 1)], [(3, 3)], [(3, 1), (4, 2)], [(1, 1), (4, 1)]]
LATENTS = {
    "vmf": lambda: layers.VonMisesFisherLatent(3, kappa=10.0, seed=1),
    "gaussian": lambda: layers.GaussianLatent(3, seed=1),
    "none": layers.NoLatent,
}


def document_report(latent, rows, labels, words=WORDS):
    model = models.NVDM(words, LATENTS[latent](), hidden_dim=4, seed=1)
    documents = data.Documents.from_rows(rows, labels)
    model.adapt(documents)
    corpus = data.DocumentCorpus(
        "tiny", documents, documents[:1], documents[-1:], vocabulary=words
    )
    batches = data.DocumentBatches(documents, batch_size=100)
    bounds = evaluation.evaluate(model, batches.dataset()).as_dict()
    metrics = {"validation": bounds, "test": bounds, "best_epoch": 1}
    print_document_report(metrics, model, corpus, topics=20)


@pytest.mark.parametrize("latent", LATENTS)
@pytest.mark.parametrize("count", [1, 2, 3, 12])
def test_a_report_on_few_documents_is_complete(capsys, latent, count):
    rows = [ROWS[i % 4] for i in range(count)]
    labels = ["ab"[i % 2] for i in range(count)]
    document_report(latent, rows, labels)
    out = capsys.readouterr().out

    assert "test: NLL" in out
    if latent != "none":
        assert "topics of the training documents" in out
        assert "diversity" in out
        assert ("labels predicted" in out) == (count > 1)


def test_identical_documents_have_fewer_topics_than_requested(capsys):
    document_report("vmf", [ROWS[0]] * 12, None)
    out = capsys.readouterr().out

    topics = int(re.search(r"(\d+) topics of the training documents", out)[1])
    assert topics < 12
    # The topic also lists words that are in no document.
    assert "coherence: NPMI -1.000" in out


def test_topics_of_one_word_have_no_coherence(capsys):
    document_report("vmf", [[(1, 2)]] * 3, None, words=["cat"])
    assert "note: no coherence: no topic has two words" in capsys.readouterr().out


def test_a_single_label_is_noted_and_not_predicted(capsys):
    document_report("vmf", ROWS, ["a"] * 4)
    out = capsys.readouterr().out

    assert "note: all training documents have one label, a" in out
    assert "labels predicted" not in out


@pytest.mark.slow
def test_training_and_report_work_with_a_single_label(tmp_path, capsys):
    folder, run = tmp_path / "documents" / "only", tmp_path / "run"
    folder.mkdir(parents=True)
    for number in range(6):
        (folder / f"{number}.txt").write_text("cat rain wind snow " * (number + 1))
    arguments = ["--dataset=text", f"--data_dir={folder.parent}", *SMALL]
    settings = settings_of(bow, *arguments, "--batch_size=100000", "--samples=2")
    training_run.run(BowTask(settings), RunFolder(run, settings))
    out = capsys.readouterr().out

    assert "batches of 4\n" in out
    assert "note: all training documents have one label, only" in out
    assert (run / "metrics.json").exists()
