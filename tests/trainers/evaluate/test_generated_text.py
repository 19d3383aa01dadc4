"""Reconstructions and samples of a model, and how they are judged."""

import json
import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from absl import flags

from tf_vmfvae import evaluation, layers, models
from trainers.cli.errors import UserError
from trainers.evaluate import flags as evaluate_flags
from trainers.evaluate import run as evaluation_run
from trainers.evaluate.generated_text import generated_text, load_scorer
from trainers.evaluate.part import Part
from trainers.evaluate.sentences import SentenceJudge

SETTINGS = {"texts": 5, "seed": 1, "language_model": None}


def read(*arguments):
    """Returns the settings of a command line."""
    own = evaluate_flags.define_flags(flags.FlagValues())
    own.parse(arguments)
    return own.read_settings()[0]


@pytest.fixture(scope="module")
def model(model_file):
    return keras.models.load_model(model_file)


@pytest.fixture(scope="module")
def texts(corpus_folder):
    return (corpus_folder / "train.txt").read_text().splitlines()


@pytest.fixture(scope="module")
def scorer(model, texts):
    """A language model without a code of the same words, trained for a moment."""
    scorer = models.NVRNN(
        model.vocabulary, layers.NoLatent(), embedding_dim=8, hidden_dim=16, seed=1
    )
    scorer.compile(optimizer=keras.optimizers.Adam(0.03))
    scorer.fit(scorer.to_ids(texts).to_tensor(), epochs=5, verbose=0)
    return scorer


@pytest.fixture(scope="module")
def scorer_file(scorer, tmp_path_factory):
    path = tmp_path_factory.mktemp("scorer") / "model.keras"
    scorer.save(path)
    return path


def test_the_figures_are_those_of_reconstructions_and_samples(model, texts, scorer):
    part = Part(texts, None, {})
    found = generated_text(model, part, scorer, SETTINGS)

    assert found["texts"] == 5
    written = model.reconstruct(texts[:5], sampler="greedy")
    assert found["reconstruction_bleu"] == evaluation.bleu(written, texts[:5])
    samples = model.generate(5, sampler="random", seed=1, max_words=100)
    assert found["self_bleu"] == evaluation.self_bleu(samples)
    # The probability of each sample word by word, from the logits.
    ids = scorer.to_ids(samples).to_tensor()
    nll = scorer.likelihood([ids, tf.zeros([5, 0])])
    words = np.count_nonzero(ids)
    expected = np.exp(np.sum(nll) / words)
    assert found["forward_ppl"] == pytest.approx(expected, rel=1e-5)


def test_a_language_model_gives_its_own_samples_a_lower_perplexity(
    model, scorer, texts
):
    """Than words drawn without any order."""
    settings = {**SETTINGS, "texts": 24}
    part = Part(texts, None, {})
    own = generated_text(scorer, part, scorer, settings)
    assert "reconstruction_bleu" not in own
    shuffled = models.NVRNN(model.vocabulary, layers.NoLatent(), hidden_dim=8, seed=3)
    other = generated_text(shuffled, part, scorer, settings)
    assert own["forward_ppl"] < 0.7 * other["forward_ppl"]


@pytest.mark.parametrize("names", [None, ("bird", "cat", "dog")])
def test_samples_of_a_model_with_a_condition_get_what_it_reads(texts, names):
    condition = (
        layers.BagOfWordsCondition(4)
        if names is None
        else layers.LabelCondition(3, label_names=names)
    )
    words = sorted({word for text in texts for word in text.split()})
    latent = layers.VonMisesFisherLatent(4, kappa=40.0, seed=1)
    model = models.NVRNN(words, latent, condition=condition, hidden_dim=8, seed=2)
    labels = None if names is None else ["cat", "dog", "bird"] * 8
    found = generated_text(model, Part(texts, labels, {}), None, SETTINGS)
    assert set(found) >= {"texts", "reconstruction_bleu"}


def test_an_evaluation_reports_them_and_adds_them_to_the_metrics(
    model_file, scorer_file, corpus_folder, tmp_path, capsys
):
    run = tmp_path / "run"
    run.mkdir()
    (run / "model.keras").write_bytes(model_file.read_bytes())
    (run / "flags.json").write_text(json.dumps({"dataset": "text"}))
    counts = {"nll": 5.0, "examples": 7, "tokens": 35}
    metrics = {"validation": {"nll": 5.0}, "test": counts, "best_epoch": 3}
    (run / "metrics.json").write_text(json.dumps(metrics))
    settings = read(
        f"--model={run}",
        f"--data_dir={corpus_folder}",
        "--texts=50",
        f"--language_model={scorer_file}",
        "--samples=2",
    )
    results = evaluation_run.run(settings)["generation"]
    out = capsys.readouterr().out

    # The test set has seven sentences.
    assert results["texts"] == 7
    assert re.search(r"^BLEU of 7 greedy reconstructions +0\.\d{3}$", out, re.M)
    assert re.search(r"^self-BLEU of 7 samples +[01]\.\d{3}$", out, re.M)
    assert re.search(r"^forward perplexity of 7 samples +\d+\.\d\d$", out, re.M)
    added = json.loads((run / "metrics.json").read_text())["test"]
    for name in ("reconstruction_bleu", "self_bleu", "forward_ppl"):
        assert added[name] == results[name]
    assert added["generated_texts"] == 7


def test_a_model_with_a_code_or_a_condition_cannot_score(model_file, tmp_path):
    conditioned = tmp_path / "conditioned.keras"
    models.NVRNN(
        ["ball", "goal"],
        layers.NoLatent(),
        condition=layers.LabelCondition(2),
        hidden_dim=8,
    ).save(conditioned)
    for file, kind in ((model_file, "a code"), (conditioned, "a condition")):
        with pytest.raises(UserError, match=f"^--language_model={file}: has {kind};"):
            load_scorer({"language_model": str(file)})


def test_a_scorer_of_another_text_is_refused_before_the_long_work(
    model, corpus_folder, tmp_path
):
    file = tmp_path / "other.keras"
    models.NVRNN(["ball", "the"], layers.NoLatent(), hidden_dim=8).save(file)
    settings = read(
        f"--model={file}",
        "--dataset=text",
        f"--data_dir={corpus_folder}",
        "--texts=5",
        f"--language_model={file}",
    )
    notes = SentenceJudge(model, settings, {}).notes()
    with pytest.raises(UserError, match=f"^--language_model={file}: .* are unknown"):
        list(notes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--language_model=ptb_lstm"], "--language_model: scores samples; give"),
        (["--texts=5", "--language_model=none.keras"], "--language_model=none.keras"),
        (["--texts=1"], "--texts: must be at least 2"),
    ],
)
def test_flags_that_cannot_be_used_are_refused(model_file, arguments, message):
    with pytest.raises(UserError, match=re.escape(message)) as caught:
        read(f"--model={model_file}", *arguments)
    assert "\n" not in str(caught.value)
