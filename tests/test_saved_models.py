"""The shipped models' folders: the command of each card names its run."""

import re
import shutil
import string
from pathlib import Path

import pytest
from absl import flags
from absl.testing import flagsaver

from trainers import lm
from trainers.failures import UserError
from trainers.metrics_file import read_metrics
from trainers.run_record import RunRecord
from trainers.task import Task

ROOT = Path(__file__).parents[1]
SAVED = ROOT / "saved_models"
FOLDERS = sorted(path.name for path in SAVED.iterdir() if path.is_dir())


def command(folder):
    """The flags of a card, with what the README's variables stand for."""
    values = {}
    for name, value in re.findall(
        r'^([A-Z]+)="(.*)"$', (ROOT / "README.md").read_text(), re.MULTILINE
    ):
        values[name] = string.Template(value).substitute(values)
    [row] = re.findall(
        rf"^\| `{folder}` \| `python -m trainers\.lm (.*?)` \|",
        (SAVED / "README.md").read_text(),
        re.MULTILINE,
    )
    return string.Template(row).substitute(values).split()


def find(folder, *arguments, path=SAVED):
    """Returns what a command finds in a folder: settings and notes."""
    with flagsaver.flagsaver():
        flags.FLAGS(["lm", *arguments, f"--output_dir={path / folder}"])
        settings, _ = lm.read_settings()
        _, notes = lm.run_folder(settings)
    return settings, notes


def test_there_is_a_card_for_each():
    assert len(FOLDERS) == 10


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_command_of_its_card_is_its_run(folder):
    settings, _ = find(folder, *command(folder))
    record = RunRecord.read(SAVED / folder / "flags.json")
    for name, value in record.flags.items():
        assert settings[name] == value or settings[name] is None, name


@pytest.mark.parametrize("folder", FOLDERS)
def test_another_seed_is_another_run(folder):
    with pytest.raises(UserError, match=r"holds another run \(--seed was 1, now 2\)"):
        find(folder, *command(folder), "--seed=2")


@pytest.mark.parametrize("folder", FOLDERS)
def test_it_holds_what_a_report_takes(folder):
    record = RunRecord.read(SAVED / folder / "flags.json")
    metrics = read_metrics(SAVED / folder / "metrics.json", Task.reported)
    assert record.released
    assert record.version
    for split in ("train", "validation", "test"):
        count = record.text[split]["count"]
        assert metrics.get(split, {}).get("examples", count) == count
    assert record.text["vocabulary"]["count"] == record.flags["vocabulary_size"]


def test_a_new_flag_does_not_make_it_another_run(tmp_path):
    shutil.copytree(SAVED / "ptb_vmf", tmp_path / "ptb_vmf")
    settings, _ = find("ptb_vmf", *command("ptb_vmf"), path=tmp_path)
    assert settings["recurrent_dropout"] == 0.0
    with pytest.raises(UserError, match=r"--recurrent_dropout was 0\.0, now 0\.1"):
        find(
            "ptb_vmf",
            *command("ptb_vmf"),
            "--recurrent_dropout=0.1",
            path=tmp_path,
        )
