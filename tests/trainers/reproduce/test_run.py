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

from tests.trainers.reproduce.conftest import EVALUATION_RUN, RESULTS
from trainers.cli.errors import RunFailed, UserError
from trainers.reproduce.estimates.estimator import Estimator
from trainers.reproduce.experiments.registry import EXPERIMENTS
from trainers.reproduce.runs.sentence_file import SentenceFile

ROOT = pathlib.Path(__file__).parents[3]
TASKS = ["neighbours", "interpolate", "sample"]


def rows_of(name, table=0):
    content = json.loads((RESULTS / f"{name}.json").read_text())
    return content["tables"][table]["rows"]


def test_all_experiments_share_their_runs_and_stand_next_to_the_papers_figures(
    reproduce, processes, capsys
):
    reproduce("--all")

    names = [name for name in processes if name not in (EVALUATION_RUN, *TASKS)]
    assert len(names) == len(set(names)) == 29
    assert processes.count("sample") == 2
    assert {path.stem for path in RESULTS.glob("*.md")} == set(EXPERIMENTS)
    for picture in RESULTS.glob("*.png"):
        assert image.imread(picture).std() > 0
    assert {path.stem for path in RESULTS.glob("*.png")} == (
        set(EXPERIMENTS)
        - {"documents", "documents_rcv1", "collapse", "sentences", "word_importance"}
    )
    assert rows_of("language_modelling")[-1] == {
        "decoder": "Inputless",
        "model": "vMF",
        "NLL": 39.9375,
        "KL": 2.25,
        "code gain": 1.5,
        "PPL": 111.25,
        "PPL, importance-weighted": 88.125,
        "paper: NLL (KL)": "117 (18.6)",
        "paper: PPL": 262,
    }
    table = (RESULTS / "language_modelling.md").read_text()
    row = (
        "| Inputless | vMF | 39.94 | 2.25 | 1.50 | 111.25 | 88.12 | 117 (18.6) | 262 |"
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


def test_the_validation_set_chooses_the_kappa_of_yelp(reproduce):
    reproduce("--experiment=language_modelling_yelp")

    content = (RESULTS / "language_modelling_yelp.md").read_text()
    assert "The label of an embedded sentence is its topic." in content
    by_kappa = rows_of("language_modelling_yelp", table=1)
    assert [row["kappa"] for row in by_kappa] == [20.0, 20.0, 60.0]
    # The stand-in's perplexity grows with kappa, its NLL falls.
    assert rows_of("language_modelling_yelp")[-1]["PPL"] == by_kappa[2]["test PPL"]


def test_every_model_is_trained_in_the_precision_that_is_asked_for(reproduce):
    reproduce("--experiment=documents,language_modelling_yelp", "--precision=float32")

    for name in ("documents", "language_modelling_yelp"):
        commands = json.loads((RESULTS / f"{name}.json").read_text())["commands"]
        for command in commands.values():
            trains = "trainers.evaluate" not in command
            assert ("--precision=float32" in command) is trains


def test_models_write_side_by_side(reproduce):
    reproduce("--experiment=sentences")

    table = (RESULTS / "sentences.md").read_text()
    assert "Nearest to: the soup is hot" in table
    assert "| 1 | the stew \\| is hot | 0.750 | the stew \\| is hot | 0.750 |" in table
    assert "From: a b. To: c d.\n\n| step | Gaussian | vMF |" in table
    assert "| 1 | so good | so good |" in table
    inputs = sorted(path.name for path in (RESULTS / "inputs").iterdir())
    assert inputs == ["embedded-test-all.txt", "embedded-validation-4.txt"]
    chosen = (RESULTS / "inputs" / inputs[1]).read_text().splitlines()
    assert len(set(chosen)) == 4
    assert all(6 <= len(text.split()) <= 15 for text in chosen)
    commands = json.loads((RESULTS / "sentences.json").read_text())["commands"]
    assert commands["embedded-inputless-vmf-kappa20/sample"].endswith(
        "--json > runs/reproduce/smoke/runs/embedded-inputless-vmf-kappa20/sample.jsonl"
    )


def test_text_that_could_not_be_written_is_tried_again(reproduce, processes, capsys):
    processes.failing = {"interpolate"}
    with pytest.raises(RunFailed, match="of 8 runs 2 failed"):
        reproduce("--experiment=sentences")
    assert not list(RESULTS.glob("runs/*/interpolate*"))
    table = (RESULTS / "sentences.md").read_text()
    assert "From:" not in table
    assert "| 1 | so good | so good |" in table

    processes.clear()
    processes.failing = frozenset()
    reproduce("--experiment=sentences")
    assert processes == ["interpolate", "interpolate"]


def test_a_corpus_that_is_gone_fails_the_runs_that_need_it(
    reproduce, capsys, monkeypatch
):
    def write(*_):
        raise ValueError("data/ptb/valid.txt does not exist")

    monkeypatch.setattr(SentenceFile, "write", write)
    with pytest.raises(RunFailed, match="of 8 runs 4 failed"):
        reproduce("--experiment=sentences")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert lines[0].endswith("failed: data/ptb/valid.txt does not exist")
    assert [path.name for path in (RESULTS / "inputs").iterdir()] == []


def test_text_that_something_else_wrote_is_refused(reproduce):
    reproduce("--experiment=sentences")
    (file,) = RESULTS.glob("runs/*kappa20/sample.jsonl")
    file.write_text("so good\n")
    with pytest.raises(UserError, match=r"sample.jsonl: is not what a run wrote"):
        reproduce("--experiment=sentences")


def test_important_words_are_bold(reproduce):
    reproduce("--experiment=word_importance")

    table = (RESULTS / "word_importance.md").read_text()
    assert "| 1-10 | 3 | 0.875 | 0.875 |" in table
    assert "| the **soup** | the **soup** |" in table


def test_evaluations_of_earlier_versions_leave_cells_empty(reproduce, monkeypatch):
    reproduce("--experiment=swaps_and_probes,word_importance")
    for file in RESULTS.glob(f"runs/*/{EVALUATION_RUN}/evaluation.json"):
        content = json.loads(file.read_text())
        for name in [*content["probes"]]:
            if "embedding" in name or "any" in name or "importance" in name:
                del content["probes"][name]
        file.write_text(json.dumps(content))
    reproduce("--experiment=swaps_and_probes,word_importance")

    row = "| Inputless | vMF | 0.375 | 0.438 |  |  | 0.77 | 0.57 |"
    assert row in (RESULTS / "swaps_and_probes.md").read_text()


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
    assert processes.count(EVALUATION_RUN) == 3
    table = (RESULTS / "swaps_and_probes.md").read_text()
    assert "| Inputless | Gaussian |  |  |  |  | 0.74 | 0.74 |" in table
    assert "Not finished: embedded-inputless-gaussian, embedded-inputless-" in table
    assert (RESULTS / "documents.md").exists()

    processes.clear()
    processes.failing = frozenset()
    reproduce(command)
    assert processes == ["embedded-inputless-gaussian", EVALUATION_RUN]
    assert "Not finished" not in (RESULTS / "swaps_and_probes.md").read_text()


def test_a_dry_run_prints_which_runs_are_finished_and_starts_none(
    reproduce, processes, capsys, monkeypatch
):
    monkeypatch.setattr(Estimator, "seconds", lambda *_: 120.0)
    processes.failing = {"documents-embedded-vmf-dim10"}
    with pytest.raises(RunFailed):
        reproduce("--experiment=documents")
    processes.clear()
    capsys.readouterr()
    reproduce("--experiment=documents", "--dry_run")

    gaussian, vmf, count = capsys.readouterr().out.splitlines()
    assert re.match(r"finished +python -m trainers\.bow --latent=gaussian ", gaussian)
    assert re.match(r"new +2 min +python -m trainers\.bow --latent=vmf ", vmf)
    assert count == (
        "1 of 2 runs are finished; the others take about 2 min on this machine"
    )
    assert processes == []

    processes.failing = frozenset()
    reproduce("--experiment=documents")
    capsys.readouterr()
    reproduce("--experiment=documents", "--dry_run")
    assert capsys.readouterr().out.splitlines()[-1] == "2 of 2 runs are finished"


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


def test_a_dry_run_says_which_runs_have_no_estimate(reproduce, capsys, monkeypatch):
    def last_line(command):
        reproduce(command, "--dry_run")
        return capsys.readouterr().out.splitlines()[-1]

    times = {"lm": 90.0, "generate": None}
    monkeypatch.setattr(Estimator, "seconds", lambda _, run: times[run.program])
    assert last_line("--experiment=sentences") == (
        "0 of 8 runs are finished; of the others, 2 take about 3 min on this machine "
        "and 6 have no estimate"
    )
    times["lm"] = None
    assert last_line("--experiment=sentences") == (
        "0 of 8 runs are finished; the others have no estimate"
    )


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
