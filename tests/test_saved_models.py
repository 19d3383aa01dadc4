"""The released models' folders: each can be reported, and its recipe is its run."""

import shutil
from pathlib import Path

import pytest
from absl import flags

from trainers.cli.errors import UserError
from trainers.lm import flags as lm
from trainers.storage.metrics_file import read_metrics
from trainers.storage.run_record import RunRecord
from trainers.training.task import Task

ROOT = Path(__file__).parents[1]
SAVED = ROOT / "saved_models"
FOLDERS = sorted(path.name for path in SAVED.iterdir() if path.is_dir())
# Where earlier phases lie, and a schedule from one concentration to the same.
MAY_DIFFER = {"pretrained", "synthetic", "initial_kappa", "kappa_epochs"}


def find(folder, *arguments, path=SAVED):
    """Returns the settings of the run in a folder, and the notes on it."""
    own = lm.define_flags(flags.FlagValues())
    own.parse(["--dataset=ptb", *arguments, f"--output_dir={path / folder}"])
    settings, _ = lm.read_settings(own)
    _, notes = lm.run_folder(own, settings)
    return settings, notes


def test_every_released_model_has_its_folder():
    assert len(FOLDERS) == 10


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_released_run_is_found_with_its_latent_alone(folder):
    record = RunRecord.read(SAVED / folder / "flags.json")
    named = [f"--{name}={record.flags[name]}" for name in ("latent", "setting")]
    settings, [note] = find(folder, *named)

    assert note.endswith("is a published run: flags not given are its own")
    for name, value in record.flags.items():
        assert settings[name] == value or settings[name] is None, name


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_recipe_has_the_flags_of_the_released_run(folder, recipe_commands):
    command = recipe_commands(ROOT / "recipes" / f"{folder}.sh")[-1]
    own = lm.define_flags(flags.FlagValues())
    # Earlier phases' folders are not there.
    given = [flag for flag in command[2:] if not flag.startswith("--pretrained=")]
    own.parse(given)
    settings, _ = lm.read_settings(own)
    record = RunRecord.read(SAVED / folder / "flags.json")
    unused = lm._without_effect(own.settings())

    for name, value in record.flags.items():
        if name not in MAY_DIFFER and name not in unused:
            assert settings[name] == value, name


@pytest.mark.parametrize("folder", FOLDERS)
def test_another_seed_is_another_run(folder):
    record = RunRecord.read(SAVED / folder / "flags.json")
    named = [f"--{name}={record.flags[name]}" for name in ("latent", "setting")]
    with pytest.raises(UserError, match=r"holds another run \(--seed was 1, now 2\)"):
        find(folder, *named, "--seed=2")


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_released_folder_holds_what_a_report_needs(folder):
    record = RunRecord.read(SAVED / folder / "flags.json")
    metrics = read_metrics(SAVED / folder / "metrics.json", Task.reported)
    assert record.released
    assert record.version
    for split in ("train", "validation", "test"):
        count = record.text[split]["count"]
        assert metrics.get(split, {}).get("examples", count) == count
    assert record.text["vocabulary"]["count"] == record.flags["vocabulary_size"]


def test_a_flag_that_the_folder_lacks_is_compared_only_if_it_is_given(tmp_path):
    shutil.copytree(SAVED / "ptb_vmf", tmp_path / "ptb_vmf")
    settings, _ = find("ptb_vmf", path=tmp_path)
    assert settings["recurrent_dropout"] == 0.0
    with pytest.raises(UserError, match=r"--recurrent_dropout was 0\.0, now 0\.1"):
        find("ptb_vmf", "--recurrent_dropout=0.1", path=tmp_path)
