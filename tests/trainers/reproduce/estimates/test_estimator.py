"""Estimates of how long runs take."""

import pytest

from trainers.reproduce.estimates import estimator
from trainers.reproduce.estimates.measurement import Measurement
from trainers.reproduce.experiments.registry import EXPERIMENTS
from trainers.reproduce.plan import Plan
from trainers.reproduce.runs.scales import SCALES

MEASURED = Measurement(
    start=10.0,
    step=0.5,
    training_steps=100,
    evaluation_step=0.25,
    evaluation_steps=20,
)


def plan_of(tmp_path, scale, *names, data_dir=None):
    experiments = [EXPERIMENTS[name] for name in names]
    return Plan(experiments, SCALES[scale], tmp_path, data_dir)


def test_a_run_takes_its_epochs_and_an_evaluation_its_samples():
    # Two epochs, and the validation set five times in all.
    assert MEASURED.training(2) == 10 + 2 * 100 * 0.5 + 5 * 20 * 0.25
    assert MEASURED.bounds(50) == 10 + 50 * 20 * 0.25 / 2
    assert MEASURED.bounds(50, share=0.1) == 10 + 5 * 20 * 0.25 / 2


def test_runs_of_a_kind_are_measured_once(tmp_path, monkeypatch):
    plan = plan_of(tmp_path, "smoke", "collapse", "language_modelling", "sentences")
    measured = []

    def measure(self, run):
        measured.append(run)
        return MEASURED

    monkeypatch.setattr(estimator.Estimator, "_measure", measure)
    estimates = estimator.Estimator(plan.runs(), plan.data_dir)
    seconds = {run.name: estimates.seconds(run) for run in plan.runs()}

    kinds = [(x.flags["num_layers"], x.flags.get("decoder_layers")) for x in measured]
    assert sorted(kinds, key=str) == [(1, 2), (1, None)]
    # A plain model has no encoder, so its steps are quicker.
    assert "none" not in [run.flags["latent"] for run in measured]
    assert seconds["embedded-standard-none"] == MEASURED.training(2)
    assert seconds["embedded-inputless-gaussian"] == MEASURED.training(2)
    assert seconds["embedded-inputless-gaussian/sample"] == MEASURED.start
    # 500 of 20 batches of 100 sentences.
    (bounds,) = [x for name, x in seconds.items() if "gaussian/evaluation" in name][:1]
    assert bounds == MEASURED.bounds(10, share=0.25)


def test_what_would_be_downloaded_has_no_estimate(tmp_path, capsys):
    plan = plan_of(tmp_path, "cpu", "documents", data_dir=str(tmp_path))
    estimates = estimator.Estimator(plan.runs(), plan.data_dir)
    assert {estimates.seconds(run) for run in plan.runs()} == {None}
    note = "note: no estimate for 20ng, which is not in --data_dir\n"
    assert capsys.readouterr().out == note


def test_an_unreadable_corpus_has_no_estimate(tmp_path, capsys):
    (tmp_path / "20ng").mkdir()
    (tmp_path / "20ng" / "train.feat").write_text("mine")
    plan = plan_of(tmp_path, "cpu", "documents", data_dir=str(tmp_path))
    assert (
        estimator.Estimator(plan.runs(), plan.data_dir).seconds(plan.runs()[0]) is None
    )
    note = capsys.readouterr().out.splitlines()[-1]
    assert note.startswith("note: no estimate for 20ng: ")
    assert "vocab.new" in note or "test.feat" in note


def test_a_few_steps_are_measured(tmp_path):
    plan = plan_of(tmp_path, "smoke", "documents_rcv1")
    run = plan.runs()[0]
    from trainers.reproduce.estimates.measuring import measure

    found = measure(run, None)
    # 2,000 documents, of which a twentieth is held out twice, in batches of 100.
    assert found.training_steps == 18
    assert found.evaluation_steps == 1
    assert 0 < found.step < 5
    assert 0 < found.evaluation_step < 5
    assert found.start > 5
    # Nothing is left behind.
    assert list(tmp_path.iterdir()) == []


def test_short_and_long_sentences_are_measured(tmp_path, monkeypatch):
    run = plan_of(tmp_path, "smoke", "language_modelling").runs()[0]
    from trainers.reproduce.estimates import measuring

    real, lengths = measuring.evaluation_step, []

    def recorded(*arguments):
        step = real(*arguments)

        def take(inputs):
            lengths.append(inputs.shape[1])
            return step(inputs)

        return take

    monkeypatch.setattr(measuring, "evaluation_step", recorded)
    measuring.measure(run, None)
    measured = lengths[measuring.COMPILED :]
    assert len(measured) == measuring.MEASURED
    assert max(measured) >= 1.5 * min(measured)


def test_generated_documents_are_measured_on_a_sample():
    (run, _) = EXPERIMENTS["documents_rcv1"].runs(SCALES["paper"])[:2]
    sample, ratio = run.on_a_sample()
    assert sample.inputs["data_dir"].count == 2000
    assert ratio == pytest.approx(804_414 / 2000)
    (ptb, *_) = EXPERIMENTS["language_modelling"].runs(SCALES["paper"])
    assert ptb.on_a_sample() == (ptb, 1.0)
