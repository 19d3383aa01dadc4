"""The released models' folders: each can be reported, and its recipe is its run."""

import shutil
from pathlib import Path

import pytest
from absl import flags

from trainers.bow import flags as bow
from trainers.cli.errors import UserError
from trainers.lm import flags as lm
from trainers.storage.find_run import find_run
from trainers.storage.metrics_file import read_metrics
from trainers.storage.run_record import RunRecord
from trainers.training.task import Task

ROOT = Path(__file__).parents[1]
SAVED = ROOT / "saved_models"
FOLDERS = sorted(path.name for path in SAVED.iterdir() if path.is_dir())
# Where the runs before the last one are, and annealing that starts at its end.
MAY_DIFFER = {"pretrained", "synthetic", "initial_kappa", "anneal_epochs"}


def program(folder):
    """Returns the flags' module of the program that trained a model."""
    return bow if folder.startswith("20ng_") else lm


def flags_of(folder, *arguments):
    own = program(folder).define_flags(flags.FlagValues())
    own.parse(arguments)
    return own


def find(folder, *arguments, path=SAVED):
    """Returns the settings of the run in a folder, and the notes about it."""
    dataset = f"--dataset={folder.split('_')[0]}"
    own = flags_of(folder, dataset, *arguments, f"--output_dir={path / folder}")
    settings, _ = own.read_settings()
    _, notes = find_run(own, settings)
    return settings, notes


@pytest.fixture(params=FOLDERS)
def folder(request):
    return request.param


@pytest.fixture
def record(folder):
    return RunRecord.read(SAVED / folder / "flags.json")


@pytest.fixture
def earlier(folder):
    """The flags that the program had earlier."""
    return program(folder).EARLIER


@pytest.fixture
def released_flags(record, earlier):
    """The flags of the released run, under today's names."""
    return earlier.today(record.flags, None)[0]


@pytest.fixture
def named(record):
    """The flags that are enough to name the released run."""
    names = [name for name in ("latent", "setting") if name in record.flags]
    return [f"--{name}={record.flags[name]}" for name in names]


def test_every_released_model_has_its_folder():
    assert len(FOLDERS) == 11


def test_a_released_run_is_found_by_its_latent_and_setting(
    folder, named, released_flags, earlier
):
    settings, [note] = find(folder, *named)

    assert note.endswith("is a published run: flags not given are its own")
    for name in released_flags.keys() - earlier.fixed.keys():
        # Flags that nothing read then may be read today.
        if released_flags[name] is not None:
            assert settings[name] in (released_flags[name], None), name


def test_a_recipe_has_the_flags_of_the_released_run(
    folder, released_flags, earlier, recipe_commands
):
    command = recipe_commands(ROOT / "recipes" / f"{folder}.sh")[-1]
    # The folders of earlier runs are not there.
    own = flags_of(
        folder, *(flag for flag in command[2:] if not flag.startswith("--pretrained="))
    )
    settings, _ = own.read_settings()
    unused = own.without_effect(own.settings())

    for name, value in released_flags.items():
        if name in earlier.fixed:
            assert earlier.same_as_today(name, value, released_flags), name
        elif value is not None and name not in MAY_DIFFER and name not in unused:
            assert settings[name] == value, name


def test_another_seed_is_another_run(folder, named):
    with pytest.raises(UserError, match=r"holds another run \(--seed was 1, now 2\)"):
        find(folder, *named, "--seed=2")


def test_a_released_folder_has_what_a_report_needs(folder, record):
    metrics = read_metrics(SAVED / folder / "metrics.json", Task.reported)

    assert record.released
    assert record.version
    for split in ("train", "validation", "test"):
        count = record.text[split]["count"]
        figures = metrics.get(split, {})
        examples = figures.get("sampled_from", figures.get("examples", count))
        assert examples == count
    size = record.flags["vocabulary_size"]
    # The corpus has its own vocabulary.
    assert size in (record.text["vocabulary"]["count"], None)


def test_a_flag_that_the_folder_lacks_is_compared_only_if_it_is_given(tmp_path):
    shutil.copytree(SAVED / "ptb_vmf", tmp_path / "ptb_vmf")
    settings, _ = find("ptb_vmf", path=tmp_path)

    assert settings["recurrent_dropout"] == 0.0
    with pytest.raises(UserError, match=r"--recurrent_dropout was 0\.0, now 0\.1"):
        find("ptb_vmf", "--recurrent_dropout=0.1", path=tmp_path)
