"""Flags that earlier versions had: renamed, or gone."""

import pytest
from absl import flags

from trainers.bow import flags as bow
from trainers.cli.errors import UserError
from trainers.lm import flags as lm

PROGRAMS = {"lm": lm, "bow": bow}


def refusal(program, argument):
    """Returns the message with which a program refuses an argument."""
    own = PROGRAMS[program].define_flags(flags.FlagValues())
    with pytest.raises(UserError) as caught:
        own.parse([argument])
    return str(caught.value)


@pytest.mark.parametrize(
    ("program", "argument", "message"),
    [
        ("lm", "--samples=4", "--samples: is now called --codes"),
        ("lm", "--kl_epochs=3", "--kl_epochs: is now called --anneal_epochs"),
        ("lm", "--kappa_epochs=3", "--kappa_epochs: is now called --anneal_epochs"),
        ("bow", "--iw_samples=9", "--iw_samples: is now called --samples"),
    ],
)
def test_a_renamed_flag_is_refused_with_its_new_name(program, argument, message):
    assert refusal(program, argument) == message


@pytest.mark.parametrize(
    ("program", "argument", "message"),
    [
        ("lm", "--jit=on", "--jit: is no longer a flag (it is always auto)"),
        ("lm", "--notie_embeddings", "is no longer a flag (it is always true)"),
        ("lm", "--bow_loss_epochs=3", "(with --initial_kappa, --bow_loss falls to 0"),
        ("bow", "--clip_norm=1", "--clip_norm: is no longer a flag (it is always 20)"),
        ("bow", "--noscale_code", "is no longer a flag (it is always true)"),
        ("bow", "--decoder_layers=2", "is no longer a flag (it is always 1)"),
    ],
)
def test_a_removed_flag_is_refused_with_what_holds_instead(program, argument, message):
    found = refusal(program, argument)

    assert message in found
    assert found.endswith("; leave it out")


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_flag_that_is_gone_is_explained(program):
    gone = PROGRAMS[program].EARLIER.fixed

    assert len(gone) > 5
    for name in gone:
        assert f"--{name}: is no longer a flag" in refusal(program, f"--{name}=1")


def test_a_flag_that_another_program_had_is_unknown():
    assert "Unknown command line flag 'iw_samples'" in refusal("lm", "--iw_samples=9")
    assert "Unknown command line flag 'scale_code'" in refusal("lm", "--scale_code")


def test_a_stored_run_keeps_its_flags_under_their_new_names():
    stored = {
        "samples": 2,
        "iw_samples": 100,
        "kl_epochs": 3.0,
        "kl_schedule": "linear",
    }
    today, given = bow.EARLIER.today(stored, {"samples", "iw_samples"})

    assert today == {
        "codes": 2,
        "samples": 100,
        "anneal_epochs": 3.0,
        "kl_schedule": "linear",
    }
    assert given == {"codes", "samples"}
    # It is stored under these names from now on.
    assert bow.EARLIER.today(today, given) == (today, given)


def test_a_stored_run_that_annealed_kappa_keeps_how_long():
    stored = {"initial_kappa": 400.0, "kappa_epochs": 15.0, "kl_epochs": 20.0}

    assert lm.EARLIER.today(stored, None)[0]["anneal_epochs"] == 15.0
    stored.update(kappa_epochs=None, epochs=50)
    assert lm.EARLIER.today(stored, None)[0]["anneal_epochs"] == 25.0


def test_a_stored_run_that_annealed_two_things_for_different_times_is_kept_apart():
    stored = {"initial_kappa": 400.0, "kappa_epochs": 15.0, "kl_epochs": 20.0}
    today, _ = lm.EARLIER.today({**stored, "kl_schedule": "linear"}, None)

    assert (today["anneal_epochs"], today["kappa_epochs"]) == (20.0, 15.0)
    assert not lm.EARLIER.same_as_today("kappa_epochs", 15.0, today)


def test_a_stored_run_without_a_norm_of_the_gradient_keeps_todays_default():
    settings = lm.define_flags(flags.FlagValues()).settings()

    assert lm.EARLIER.added["clip_norm"] == settings["clip_norm"] == 5.0


@pytest.mark.parametrize(
    ("name", "value", "is_same"),
    [
        ("kappa_ceiling", 1000.0, True),
        ("kappa_ceiling", None, True),
        ("kappa_ceiling", 500.0, False),
        ("tie_embeddings", False, False),
        ("bow_loss_epochs", 36.0, True),
        ("bow_loss_epochs", 20.0, False),
    ],
)
def test_a_stored_run_may_only_be_continued_if_a_removed_flag_had_todays_value(
    name, value, is_same
):
    run = {"epochs": 40, "bow_loss": 1.0, "initial_kappa": 400.0}

    assert lm.EARLIER.same_as_today(name, value, run) == is_same
