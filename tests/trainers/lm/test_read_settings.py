"""The settings that a command line of trainers.lm results in."""

import pytest

from trainers.cli.errors import UserError
from trainers.cli.latent_flags import LATENTS
from trainers.cli.run_flags import identity
from trainers.lm.task import LMTask
from trainers.training.latents import make_latent
from trainers.training.schedules import make_schedules


def test_defaults_depend_on_the_corpus(parse):
    embedded, notes = parse()
    assert embedded["latent_dim"] == 16
    assert embedded["output_dir"] == "runs/lm-embedded-standard-vmf"
    assert notes == []
    ptb, _ = parse("--dataset=ptb", "--kappa=80", "--setting=inputless")
    assert (ptb["latent_dim"], ptb["kappa"], ptb["word_dropout"]) == (50, 80.0, 1.0)
    assert ptb["output_dir"] == "runs/lm-ptb-inputless-vmf"


@pytest.mark.parametrize("dataset", ["ptb", "text", "yelp"])
def test_codes_of_real_text_have_an_auxiliary_loss_by_default(parse, dataset):
    def bow_loss(*flags):
        flags = f"--dataset={dataset}", "--data_dir=data", *flags
        return parse(*flags)[0]["bow_loss"]

    assert bow_loss() == bow_loss("--setting=inputless", "--latent=vmf") == 1.0
    assert bow_loss("--condition=bow") == bow_loss("--bow_loss=0") == 0.0
    assert bow_loss("--latent=none") is None
    assert parse()[0]["bow_loss"] == 0.0


@pytest.mark.parametrize("dataset", ["ptb", "text", "yelp"])
def test_without_previous_words_training_takes_smaller_steps(parse, dataset):
    corpus = [f"--dataset={dataset}", "--data_dir=data"]
    standard, inputless = (
        parse(*corpus, "--latent=vmf", f"--setting={name}")[0]
        for name in ("standard", "inputless")
    )

    assert (standard["learning_rate"], standard["epochs"]) == (8e-3, 4)
    assert (inputless["learning_rate"], inputless["epochs"]) == (2e-3, 9)
    assert inputless["encoder_pooling"] == "mean"


@pytest.mark.parametrize("dataset", ["ptb", "text", "yelp"])
def test_without_words_the_code_is_the_direction_of_a_gaussian(parse, dataset):
    def settings(*flags):
        corpus = f"--dataset={dataset}", "--data_dir=data", "--setting=inputless"
        return parse(*corpus, *flags)[0]

    own = settings()
    assert (own["latent"], own["latent_dim"]) == ("projected_normal", 16)
    assert (own["minimum_rate"], own["kl_schedule"]) == (10.0, "linear")
    assert own == settings("--latent=projected_normal")
    assert settings("--latent_dim=32")["latent_dim"] == 32
    assert settings("--latent=gaussian")["minimum_rate"] == 0.0
    assert parse(f"--dataset={dataset}", "--data_dir=data")[0]["latent"] == "vmf"
    assert parse("--setting=inputless")[0]["latent"] == "vmf"
    # A decoder that is told the words leaves less to the code.
    told = settings("--condition=bow")
    assert (told["latent"], told["minimum_rate"]) == ("vmf", None)
    told = settings("--condition=bow", "--latent=projected_normal")
    assert told["minimum_rate"] == 0.0


def test_flags_that_the_default_code_cannot_obey_are_not_dropped(parse):
    corpus = "--dataset=ptb", "--setting=inputless"
    settings, notes = parse(*corpus, "--kappa=80")
    assert (settings["latent"], settings["kappa"], notes) == ("vmf", 80.0, [])
    for name in ("training_kappa", "initial_kappa"):
        settings, notes = parse(*corpus, f"--{name}=90")
        assert (settings["latent"], settings[name], notes) == ("vmf", 90.0, [])
    settings, notes = parse(*corpus, "--free_bits=4")
    assert (settings["free_bits"], settings["minimum_rate"]) == (4.0, 0.0)
    assert notes == []


def test_one_command_works_for_every_latent_and_notes_flags_without_effect(parse):
    flags = "--latent_dim=50", "--kappa=35"
    gaussian, notes = parse(*flags, "--latent=gaussian")
    assert (gaussian["latent_dim"], gaussian["kappa"]) == (50, None)
    assert notes == ["--kappa has no effect with --latent=gaussian"]
    none, notes = parse(*flags, "--latent=none")
    assert (none["latent_dim"], none["kappa"]) == (None, None)
    assert len(notes) == 2
    # It is the same run with and without them.
    assert none == parse("--latent=none")[0]


@pytest.mark.parametrize("corpus", [[], ["--dataset=ptb"]])
@pytest.mark.parametrize("latent", list(LATENTS))
def test_every_latent_can_be_made_from_the_defaults_of_every_corpus(
    parse, latent, corpus
):
    settings, _ = parse(f"--latent={latent}", *corpus)

    assert make_latent(settings).latent_dim == (settings["latent_dim"] or 0)


def test_training_may_sample_codes_at_another_concentration(parse):
    settings, _ = parse("--kappa=15", "--training_kappa=35")
    latent = make_latent(settings)
    assert (latent.kappa, latent.training_kappa) == (15.0, 35.0)
    assert make_latent(parse("--kappa=15")[0]).training_kappa is None
    assert make_latent(parse()[0]).training_kappa == 40.0
    _, notes = parse("--latent=gaussian", "--training_kappa=35")
    assert notes == ["--training_kappa has no effect with --latent=gaussian"]


def test_the_sampling_concentration_may_start_high_and_fall(parse):
    def schedule(*arguments):
        settings, notes = parse("--epochs=6", "--kappa=15", *arguments)
        schedules = make_schedules(settings)
        return [(s.start, s.end, s.epochs) for s in schedules], notes

    assert schedule("--initial_kappa=90") == ([(90.0, 15.0, 3.0)], [])
    assert schedule(
        "--initial_kappa=90", "--training_kappa=30", "--anneal_epochs=5"
    ) == ([(90.0, 30.0, 5.0)], [])
    assert schedule() == ([], [])
    assert schedule("--anneal_epochs=5") == (
        [],
        ["--anneal_epochs has no effect with --kl_schedule=constant"],
    )
    assert schedule("--initial_kappa=90", "--latent=vmf_learned") == (
        [],
        ["--initial_kappa has no effect with --latent=vmf_learned"],
    )


def test_the_weight_of_the_kl_is_where_its_schedule_ends(parse):
    def schedule(*arguments):
        settings, notes = parse("--latent=gaussian", "--epochs=6", *arguments)
        return [
            (s.schedule, s.end, s.weight_at(3.0)) for s in make_schedules(settings)
        ], notes

    assert schedule() == ([], [])
    assert schedule("--kl_weight=0.5") == ([("constant", 0.5, 0.5)], [])
    assert schedule("--kl_weight=0.5", "--kl_schedule=linear", "--anneal_epochs=6") == (
        [("linear", 0.5, 0.25)],
        [],
    )
    assert schedule("--kl_weight=0", "--kl_schedule=linear") == (
        [("constant", 0.0, 0.0)],
        ["--kl_schedule has no effect with --kl_weight=0.0"],
    )


@pytest.mark.parametrize(
    ("flags", "changes"),
    [
        (["--latent=vmf"], False),
        (["--latent=vmf", "--prior_components=4"], True),
        (["--latent=power_spherical"], False),
        (["--latent=spherical_cauchy"], False),
        (["--latent=vmf_norm"], False),
        (["--latent=vmf_learned"], True),
        (["--latent=none"], False),
    ],
    ids=str,
)
def test_the_weight_of_a_kl_that_cannot_change_has_no_effect(parse, flags, changes):
    settings, notes = parse(*flags, "--kl_weight=0.5")

    assert settings["kl_weight"] == (0.5 if changes else None)
    latent = settings["latent"]
    expected = [f"--kl_weight has no effect with --latent={latent}"]
    assert notes == ([] if changes else expected)
    assert len(make_schedules(settings)) == changes


def test_the_normalised_means_of_a_gaussian_code(parse):
    settings, notes = parse("--latent=gaussian", "--batch_norm=0.6")
    assert (make_latent(settings).batch_norm, notes) == (0.6, [])
    # Without the flag nothing is normalised.
    assert make_latent(parse("--latent=gaussian")[0]).normalization is None
    settings, notes = parse("--batch_norm=0.6", "--accumulate_steps=2")
    assert settings["batch_norm"] is None
    assert notes == ["--batch_norm has no effect with --latent=vmf"]


@pytest.mark.parametrize("latent", ["gaussian", "vmf_learned", "vmf_natural"])
def test_the_minimum_rate_of_a_code_whose_kl_is_learned(latent, parse):
    settings, notes = parse(f"--latent={latent}", "--minimum_rate=5")
    assert (make_latent(settings).minimum_rate, notes) == (5.0, [])
    settings, notes = parse(f"--latent={latent}", "--free_bits=5")
    assert (make_latent(settings).free_bits, notes) == (5.0, [])


def test_a_minimum_rate_that_nothing_would_keep_up_has_no_effect(parse):
    assert make_latent(parse("--latent=gaussian")[0]).rate_constraint is None
    for latent, flag in (("vmf", "--latent=vmf"), ("gaussian", "--kl_weight=0.0")):
        flags = f"--latent={latent}", flag, "--minimum_rate=5"
        settings, notes = parse(*flags)
        assert settings["minimum_rate"] is None
        assert notes == [f"--minimum_rate has no effect with {flag}"]


def test_pretraining_delays_the_rise_of_the_kl_weight(parse):
    flags = "--epochs=10", "--pretrain_epochs=3"
    settings, notes = parse(*flags, "--latent=gaussian", "--kl_schedule=linear")
    rise, restart = make_schedules(settings)

    assert notes == []
    weights = [rise.weight_at(epoch) for epoch in (0, 2.9, 3, 5.5, 8)]
    assert weights == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert restart.epoch == 3
    settings, notes = parse(*flags)
    assert make_schedules(settings) == []
    assert notes == ["--pretrain_epochs has no effect with --latent=vmf"]


def test_steps_of_the_encoder_have_no_effect_without_one(parse):
    assert parse("--encoder_steps=9")[0]["encoder_steps"] == 9
    settings, notes = parse("--latent=none", "--encoder_steps=9")
    assert settings["encoder_steps"] is None
    assert notes == ["--encoder_steps has no effect with --latent=none"]


def test_the_depth_of_the_decoder_alone_counts_without_a_code(parse):
    flags = "--latent=none", "--decoder_layers=2"
    settings, notes = parse(*flags, "--num_layers=3")

    assert notes == ["--num_layers has no effect with --decoder_layers=2"]
    assert settings == parse(*flags)[0]
    assert parse("--latent=none", "--num_layers=3")[0]["num_layers"] == 3


def test_the_width_of_a_condition_has_no_effect_without_one(parse):
    assert parse("--condition=bow", "--condition_dim=7") == (
        {**parse("--condition=bow")[0], "condition_dim": 7},
        [],
    )
    _, notes = parse("--condition_dim=7")
    assert notes == ["--condition_dim has no effect with --condition=none"]


def test_a_model_without_a_code_has_no_encoder_to_drop_weights_of(parse):
    settings, notes = parse("--latent=none", "--weight_drop=0.5")
    assert (settings["weight_drop"], notes) == (0.5, [])


def test_variational_dropout_has_no_effect_without_dropout(parse):
    assert parse("--variational_dropout")[1] == []
    _, notes = parse("--variational_dropout", "--dropout=0")
    assert notes == ["--variational_dropout has no effect with --dropout=0.0"]


def test_only_products_of_spheres_take_their_concentrations_from_the_length(
    make_settings,
):
    def model_of(*flags):
        task = LMTask(make_settings(*flags))
        task.corpus = task.load_corpus()
        return task.make_model()

    product = "--latent=vmf_product", "--latent_dim=4", "--spheres=2"
    by_length = model_of(*product, "--kappa_by=length")
    assert by_length.encoder_length
    assert by_length.latent.concentration_features == 1
    by_features = model_of(*product)
    assert not by_features.encoder_length
    assert by_features.latent.concentration_features is None
    assert not model_of("--latent=vmf").encoder_length


def test_flags_that_a_latent_does_not_read_have_no_value(parse):
    def kept(*arguments):
        settings, _ = parse(*arguments)
        names = ["kappa", "kappa_floor", "training_kappa", "free_bits", "encoder"]
        return [name for name in names if settings[name] is not None]

    kept_up = ["kappa", "kappa_floor", "free_bits", "encoder"]
    assert kept("--latent=vmf_learned") == kept_up
    assert kept("--latent=vmf_norm") == ["kappa", "training_kappa", "encoder"]
    assert kept("--latent=vmf_natural") == ["kappa", "free_bits", "encoder"]
    assert kept("--latent=gaussian") == ["free_bits", "encoder"]
    assert kept("--latent=none") == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--latent=vmf_learned", "--kappa_floor=50"], "--kappa: must be between"),
        (["--latent=vmf_product", "--spheres=3"], "--latent_dim: must be a multiple"),
        (["--latent=gaussian", "--free_bits=-1"], "--free_bits: must be at least 0"),
        (["--weight_drop=1"], "--weight_drop: must be at least 0 and below 1, not 1"),
        (["--weight_drop=0.5", "--encoder=gru"], "--weight_drop: --encoder=gru has no"),
        (["--ema_momentum=1"], "--ema_momentum: must be at least 0 and below 1"),
        (["--recurrent_dropout=1"], "--recurrent_dropout: must be at least 0 and"),
        (["--condition=label", "--dataset=ptb"], "--condition: --dataset=ptb has no"),
    ],
)
def test_flags_that_contradict_each_other_are_refused(parse, arguments, message):
    with pytest.raises(UserError, match=message):
        parse(*arguments)


def test_a_corpus_folder_that_nothing_reads_is_noted(parse):
    _, notes = parse("--data_dir=my_sentences.txt")
    assert notes == ["--data_dir has no effect with --dataset=embedded"]


def test_a_bad_value_is_refused_even_without_effect(parse):
    with pytest.raises(UserError, match="--kappa"):
        parse("--latent=gaussian", "--kappa=-1")


def test_a_run_keeps_its_identity_in_another_folder_and_on_other_devices(parse):
    one, _ = parse("--output_dir=a", "--strategy=mirrored", "--accumulate_steps=4")
    other, _ = parse("--output_dir=b", "--data_dir=c")
    assert identity(one) == identity(other)
    assert identity(one) != identity(parse("--seed=2")[0])


def test_a_large_vocabulary_has_an_automatic_softmax_by_default(parse):
    def softmax(*arguments):
        return parse("--dataset=text", "--data_dir=data", *arguments)[0]["softmax"]

    assert softmax() == softmax("--vocabulary_size=19999") == "full"
    assert softmax("--vocabulary_size=20000") == "auto"
    assert softmax("--vocabulary_size=20000", "--softmax=full") == "full"
    assert softmax("--softmax=adaptive") == "adaptive"
