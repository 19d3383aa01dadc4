"""Bad flags end in one line and status 2, before TensorFlow is imported."""

import os
import pathlib
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).parents[3]


@pytest.fixture
def run_program(tmp_path):
    """Returns a function that runs a program which cannot import TensorFlow."""
    poison = tmp_path / "poison"
    poison.mkdir()
    for package in ("tensorflow", "keras"):
        (poison / f"{package}.py").write_text("raise SystemExit('imported too early')")
    work = tmp_path / "work"
    work.mkdir()
    path = os.pathsep.join([str(poison), str(ROOT)])

    def run(program, *arguments):
        return subprocess.run(
            [sys.executable, "-m", f"trainers.{program}", *arguments],
            cwd=work,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


@pytest.fixture
def run_lm(run_program):
    """Returns a function that runs `python -m trainers.lm` with some arguments."""
    return lambda *arguments: run_program("lm", *arguments)


def assert_refused(result, *mentions):
    assert result.stderr.startswith("error: "), result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.returncode == 2
    for mention in mentions:
        assert mention in result.stderr


@pytest.mark.parametrize(
    ("arguments", "mentions"),
    [
        (["--latent=cauchy"], ["--latent=cauchy", "vmf|vmf_learned|"]),
        (["--dataset=wikipedia"], ["--dataset=wikipedia", "embedded|ptb|yelp|text"]),
        (["--setting=loud"], ["--setting=loud", "standard|inputless"]),
        (["--kappa=abc"], ["--kappa=abc"]),
        (["--kappa=0"], ["--kappa", "positive", "0.0"]),
        (["--kappa=-1"], ["--kappa", "positive", "-1.0"]),
        (["--kappa=nan"], ["--kappa", "finite", "nan"]),
        (["--kappa=inf"], ["--kappa", "finite", "inf"]),
        (["--latent_dim=1"], ["--latent_dim", "at least 2"]),
        (["--accumulate_steps=0"], ["--accumulate_steps", "at least 1"]),
        (
            ["--batch_size=8", "--accumulate_steps=9"],
            ["--accumulate_steps: at most --batch_size, 8"],
        ),
        (["--latent=gaussian", "--latent_dim=0"], ["--latent_dim", "at least 1"]),
        (["--dropout=1"], ["--dropout", "below 1"]),
        (["--word_dropout=1.5"], ["--word_dropout", "between 0 and 1"]),
        (["--setting=inputless", "--word_dropout=0.5"], ["--word_dropout"]),
        (["--training_kappa=0"], ["--training_kappa", "positive and finite", "0.0"]),
        (["--initial_kappa=inf"], ["--initial_kappa", "positive and finite", "inf"]),
        (["--initial_kappa=90", "--anneal_epochs=0"], ["--anneal_epochs", "positive"]),
        (["--kappa=60", "--initial_kappa=50"], ["--initial_kappa", "60.0", "50.0"]),
        (
            ["--latent=gaussian", "--codes=4", "--kl_schedule=linear"],
            ["--codes", "--kl_schedule"],
        ),
        (
            ["--latent=vmf_learned", "--codes=4", "--kl_schedule=linear"],
            ["--codes", "--kl_schedule"],
        ),
        (["--latent=gaussian", "--codes=4", "--free_bits=2"], ["--codes", "free"]),
        (["--latent=gaussian", "--codes=4", "--kl_weight=0.5"], ["--kl_weight"]),
        (["--latent=gaussian", "--codes=4", "--batch_norm=0.6"], ["--codes", "_norm"]),
        (["--latent=gaussian", "--batch_norm=-1"], ["--batch_norm", "at least 0"]),
        (
            ["--latent=gaussian", "--batch_norm=0.6", "--accumulate_steps=2"],
            ["--accumulate_steps: --batch_norm reads the whole batch at once"],
        ),
        (
            ["--latent=gaussian", "--batch_norm=0.6", "--batch_size=1"],
            ["--batch_size: --batch_norm needs several examples"],
        ),
        (["--latent=gaussian", "--codes=2", "--minimum_rate=5"], ["--minimum_rate"]),
        (["--latent=gaussian", "--minimum_rate=-5"], ["--minimum_rate", "at least 0"]),
        (
            ["--latent=gaussian", "--minimum_rate=5", "--free_bits=5"],
            ["--free_bits: --minimum_rate keeps the KL up too"],
        ),
        (
            ["--latent=gaussian", "--codes=2", "--pretrain_epochs=1"],
            ["--codes", "--pretrain_epochs"],
        ),
        (
            ["--latent=gaussian", "--ema_momentum=0.9", "--pretrain_epochs=1"],
            ["--ema_momentum", "--pretrain_epochs", "leave one"],
        ),
        (
            ["--latent=gaussian", "--ema_momentum=0.9", "--batch_norm=0.6"],
            ["--ema_momentum", "--batch_norm", "leave one"],
        ),
        (
            ["--latent=gaussian", "--pretrain_epochs=6", "--epochs=6"],
            ["--pretrain_epochs: must be less than --epochs=6, not 6"],
        ),
        (["--pretrain_epochs=-1"], ["--pretrain_epochs", "at least 0"]),
        (["--encoder_steps=-1"], ["--encoder_steps", "at least 0"]),
        (["--encoder_steps=1.5"], ["--encoder_steps", "1.5"]),
        (
            ["--latent=gaussian", "--batch_norm=0.5", "--prior_components=3"],
            ["--batch_norm: keeps the KL to a standard normal prior up"],
        ),
        (["--encoder_swaps=1.5"], ["--encoder_swaps", "between 0 and 1", "1.5"]),
        (["--encoder_replacements=-1"], ["--encoder_replacements", "between 0 and 1"]),
        (["--kl_weight=-1"], ["--kl_weight", "at least 0", "-1.0"]),
        (["--decoder_layers=0"], ["--decoder_layers", "at least 1", "0"]),
        (["--condition_dim=0"], ["--condition_dim", "at least 1"]),
        (["--optimizer=rmsprop"], ["--optimizer=rmsprop", "adam|sgd"]),
        (["--clip_norm=0"], ["--clip_norm", "positive"]),
        (["--plateau_factor=1"], ["--plateau_factor", "at least 1.01"]),
        (["--code_at_every_step=maybe"], ["--code_at_every_step", "maybe"]),
        (["--bow_loss=-1"], ["--bow_loss", "at least 0", "-1.0"]),
        (["--code_layers=-1"], ["--code_layers"]),
        (["--synthetic_share=1.5"], ["--synthetic_share", "between 0 and 1", "1.5"]),
        (["--pretrained=absent"], ["--pretrained=absent", "does not exist"]),
        (["--pretrained=."], ["--pretrained=.", "model.keras does not exist"]),
        (["--epochs=0"], ["--epochs"]),
        (["--seed=-1"], ["--seed"]),
        (["--seed=99999999999"], ["--seed"]),
        (["--patience=-1"], ["--patience"]),
        (["--learning_rate=0"], ["--learning_rate"]),
        (["--dataset=text"], ["--data_dir", "--dataset=text"]),
        (["--kapa=80"], ["'kapa'", "kappa"]),
        (["--flagfile=absent.flags"], ["absent.flags"]),
        (["--stderrthreshold=low"], ["--stderrthreshold must be one of", "'low'"]),
        (["--logger_levels=absl:low"], ["(in --logger_levels=absl:low)"]),
        ([f"--output_dir={'x' * 300}"], ["--output_dir=xxx", "File name too long"]),
        (["--output_dir=/proc/run"], ["--output_dir=/proc/run: cannot be made"]),
        (["--pretrained=/dev/null"], ["--pretrained=/dev/null"]),
        (["vmf"], ["'vmf'", "--help"]),
    ],
    ids=" ".join,
)
def test_a_bad_flag_is_refused_and_nothing_is_written(
    run_lm, tmp_path, arguments, mentions
):
    assert_refused(run_lm(*arguments), *mentions)
    assert not list((tmp_path / "work").iterdir())


def test_an_output_dir_that_holds_something_else_is_left_alone(run_lm, tmp_path):
    work = tmp_path / "work"
    (work / "file").write_text("mine")
    (work / "full").mkdir()
    (work / "full" / "photo.jpg").write_text("mine")
    assert_refused(run_lm("--output_dir=file"), "--output_dir=file", "not a folder")
    assert_refused(run_lm("--output_dir=file/run"), "--output_dir=file/run")
    assert_refused(run_lm("--output_dir=full"), "--output_dir=full", "holds no run")
    assert sorted(path.name for path in work.rglob("*")) == [
        "file",
        "full",
        "photo.jpg",
    ]


def test_a_switch_that_is_given_a_value_is_refused(run_program):
    assert_refused(run_program("bow", "--nobursts=true"), "--nobursts=true does not")


@pytest.mark.parametrize("program", ["evaluate", "export", "generate"])
def test_a_model_file_of_another_kind_is_refused_by_its_name(
    run_program, tmp_path, program
):
    (tmp_path / "work" / "text.txt").write_text("a sentence\n")
    output = [] if program == "generate" else ["--output_dir=out"]
    result = run_program(program, "--model=text.txt", *output)
    assert_refused(result, "--model=text.txt: is not a .keras file; give a run folder")


@pytest.mark.parametrize(
    "program", ["bow", "evaluate", "export", "generate", "reproduce"]
)
def test_every_program_answers_without_tensorflow(run_program, program):
    assert_refused(run_program(program, "--kapa=80"), "'kapa'")
    result = run_program(program, "--help")
    assert (result.returncode, result.stderr) == (0, "")


def test_with_good_flags_tensorflow_is_imported(run_lm):
    assert "imported too early" in run_lm("--latent=vmf", "--kappa=80").stderr


def test_help_is_quick_and_exits_with_status_0(run_lm):
    started = time.monotonic()
    result = run_lm("--help")
    assert time.monotonic() - started < 30  # Under half a second on a free machine.
    assert result.returncode == 0
    assert "--kappa" in result.stdout
    assert "--output_dir" in result.stdout
    assert result.stderr == ""


def test_help_may_be_cut_off_by_head():
    command = f"{sys.executable} -m trainers.lm --help"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{command} | head -n 1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.stdout == (
        "Trains a language model on sentences, with or without a code for each "
        "sentence.\n"
    )
    assert (result.returncode, result.stderr) == (0, "")
