"""A run is resumed with its own flags, its old defaults, and its text."""

import json

import pytest
from absl import flags

from trainers.cli import latent_flags
from trainers.cli.errors import UserError
from trainers.lm import flags as lm
from trainers.storage.run_folder import RunFolder
from trainers.storage.run_record import RunRecord

TEXT = {
    "vocabulary": {"count": 9, "hash": "a"},
    "train": {"count": 18, "hash": "b"},
    "validation": {"count": 6, "hash": "c"},
    "test": {"count": 7, "hash": "d"},
}
# The flags of the earliest runs.
EARLIEST = {
    "seed": 1,
    "latent": "vmf",
    "latent_dim": 16,
    "kappa": 25.0,
    "setting": "standard",
    "word_dropout": 0.0,
    "dataset": "embedded",
    "vocabulary_size": 10000,
    "epochs": 6,
    "batch_size": 32,
    "embedding_dim": 64,
    "hidden_dim": 128,
    "dropout": 0.05,
    "tie_embeddings": True,
    "learning_rate": 0.004,
    "clip_norm": 5.0,
    "patience": 3,
    "kl_schedule": "constant",
    "kl_epochs": 20.0,
}


@pytest.fixture
def find(find_run, tmp_path):
    """Returns a function that finds the run of a command line."""
    return lambda *arguments: find_run(*arguments, f"--output_dir={tmp_path}")


@pytest.fixture
def begin(find):
    """Returns a function that begins a run and leaves its folder."""

    def begin_run(*arguments):
        folder, settings, _ = find(*arguments)
        folder.open(TEXT, "0.1.0")
        folder.close()
        return settings

    return begin_run


def change(path, **flags):
    """Changes flags in a flags.json; `...` removes a flag."""
    content = json.loads((path / "flags.json").read_text())
    content["flags"].update(flags)
    content["flags"] = {k: v for k, v in content["flags"].items() if v is not ...}
    (path / "flags.json").write_text(json.dumps(content))


def write_flat(path, flags):
    (path / "flags.json").write_text(json.dumps(flags))


def test_flags_json_holds_version_flags_and_text(begin, tmp_path):
    settings = begin("--kappa=30")
    content = json.loads((tmp_path / "flags.json").read_text())
    assert content["version"] == "0.1.0"
    assert content["flags"]["kappa"] == settings["kappa"] == 30.0
    assert content["given"] == ["kappa"]
    assert content["text"] == TEXT


def test_a_flag_missing_from_flags_json_has_the_value_from_before_it_existed(
    find, tmp_path
):
    # Every other flag has today's default.
    write_flat(tmp_path, EARLIEST)
    _, settings, notes = find("--latent=vmf")
    assert (settings["encoder_pooling"], settings["bow_loss"]) == ("last", 0.0)
    assert settings["training_kappa"] is None
    assert settings["codes"] == 1
    assert settings["softmax"] == "full"
    assert len(notes) == 2
    assert (
        f"{tmp_path} was started with --encoder_pooling=last and keeps it" in notes[0]
    )


@pytest.mark.parametrize(
    ("flag", "refused"),
    [
        ("--encoder_pooling=last", False),
        ("--encoder_pooling=max", True),
        ("--bow_loss=0", False),
        ("--bow_loss=1", True),
        ("--training_kappa=30", True),
        ("--kappa=25", False),
        ("--kappa=26", True),
        ("--num_layers=1", False),
        ("--num_layers=2", True),
    ],
)
def test_a_given_flag_is_compared_with_the_value_from_before_it_existed(
    find, tmp_path, flag, refused
):
    write_flat(tmp_path, EARLIEST)
    if not refused:
        find(flag)
        return
    name = flag.partition("=")[0]
    with pytest.raises(UserError, match=rf"holds another run \({name} was "):
        find(flag)


def test_a_flag_without_effect_is_not_compared(find, tmp_path):
    write_flat(tmp_path, {**EARLIEST, "latent": "none", "kappa": 35.0})
    _, settings, notes = find("--latent=none")
    assert (settings["kappa"], notes) == (None, [])


def test_the_same_command_resumes_a_run_after_a_default_has_changed(
    begin, find, tmp_path
):
    begin("--latent=vmf", "--kappa=30")
    change(tmp_path, learning_rate=0.01, epochs=9, kl_schedule="linear")
    _, settings, notes = find("--kappa=30", "--latent=vmf")
    assert (settings["learning_rate"], settings["epochs"]) == (0.01, 9)
    assert settings["kl_schedule"] == "linear"
    assert any(
        "was started with --epochs=9 and keeps it; the default is now 6" in note
        for note in notes
    )


def test_another_command_is_refused_after_a_default_has_changed(begin, find, tmp_path):
    begin("--latent=vmf", "--kappa=30")
    change(tmp_path, learning_rate=0.01)
    for given in (["--kappa=30"], ["--latent=vmf", "--kappa=30", "--epochs=6"]):
        with pytest.raises(UserError, match=r"--learning_rate was 0\.01, now 0\.004"):
            find(*given)
    with pytest.raises(UserError, match=r"--kappa was 30\.0, now 31\.0"):
        find("--latent=vmf", "--kappa=31")


def test_a_run_whose_flags_imply_other_values_is_another_run(begin, find):
    # Without --kappa, training samples codes with concentration 40.
    begin("--kappa=25")
    with pytest.raises(UserError, match=r"--training_kappa was None, now 40\.0"):
        find()


def test_a_flag_that_no_longer_exists_is_refused_only_if_it_was_set(
    begin, find, tmp_path
):
    begin()
    change(tmp_path, annealing=None)
    find()
    change(tmp_path, annealing="slow")
    with pytest.raises(UserError, match="--annealing was 'slow', now there is no such"):
        find()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", "six"),
        ("epochs", -1),
        ("epochs", None),
        ("epochs", True),
        ("epochs", 2.5),
        ("learning_rate", -0.5),
        ("learning_rate", "fast"),
        ("encoder", "transformer"),
        ("codes", 0),
        ("latent_dim", 1),
        ("kl_schedule", 7),
    ],
)
def test_an_invalid_value_in_flags_json_is_refused(begin, find, tmp_path, name, value):
    begin()
    change(tmp_path, **{name: value})
    with pytest.raises(
        UserError, match=rf"flags\.json: is not what .*{name}"
    ) as caught:
        find()
    assert "\n" not in str(caught.value)


def test_another_text_is_refused_and_the_difference_is_named(begin, find, tmp_path):
    begin()
    before = (tmp_path / "flags.json").read_bytes()
    folder, _, _ = find()
    folder.check_text(TEXT)
    other = {
        **TEXT,
        "train": {"count": 12, "hash": "x"},
        "test": {"count": 7, "hash": "y"},
    }
    with pytest.raises(UserError) as caught:
        folder.check_text(other, "--data_dir=d")
    assert str(caught.value) == (
        "--data_dir=d: its training set (12 examples instead of 18) and its test set "
        "(7 examples as before, but different ones) are not what the run in "
        f"{tmp_path} was started with; restore that text or choose another --output_dir"
    )
    with pytest.raises(UserError, match=r"its vocabulary \(9 words as before, but"):
        folder.open({"vocabulary": {"count": 9, "hash": "other"}})
    assert (tmp_path / "flags.json").read_bytes() == before


def test_other_labels_are_named_in_a_sentence(tmp_path):
    labels = {"count": 60, "hash": "a"}
    RunFolder(tmp_path, {}).open({"labels": labels})
    with pytest.raises(UserError) as caught:
        RunFolder(tmp_path, {}).check_text({"labels": {**labels, "hash": "b"}}, "--x=y")
    assert str(caught.value).startswith(
        "--x=y: its list of labels (60 labels as before, but different ones) is not "
    )


def test_an_older_run_records_its_text_when_it_continues(find, tmp_path):
    write_flat(tmp_path, EARLIEST)
    folder, _, _ = find()
    assert not folder.records_its_text
    folder.open(TEXT, "0.1.0")
    # Opening it is not enough.
    assert RunRecord.read(tmp_path / "flags.json").text == {}
    folder.record_text(TEXT)
    assert folder.records_its_text
    record = RunRecord.read(tmp_path / "flags.json")
    assert (record.text, record.flags) == (TEXT, EARLIEST)
    # Another version began the run.
    assert record.version is None
    folder.close()
    with pytest.raises(UserError, match="its test set"):
        find()[0].check_text({"test": {"count": 1, "hash": "z"}})


def test_a_file_that_the_fingerprint_covers_may_move(tmp_path):
    flags = {"labels": "here/labels.txt", "stop_words": "english"}
    RunFolder(tmp_path, flags).open(TEXT)
    RunFolder(tmp_path, {**flags, "labels": "there/labels.txt"})
    with pytest.raises(UserError, match=r"--labels was here/labels\.txt, now None"):
        RunFolder(tmp_path, {**flags, "labels": None})
    write_flat(tmp_path, flags)
    with pytest.raises(UserError, match="--labels was"):
        RunFolder(tmp_path, {**flags, "labels": "there/labels.txt"})
    with pytest.raises(UserError, match=r"--labels was here/labels\.txt, now None"):
        RunFolder(tmp_path, {**flags, "labels": None})


@pytest.mark.parametrize("latent", list(latent_flags.LATENTS))
def test_dropping_flags_without_effect_leaves_no_others_without_effect(latent):
    own = lm.define_flags(flags.FlagValues())
    own.parse([f"--latent={latent}"])
    settings, _ = own.read_settings()
    left_aside = set(own.without_effect(settings))
    assert set(own.without_effect(own.settings())) == left_aside


def test_later_flags_with_defaults_by_corpus_have_a_value_for_earlier_runs():
    by_corpus = {name for default in lm.DEFAULTS for name in default.values}
    # Without --training_kappa codes are drawn at --kappa, as they were; --spheres came
    # with the first latent that reads it.
    later = by_corpus - EARLIEST.keys() - {"training_kappa", "spheres"}
    # The default of --softmax depends on the vocabulary's size, not on the corpus. The
    # earliest runs have a --clip_norm, but later ones do not.
    assert later == lm.EARLIER.added.keys() - {"softmax", "clip_norm"}
