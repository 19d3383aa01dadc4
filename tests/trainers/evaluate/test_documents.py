"""Evaluations of document models: bounds, topics, labels, and what is refused."""

import json

import numpy as np
import pytest
from matplotlib import image

from tf_vmfvae import data, evaluation, layers, models
from trainers.bow.report import print_document_report
from trainers.cli.errors import UserError
from trainers.evaluate import run as evaluation_run
from trainers.evaluate.documents import DocumentJudge, next_word
from trainers.evaluate.run_metrics import add_to_metrics
from trainers.evaluate.sentences import SentenceJudge
from trainers.storage import fingerprint, text_cache
from trainers.storage.run_record import RunRecord
from trainers.storage.trained_model import load_model

SETTINGS = {
    "model": None,
    "dataset": "octis",
    "data_dir": None,
    "split": "test",
    "samples": 3,
    "refine_steps": None,
    "examples": None,
    "probe_examples": None,
    "texts": None,
    "language_model": None,
    "topics": None,
    "labels": None,
    "batch_size": 4,
    "memory_mb": 64,
    "seed": 1,
    "output_dir": None,
}
WORDS = ["ball", "goal", "team", "rain", "snow", "wind"]
FIGURES = {"nll": 5.0, "iw_samples": 2, "nll_iw": 4.5}
REFINED = {"nll": 4.0, "ppl": 9.0, "ppl_by_example": 9.0}
REFINED |= {"nll_iw": 3.0, "ppl_iw": 8.0, "ppl_iw_by_example": 8.0}
METRICS = {
    "validation": {**FIGURES, "refined": REFINED},
    "test": {**FIGURES, "refined": REFINED},
    "topics": {"purity": 0.5},
}


def model_of(latent, words=WORDS, **options):
    return models.NVDM(words, latent, hidden_dim=8, seed=1, **options)


@pytest.fixture(scope="module")
def model():
    return model_of(layers.VonMisesFisherLatent(3, kappa=10.0, seed=1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A corpus in the format of OCTIS, about two topics."""
    folder = tmp_path_factory.mktemp("octis")
    lines = []
    for number in range(30):
        name = ["sport", "weather"][number % 2]
        words = WORDS[:3] if name == "sport" else WORDS[3:]
        split = "train" if number < 18 else "val" if number < 24 else "test"
        text = " ".join(np.roll(words, number)[: 2 + number % 2])
        lines.append(f"{text} {words[0]}\t{split}\t{name}")
    (folder / "corpus.tsv").write_text("\n".join(lines))
    (folder / "vocabulary.txt").write_text("\n".join(WORDS))
    return folder


@pytest.fixture(scope="module")
def corpus(folder):
    return data.load_documents("octis", folder)


@pytest.fixture(scope="module")
def evaluated(model, folder, corpus, tmp_path_factory):
    """Evaluates a run folder; returns its path and the results."""
    run = tmp_path_factory.mktemp("run")
    model.save(run / "model.keras")
    RunRecord(
        {"dataset": "octis", "topics": 3}, text=fingerprint.of_corpus(corpus)
    ).write(run / "flags.json")
    (run / "metrics.json").write_text(json.dumps(METRICS))
    settings = {**SETTINGS, "model": str(run), "data_dir": str(folder)}
    return run, evaluation_run.run({**settings, "dataset": None, "refine_steps": 1})


def test_a_document_model_has_the_bounds_of_its_documents(evaluated, corpus):
    _, results = evaluated
    bounds = results["bounds"]

    assert (bounds["examples"], bounds["tokens"]) == (6, corpus.test.num_words.sum())
    assert list(bounds["nll_iw"]) == [1, 3]
    assert bounds["nll"] == pytest.approx(bounds["reconstruction"] + bounds["kl"])
    words = bounds["tokens"] / bounds["examples"]
    assert bounds["ppl"] == pytest.approx(np.exp(bounds["nll"] / words))
    assert results["refined_bounds"]["nll"] != bounds["nll"]


def test_the_results_are_saved_and_added_to_the_splits_metrics(evaluated):
    run, results = evaluated
    left = run / "evaluation-octis-test"

    assert json.loads((left / "evaluation.json").read_text())["topics"]["topics"] == 3
    for name in ("bounds.png", "units.png"):
        assert image.imread(left / name).std() > 0.01
    metrics = json.loads((run / "metrics.json").read_text())
    assert {**metrics, "test": None} == {**METRICS, "test": None}
    added, bounds = metrics["test"], results["bounds"]
    assert (added["nll"], added["iw_samples"]) == (5.0, 3)
    for name in ("nll_iw", "ppl_iw", "ppl_iw_by_example"):
        assert added[name] == bounds[name][3]
        assert added["refined"][name] == results["refined_bounds"][name][3]
    assert added["held_out_ppl"] == results["held_out_ppl"]


@pytest.mark.parametrize("part", ["test", "vocabulary"])
def test_nothing_is_added_to_the_metrics_of_other_documents(
    evaluated, model, corpus, tmp_path, part
):
    file = tmp_path / "metrics.json"
    file.write_text(json.dumps(METRICS))
    text = {**fingerprint.of_corpus(corpus), part: {"count": 6, "hash": "other"}}
    said = add_to_metrics(file, RunRecord({}, text=text), model, corpus, evaluated[1])
    assert said.endswith("its test split is a different text")
    assert json.loads(file.read_text()) == METRICS


def test_refined_bounds_keep_the_number_of_samples_that_they_are_from(
    evaluated, model, corpus, tmp_path, capsys
):
    file = tmp_path / "metrics.json"
    file.write_text(json.dumps(METRICS))
    results = {name: x for name, x in evaluated[1].items() if name != "refined_bounds"}
    record = RunRecord({}, text=fingerprint.of_corpus(corpus))
    assert add_to_metrics(file, record, model, corpus, results).startswith("added")

    metrics = json.loads(file.read_text())
    names = ["reconstruction", "kl", "ppl", "ppl_by_example", "examples", "tokens"]
    bounds = {name: evaluated[1]["bounds"][name] for name in names}
    for split in ("validation", "test"):
        metrics[split].update(bounds, code_gain=0.0)
    print_document_report(metrics, model_of(layers.NoLatent()), corpus, topics=2)
    out = capsys.readouterr().out
    assert "importance-weighted, 3 samples: NLL " in out
    assert "importance-weighted, 2 samples: NLL 3.00, PPL 8.0, by document 8.0" in out


def judge(model, folder, **changes):
    settings = {**SETTINGS, "model": "m.keras", "data_dir": str(folder), **changes}
    return DocumentJudge(model, settings, {})


def test_topics_are_those_of_the_training_documents_and_labels_those_of_the_split(
    model, folder, corpus
):
    # Fewer documents are judged than there are topics.
    found = judge(model, folder, split="validation", topics=4, examples=3).findings()
    topics = evaluation.find_topics(model, corpus.train, 4)
    shares = topics.shares(model.encode(corpus.validation[:3]))
    quality = evaluation.topic_quality(
        topics.top_words,
        corpus.train,
        WORDS,
        document_topics=shares,
        labels=corpus.validation.labels[:3],
    )

    assert found["topics"]["top_words"] == topics.top_words
    assert found["topics"]["purity"] == quality.purity
    assert found["topics"]["nmi"] == quality.nmi
    table = evaluation.label_table(model, corpus.train, corpus.validation[:3])
    assert found["labels"]["codes"] == table["codes"].as_dict()


def test_labels_of_training_documents_are_not_predicted(model, folder, capsys):
    found = judge(model, folder, split="train", topics=2).findings()

    assert "labels" not in found
    assert found["topics"]["purity"] is None
    assert "note: labels are not predicted for training documents" in (
        capsys.readouterr().out
    )


def test_a_model_without_a_code_has_no_topics(folder, capsys):
    found = judge(model_of(layers.NoLatent()), folder).findings()

    assert list(found) == ["held_out_ppl"]
    assert "note: the model has no code, so it has no topics" in capsys.readouterr().out


@pytest.mark.parametrize("bursts", [False, True])
def test_the_next_word_has_the_probability_that_the_likelihood_gives_it(bursts):
    model = model_of(layers.VonMisesFisherLatent(3, kappa=10.0, seed=1), bursts=bursts)
    documents = data.Documents.from_rows([[(1, 2), (3, 1)], [(2, 1)]])
    longer = data.Documents.from_rows([[(1, 3), (3, 1)], [(1, 1), (2, 1)]])
    z = model.encode(documents)
    nll = [
        model.likelihood([next(part.padded(2)), z]).numpy()
        for part in (documents, longer)
    ]
    found = next_word(model, documents)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_allclose(found[:, 0], np.exp(nll[0] - nll[1]), rtol=1e-4)


def test_words_are_counted_by_the_models_vocabulary(folder, corpus):
    words = WORDS[::-1]
    latent = layers.VonMisesFisherLatent(3, kappa=10.0, seed=1)
    judged = judge(model_of(latent, words), folder)

    batches = [batch.numpy() for batch in judged.batches(2).dataset()]
    first = batches[0][0]
    found = {words[i - 1]: int(count) for i, count in first if i}
    expected = corpus.test.matrix(6).toarray()[0]
    assert found == {w: int(n) for w, n in zip(WORDS, expected, strict=True) if n}


def test_a_corpus_of_other_words_is_refused(model, tmp_path):
    (tmp_path / "corpus.tsv").write_text("ball cat\ttrain\nball\ttrain\ncat\ttest")
    (tmp_path / "vocabulary.txt").write_text("ball\ncat\n")
    assert "words are in only one of them, such as goal" in refusal(model, tmp_path)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"probe_examples": 30}, "--probe_examples: probes are for language models"),
        ({"texts": 30}, "--texts: is for language models"),
        ({"language_model": "m.keras"}, "--language_model: is for language models"),
        ({"dataset": "ptb"}, "--dataset=ptb: holds sentences"),
        ({"dataset": "embedded"}, "--data_dir: --dataset=embedded comes with"),
        ({"labels": "l.txt"}, "labels: only dataset text takes a file of labels"),
        ({"dataset": "text"}, "choose the dataset octis for it"),
    ],
)
def test_flags_that_do_not_fit_a_document_model_are_refused(
    model, folder, flags, message
):
    assert message in refusal(model, folder, **flags)


@pytest.mark.parametrize("flags", [{"topics": 3}, {"dataset": "20ng"}])
def test_flags_of_document_models_are_refused_for_a_language_model(flags):
    [(name, value)] = flags.items()
    with pytest.raises(UserError, match=f"^--{name}(={value})?: ") as caught:
        SentenceJudge(None, {**SETTINGS, "dataset": "text", **flags}, {})
    assert "\n" not in str(caught.value)


def test_topics_are_refused_for_a_model_without_a_code(folder):
    model = model_of(layers.NoLatent())
    assert refusal(model, folder, topics=3).startswith("--topics: ")


def refusal(model, folder, **changes):
    with pytest.raises(UserError) as caught:
        judge(model, folder, **changes)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_presets_folder_is_a_model(model, corpus, tmp_path):
    model.save_to_preset(tmp_path / "preset")
    loaded = load_model(str(tmp_path / "preset"))
    np.testing.assert_array_equal(loaded.encode(corpus.test), model.encode(corpus.test))


def test_large_documents_are_evaluated_from_disk_as_if_they_were_in_memory(
    model, tmp_path, monkeypatch
):
    for number in range(60):
        file = tmp_path / "d" / f"label{number % 2}" / f"{number}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(" ".join(np.roll(WORDS, number)[: 2 + number % 3]))

    def judge():
        changes = {"dataset": "text", "data_dir": str(tmp_path / "d"), "examples": 2}
        return DocumentJudge(model, {**SETTINGS, **changes}, {})

    in_memory = judge()
    monkeypatch.setattr(text_cache, "LARGE", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    from_disk = judge()
    assert isinstance(from_disk.corpus.test, data.StoredDocuments)
    assert from_disk.text == in_memory.text
    found, expected = (
        [batch.numpy().tolist() for batch in each.batches().dataset()]
        for each in (from_disk, in_memory)
    )
    assert found == expected
