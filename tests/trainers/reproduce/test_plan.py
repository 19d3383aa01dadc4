"""The runs of all experiments at every scale."""

import pytest
from absl import flags

from trainers.bow import flags as bow
from trainers.evaluate import flags as evaluate
from trainers.generate import flags as generate
from trainers.lm import flags as lm
from trainers.reproduce.experiments.registry import EXPERIMENTS
from trainers.reproduce.plan import Plan
from trainers.reproduce.runs.scales import SCALES

PROGRAMS = {"lm": lm, "bow": bow, "evaluate": evaluate, "generate": generate}


@pytest.mark.parametrize("scale", SCALES)
def test_the_programs_accept_every_run_and_read_all_of_its_flags(scale, tmp_path):
    plan = Plan(list(EXPERIMENTS.values()), SCALES[scale], tmp_path, None)
    checked = set()
    for run in plan.runs():
        own = PROGRAMS[run.program].define_flags(flags.FlagValues())
        own.parse(plan.arguments(run))
        if run.program in ("evaluate", "generate"):
            assert run.run.name in checked
            settings = own.settings()
            assert all(settings[name] == x for name, x in run.flags.items())
            unused = own.without_effect(settings)
            assert not unused.keys() & {*run.flags, *run.inputs}, run.name
        else:
            # A note would say that a flag has no effect.
            assert own.read_settings()[1] == [], run.name
        checked.add(run.name)


@pytest.mark.parametrize("scale", SCALES)
def test_runs_of_the_same_name_are_the_same_and_others_differ(scale):
    all_runs = [
        run
        for experiment in EXPERIMENTS.values()
        for run in experiment.runs(SCALES[scale])
        if run.program in ("lm", "bow")
    ]
    by_name, by_flags = {}, {}
    for run in all_runs:
        assert by_name.setdefault(run.name, run) == run
        key = (run.program, tuple(sorted(run.flags.items())))
        assert by_flags.setdefault(key, run.name) == run.name


@pytest.mark.parametrize("scale", ["cpu", "paper"])
def test_models_of_the_same_corpus_are_trained_alike(scale):
    # What a system is, and not how long or how large it is trained.
    of_the_system = {"latent", "setting", "condition", "kappa", "num_layers"}
    of_the_system |= {"decoder_layers", "latent_dim", "kl_schedule", "anneal_epochs"}
    of_the_system |= {"encoder_pooling", "bow_loss"}  # A plain model has neither.
    of_the_system |= {"samples"}  # Of an evaluation; those of the sweep have fewer.
    common = {}
    for experiment in EXPERIMENTS.values():
        for run in experiment.runs(SCALES[scale]):
            shared = {k: v for k, v in run.flags.items() if k not in of_the_system}
            corpus = run.program, run.flags.get("dataset"), getattr(run, "task", None)
            assert common.setdefault(corpus, shared) == shared, run.name


def test_yelp_is_trained_as_ptb_is():
    for scale in SCALES.values():
        flags = {**scale.reviews, "dataset": scale.sentences["dataset"]}
        flags["epochs"] = scale.sentences["epochs"]
        assert flags == scale.sentences


def test_the_decoder_has_a_depth_of_its_own():
    runs = EXPERIMENTS["collapse"].runs(SCALES["cpu"])
    depths = [
        (run.flags["num_layers"], run.flags.get("decoder_layers")) for run in runs
    ]
    assert set(depths) == {(3, None), (3, 1), (1, 3), (1, None)}
    # Runs of versions without --decoder_layers go on under their names.
    assert "ptb-inputless-gaussian-layers3" in [run.name for run in runs]
