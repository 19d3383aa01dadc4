"""What a command line of trainers.lm comes to."""

import pytest

from trainers.cli.errors import UserError
from trainers.cli.latent_flags import LATENTS
from trainers.cli.run_flags import identity
from trainers.training.latents import make_latent
from trainers.training.schedules import make_schedules


def test_defaults_go_by_the_corpus(parse):
    embedded, notes = parse()
    assert embedded["latent_dim"] == 16
    assert embedded["output_dir"] == "runs/lm-embedded-standard-vmf"
    assert notes == []
    ptb, _ = parse("--dataset=ptb", "--kappa=80", "--setting=inputless")
    assert (ptb["latent_dim"], ptb["kappa"], ptb["word_dropout"]) == (50, 80.0, 1.0)
    assert ptb["output_dir"] == "runs/lm-ptb-inputless-vmf"


@pytest.mark.parametrize("dataset", ["ptb", "text", "yelp"])
def test_without_inputs_the_code_is_told_what_it_is_for(parse, dataset):
    corpus = [f"--dataset={dataset}", "--data_dir=data"]
    standard, inputless = (
        parse(*corpus, f"--setting={name}")[0] for name in ("standard", "inputless")
    )

    assert standard["bow_loss"] == 0.0
    assert (inputless["bow_loss"], inputless["encoder_pooling"]) == (1.0, "mean")
    assert parse(*corpus, "--setting=inputless", "--bow_loss=0")[0]["bow_loss"] == 0.0


def test_one_command_fits_every_latent_and_says_what_it_leaves_aside(parse):
    flags = "--latent_dim=50", "--kappa=35"
    gaussian, notes = parse(*flags, "--latent=gaussian")
    assert (gaussian["latent_dim"], gaussian["kappa"]) == (50, None)
    assert notes == ["--kappa has no effect with --latent=gaussian"]
    none, notes = parse(*flags, "--latent=none")
    assert (none["latent_dim"], none["kappa"]) == (None, None)
    assert len(notes) == 2
    # So it is the same run with and without them.
    assert none == parse("--latent=none")[0]


@pytest.mark.parametrize("corpus", [[], ["--dataset=ptb"]])
@pytest.mark.parametrize("latent", list(LATENTS))
def test_every_latent_goes_with_the_defaults_of_every_corpus(parse, latent, corpus):
    settings, _ = parse(f"--latent={latent}", *corpus)

    assert make_latent(settings).latent_dim == (settings["latent_dim"] or 0)


def test_codes_may_be_drawn_at_another_concentration_in_training(parse):
    settings, _ = parse("--kappa=15", "--training_kappa=35")
    latent = make_latent(settings)
    assert (latent.kappa, latent.training_kappa) == (15.0, 35.0)
    assert make_latent(parse("--kappa=15")[0]).training_kappa is None
    assert make_latent(parse()[0]).training_kappa == 40.0
    _, notes = parse("--latent=gaussian", "--training_kappa=35")
    assert notes == ["--training_kappa has no effect with --latent=gaussian"]


def test_codes_may_be_drawn_with_little_noise_at_first(parse):
    def schedule(*arguments):
        settings, notes = parse("--epochs=6", "--kappa=15", *arguments)
        moved = make_schedules(settings)[1:]
        return [(s.start, s.end, s.epochs) for s in moved], notes

    assert schedule("--initial_kappa=90") == ([(90.0, 15.0, 3.0)], [])
    assert schedule(
        "--initial_kappa=90", "--training_kappa=30", "--kappa_epochs=5"
    ) == ([(90.0, 30.0, 5.0)], [])
    assert schedule() == ([], [])
    assert schedule("--kappa_epochs=5") == (
        [],
        ["--kappa_epochs has no effect without --initial_kappa"],
    )
    assert schedule("--initial_kappa=90", "--latent=vmf_learned") == (
        [],
        ["--initial_kappa has no effect with --latent=vmf_learned"],
    )


def test_each_latent_has_the_flags_that_it_reads(parse):
    def kept(*arguments):
        settings, _ = parse(*arguments)
        names = ("kappa", "kappa_floor", "norm_width", "free_bits", "encoder")
        return [name for name in names if settings[name] is not None]

    assert kept("--latent=vmf_learned") == ["kappa", "kappa_floor", "encoder"]
    assert kept("--latent=vmf_norm") == ["kappa", "norm_width", "encoder"]
    assert kept("--latent=power_spherical") == ["kappa", "encoder"]
    assert kept("--latent=gaussian") == ["free_bits", "encoder"]
    assert kept("--latent=none") == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--latent=vmf_learned", "--kappa_floor=50"], "--kappa: must be between"),
        (["--latent=vmf_norm", "--norm_width=11"], "--norm_width: must be positive"),
        (["--latent=gaussian", "--free_bits=-1"], "--free_bits: must be at least 0"),
        (["--recurrent_dropout=1"], "--recurrent_dropout: must be at least 0 and"),
        (["--condition=label"], "--condition: --dataset=embedded has no labels"),
        (["--dataset=yelp"], "--data_dir: --dataset=yelp needs the folder above"),
    ],
)
def test_flags_that_make_no_sense_together_are_named(parse, arguments, message):
    with pytest.raises(UserError, match=message):
        parse(*arguments)


def test_a_corpus_folder_that_nothing_reads_is_pointed_out(parse):
    _, notes = parse("--data_dir=my_sentences.txt")
    assert notes == ["--data_dir has no effect with --dataset=embedded"]


def test_a_value_without_effect_must_still_make_sense(parse):
    with pytest.raises(UserError, match="--kappa"):
        parse("--latent=gaussian", "--kappa=-1")


def test_a_run_may_move_and_change_its_devices(parse):
    one, _ = parse("--output_dir=a", "--strategy=mirrored", "--save_seconds=9")
    other, _ = parse("--output_dir=b", "--data_dir=c")
    assert identity(one) == identity(other)
    assert identity(one) != identity(parse("--seed=2")[0])
