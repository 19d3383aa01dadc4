"""Experiments: which runs they start, and what becomes of the results."""

import json
import pathlib
import re
import signal
import subprocess
import sys
import time

import pytest
from matplotlib import image

from trainers.cli.errors import RunFailed, UserError
from trainers.reproduce.experiments.registry import EXPERIMENTS

ROOT = pathlib.Path(__file__).parents[3]
EVALUATION = "evaluation-samples10-probe_examples300"
RESULTS = pathlib.Path("runs", "reproduce", "smoke")


def rows_of(name, table=0):
    content = json.loads((RESULTS / f"{name}.json").read_text())
    return content["tables"][table]["rows"]


def test_all_experiments_share_their_runs_and_stand_next_to_the_papers_figures(
    reproduce, processes, capsys
):
    reproduce("--all")

    names = [name for name in processes if name != EVALUATION]
    assert len(names) == len(set(names)) == 20
    assert {path.stem for path in RESULTS.glob("*.md")} == set(EXPERIMENTS)
    for picture in RESULTS.glob("*.png"):
        assert image.imread(picture).std() > 0
    assert {path.stem for path in RESULTS.glob("*.png")} == (
        set(EXPERIMENTS) - {"documents", "collapse"}
    )
    assert rows_of("language_modelling")[-1] == {
        "decoder": "Inputless",
        "model": "vMF",
        "NLL": 40.25,
        "KL": 2.25,
        "code gain": 1.5,
        "PPL": 111.25,
        "PPL, importance-weighted": 88.125,
        "paper: NLL (KL)": "117 (18.6)",
        "paper: PPL": 262,
    }
    table = (RESULTS / "language_modelling.md").read_text()
    row = (
        "| Inputless | vMF | 40.25 | 2.25 | 1.50 | 111.25 | 88.12 | 117 (18.6) | 262 |"
    )
    assert row in table
    assert row in capsys.readouterr().out
    assert "figures are about other corpora" in table
    sweep = rows_of("kappa_sweep")
    assert [row["kappa"] for row in sweep] == [5.0, 20.0, 60.0]
    assert [row["paper: PPL"] for row in sweep] == [552, 421, None]
    assert (
        "chooses kappa 5, with a test PPL of 96.25; the paper's lowest PPL is at 80"
        in (RESULTS / "kappa_sweep.md").read_text()
    )

    processes.clear()
    reproduce("--all")
    assert processes == []


def test_the_kl_against_kappa_is_exact(reproduce, processes):
    reproduce("--experiment=cosine_and_kl")

    (row,) = [row for row in rows_of("cosine_and_kl") if row["kappa"] == 100.0]
    assert row["KL, d = 25"] == pytest.approx(18.8024770, abs=5e-8)
    assert processes == []


def test_a_failed_run_is_named_and_the_others_go_on(reproduce, processes, capsys):
    processes.failing = {"embedded-inputless-gaussian"}
    command = "--experiment=swaps_and_probes,documents"
    with pytest.raises(RunFailed, match=r"^of 10 runs 2 failed: .*; the same command"):
        reproduce(command)

    error = "error: the run embedded-inputless-gaussian failed: exit status 1\n"
    assert capsys.readouterr().err == error
    assert processes.count(EVALUATION) == 3
    table = (RESULTS / "swaps_and_probes.md").read_text()
    assert "| Inputless | Gaussian |  |  | 0.74 | 0.74 |" in table
    assert "Not finished: embedded-inputless-gaussian, embedded-inputless-" in table
    assert (RESULTS / "documents.md").exists()

    processes.clear()
    processes.failing = frozenset()
    reproduce(command)
    assert processes == ["embedded-inputless-gaussian", EVALUATION]
    assert "Not finished" not in (RESULTS / "swaps_and_probes.md").read_text()


def test_a_dry_run_prints_which_runs_are_finished_and_starts_none(
    reproduce, processes, capsys
):
    processes.failing = {"documents-embedded-vmf-dim10"}
    with pytest.raises(RunFailed):
        reproduce("--experiment=documents")
    processes.clear()
    capsys.readouterr()
    reproduce("--experiment=documents", "--dry_run")

    gaussian, vmf, count = capsys.readouterr().out.splitlines()
    assert re.match(r"finished +python -m trainers\.bow --latent=gaussian ", gaussian)
    assert re.match(r"new +python -m trainers\.bow --latent=vmf ", vmf)
    assert count == "1 of 2 runs are finished"
    assert processes == []


def test_a_folder_with_another_run_is_refused_before_anything_runs(
    reproduce, processes
):
    reproduce("--experiment=documents")
    file = RESULTS / "runs" / "documents-embedded-vmf-dim10" / "flags.json"
    content = json.loads(file.read_text())
    content["flags"]["kappa"] = 3.0
    file.write_text(json.dumps(content))
    processes.clear()

    with pytest.raises(UserError, match=r"holds another run \(--kappa was 3.0, now 40"):
        reproduce("--all")
    assert processes == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "^give --experiment=NAME or --all"),
        (["--all", "--list"], "^give --experiment=NAME or --all"),
        (["--experiment=documents,kapa"], "^--experiment=kapa: .*choose from cosine_"),
        (["--experiment=,"], "^--experiment: names no experiment"),
        (["--all", "--output_dir=file"], "^--output_dir=file: is not a folder"),
        (
            ["--experiment=documents", "--scale=cpu", "--data_dir=file"],
            "^--data_dir=file: no file file/20ng/.*; --scale=smoke needs no corpus$",
        ),
    ],
    ids=" ".join,
)
def test_bad_input_is_refused_before_anything_runs(
    reproduce, processes, tmp_path, monkeypatch, arguments, message
):
    # No download.
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match=message):
        reproduce(*arguments)
    assert processes == []
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.slow
def test_a_real_experiment_is_interrupted_and_continued(tmp_path):
    command = [sys.executable, "-m", "trainers.reproduce", "--experiment=documents"]
    command.append(f"--output_dir={tmp_path}")

    def finished():
        return sorted(tmp_path.glob("smoke/runs/*/metrics.json"))

    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    for line in process.stdout:
        if line.startswith("epoch 1/"):
            break
    process.send_signal(signal.SIGINT)
    assert process.stdout.read().endswith("error: interrupted\n")
    assert process.wait() == 128 + signal.SIGINT
    assert not finished()
    assert not (tmp_path / "smoke" / "documents.md").exists()

    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "continuing" in result.stdout
    assert len(finished()) == 2
    rows = (tmp_path / "smoke" / "documents.md").read_text().splitlines()
    row = next(row for row in rows if row.startswith("| 10 | vMF |"))
    assert 1.0 < float(row.split("|")[5]) < 1000.0
    written = [file.stat().st_mtime_ns for file in finished()]

    started = time.monotonic()
    assert subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 0
    assert time.monotonic() - started < 60
    assert [file.stat().st_mtime_ns for file in finished()] == written
