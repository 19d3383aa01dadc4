"""The comparison of codes: its runs, its file of results, and its choices."""

import collections
import dataclasses
import json

import pytest

from benchmarks.sentence_codes import __main__ as program
from benchmarks.sentence_codes import results, runs
from benchmarks.sentence_codes.runs import CodeRun
from benchmarks.sentence_codes.systems import SYSTEMS, TRAINING
from trainers.cli.errors import UserError
from trainers.reproduce.runs.training_run import TrainingRun


def row(**changes):
    """Returns a row of the file, of one tuning run."""
    return {
        **dict.fromkeys(results.FIELDS),
        "stage": "tuning",
        "corpus": "ptb",
        "setting": "inputless",
        "hidden_dim": 200,
        "system": "vmf",
        "flags": "latent=vmf kappa=40",
        "seed": 1,
        "validation_ppl": 600.0,
        **changes,
    }


@pytest.fixture
def file(tmp_path):
    """A file in which the tuning runs of vmf favour the second variant."""
    path = tmp_path / "results" / "codes.csv"
    for kappa, ppl in ((40, 600.0), (60, 550.5), (80, 580.0)):
        results.append(path, row(flags=f"latent=vmf kappa={kappa}", validation_ppl=ppl))
    return path


def test_every_code_has_as_many_tuning_runs_and_names_of_its_own():
    for setting in ("standard", "inputless"):
        counts = collections.Counter(
            len(system.variants(setting)) for system in SYSTEMS.values() if system.tuned
        )
        assert counts == {3: len(SYSTEMS) - 1}
    assert len({system.name for system in SYSTEMS.values()}) == len(SYSTEMS)


@pytest.mark.parametrize("corpus", TRAINING)
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_training_program_takes_the_flags_of_every_variant(
    system, corpus, tmp_path
):
    for setting in ("standard", "inputless"):
        names = set()
        for variant in SYSTEMS[system].variants(setting):
            flags = results.named_flags(variant)
            run = CodeRun("final", corpus, setting, 16, system, flags, 2).training()
            assert run.results(tmp_path, str(tmp_path)) is None
            assert run.flags["learning_rate"] == TRAINING[corpus]["learning_rate"]
            names.add(run.name)
        assert len(names) == len(SYSTEMS[system].variants(setting))


def test_rows_are_read_as_they_were_written(file):
    rows = results.read(file)
    assert [row["validation_ppl"] for row in rows] == ["600", "550.5", "580"]
    assert rows[0]["nll"] == ""
    assert results.key_of(rows[0]) == results.key_of(row())
    assert results.read(file.parent / "none.csv") == []


def test_the_documented_results_are_those_of_todays_variants():
    rows = results.read(program.RESULTS)
    assert rows
    for each in rows:
        variants = SYSTEMS[each["system"]].variants(each["setting"])
        assert each["flags"] in map(results.named_flags, variants)


def test_a_file_with_other_columns_is_refused(tmp_path):
    file = tmp_path / "other.csv"
    file.write_text("corpus,ppl\nptb,1\n")
    with pytest.raises(UserError, match="its columns are not those"):
        results.read(file)


def test_what_is_no_text_file_is_refused(tmp_path):
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path, tmp_path / "bytes.csv"):
        with pytest.raises(UserError, match=f"^--results={path}: cannot be read"):
            results.read(path)


def test_the_validation_set_chooses_the_variant(file):
    rows = results.read(file)
    chosen = results.best_variant(rows, "ptb", "inputless", "vmf")
    assert chosen == "latent=vmf kappa=60"
    # A single variant needs no tuning.
    assert results.best_variant([], "ptb", "standard", "lstm") == "latent=none"
    for incomplete, setting in ((rows[:2], "inputless"), (rows, "standard")):
        with pytest.raises(UserError, match=r"vmf has . of 3 tuning runs on ptb"):
            results.best_variant(incomplete, "ptb", setting, "vmf")


def test_the_table_has_means_and_standard_deviations_over_the_seeds():
    own = {"stage": "final", "hidden_dim": 400, "ppl": 500.0, "kl": 7.0}
    rows = [row(**own), row(**{**own, "seed": 2, "ppl": 502.0}), row(system="gaussian")]
    rows = [{name: "" if x is None else str(x) for name, x in r.items()} for r in rows]
    final, tuning = results.markdown(rows).split("\n\nptb, inputless, LSTMs of 200")
    assert final.startswith("ptb, inputless, LSTMs of 400\n\n| code | flags | seeds |")
    assert "| vMF | `latent=vmf kappa=40` | 2 | 600.0 ± 0.0 |  | 501.0 ± 1.4 |" in final
    assert tuning.startswith(", tuning\n")


@pytest.fixture
def start(file, tmp_path, monkeypatch):
    """Returns a function that runs the program; its runs only say that they ended."""
    measured = []

    def measure(self, folder, data_dir):
        measured.append(str(self))
        return {**row(), **dataclasses.asdict(self), "validation_ppl": 1.0}

    monkeypatch.setattr(CodeRun, "measure", measure)

    def main(*flags):
        measured.clear()
        status = program.main(
            [f"--output_dir={tmp_path}", f"--results={file}", "--systems=vmf", *flags]
        )
        return status, list(measured)

    return main


def test_runs_that_the_file_has_are_not_made_again(start):
    assert start("--tuning", "--settings=inputless") == (0, [])
    status, made = start("--tuning")
    assert status == 0
    assert made == [
        f"ptb, standard, LSTMs of 200, seed 1: latent=vmf kappa={kappa}"
        for kappa in (5, 15, 35)
    ]
    assert start("--tuning") == (0, [])


def test_final_runs_have_the_best_variant_and_every_seed(start, capsys):
    status, made = start("--settings=inputless")
    assert status == 0
    assert made == [
        f"ptb, inputless, LSTMs of 400, seed {seed}: latent=vmf kappa=60"
        for seed in (1, 2, 3)
    ]
    assert "| vMF | `latent=vmf kappa=60` | 3 |" in capsys.readouterr().out
    assert start("--settings=inputless") == (0, [])


def test_a_run_that_fails_does_not_stop_the_others(start, monkeypatch, capsys):
    def fail(self, folder, data_dir):
        raise UserError(f"{self.training().name}: exit status 1")

    monkeypatch.setattr(CodeRun, "measure", fail)
    assert start("--settings=inputless")[0] == 1
    assert capsys.readouterr().out.count("exit status 1") == 3


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--systems=vmf,vfm", "--systems: vfm: choose among lstm"),
        ("--settings=free", "--settings: free: choose among"),
        ("--corpora=wiki", "--corpora: wiki: choose among"),
        ("--hidden_dims=200", "--hidden_dims: give two"),
        ("--settings=standard", "--systems: vmf has 0 of 3 tuning runs"),
    ],
)
def test_bad_flags_are_refused_before_any_run(start, flag, message):
    with pytest.raises(UserError, match=message):
        start(flag)


def test_a_final_run_is_evaluated_with_the_language_model_as_scorer(
    tmp_path, monkeypatch
):
    """Each program is replaced by one that writes what it was told."""
    started = []
    metrics = {"validation": {"ppl": 9.0}, "history": []}
    found = {
        "bounds": {"nll": 5.0, "ppl": 4.0, "kl": 1.0, "nll_iw": {"100": 4.5}},
        "information": {"mutual_information": 0.5},
        "units": {"active_units": 3},
        "code_gain": 2.0,
        "generation": {"reconstruction_bleu": 0.1, "self_bleu": 0.2, "forward_ppl": 7},
    }
    found["bounds"]["ppl_iw"] = {"100": 3.5}

    def finish(program, arguments):
        started.append((program, arguments))
        folder = next(a for a in arguments if a.startswith("--output_dir="))
        folder = tmp_path / folder.removeprefix(f"--output_dir={tmp_path}/")
        folder.mkdir(parents=True)
        if program == "evaluate":
            (folder / "evaluation.json").write_text(json.dumps(found))
        else:
            (folder / "done").touch()
        return 0

    monkeypatch.setattr(runs, "run_process", finish)
    monkeypatch.setattr(runs, "_minutes", lambda *_: 3.0)
    monkeypatch.setattr(
        TrainingRun,
        "results",
        lambda self, runs, data_dir: (
            metrics if (self.folder(runs) / "done").exists() else None
        ),
    )
    run = CodeRun("final", "ptb", "inputless", 16, "vmf", "latent=vmf kappa=60", 3)
    measured = run.measure(tmp_path, None)

    assert [program for program, _ in started] == ["lm", "lm", "evaluate"]
    scorer = "ptb-standard-latentnone-16-seed1"
    assert f"--output_dir={tmp_path / scorer}" in started[1][1]
    assert f"--language_model={tmp_path / scorer}" in started[2][1]
    assert {"--samples=100", "--texts=500"} <= set(started[2][1])
    assert set(results.FIELDS) == measured.keys()
    assert (measured["nll_iw"], measured["forward_ppl"]) == (4.5, 7)
    assert (measured["validation_ppl"], measured["training_minutes"]) == (9.0, 3.0)
