"""What a command line of trainers.lm comes to."""

import pytest

from trainers.command_line import UserError, identity


def test_defaults_go_by_the_corpus(parse):
    embedded, notes = parse()
    assert embedded["latent_dim"] == 16
    assert embedded["output_dir"] == "runs/lm-embedded-standard-vmf"
    assert notes == []
    ptb, _ = parse("--dataset=ptb", "--kappa=80", "--setting=inputless")
    assert (ptb["latent_dim"], ptb["kappa"], ptb["word_dropout"]) == (50, 80.0, 1.0)
    assert ptb["output_dir"] == "runs/lm-ptb-inputless-vmf"


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
