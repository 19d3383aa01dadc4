"""Every flag of every program: its text in --help, its default, and its values."""

import inspect
import itertools
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest
from absl import flags

from tf_vmfvae import layers, models
from trainers.bow import flags as bow
from trainers.bow.task import MODEL_FLAGS as BOW_FLAGS
from trainers.cli.errors import UserError
from trainers.cli.latent_flags import LATENTS
from trainers.evaluate import flags as evaluate
from trainers.export import flags as export
from trainers.generate import flags as generate
from trainers.lm import flags as lm
from trainers.lm.task import MODEL_FLAGS as LM_FLAGS
from trainers.reproduce import flags as reproduce
from trainers.training.schedules import make_schedules

ROOT = pathlib.Path(__file__).parents[3]
PROGRAMS = {"lm": lm, "bow": bow, "evaluate": evaluate}
PROGRAMS |= {"export": export, "generate": generate, "reproduce": reproduce}
# A default that --help puts into words -> its value. It is None if the value is worked
# out later, from the flags that the words name.
IN_WORDS = {
    "half of --epochs": lambda s: s["epochs"] / 2,
    "runs/lm-DATASET-SETTING-LATENT": (
        lambda s: "runs/lm-{dataset}-{setting}-{latent}".format(**s)
    ),
    "random for samples, else greedy": lambda s: "random",
    "60 for a language model": lambda s: None,
    "runs/bow-DATASET-LATENT": lambda s: "runs/bow-{dataset}-{latent}".format(**s),
}


def flags_of(program, *arguments):
    own = PROGRAMS[program].define_flags(flags.FlagValues())
    own.parse(arguments)
    return own


@pytest.fixture(scope="module")
def printed():
    """The defaults that --help prints, by program and flag."""

    def defaults(program):
        command = [sys.executable, "-m", f"trainers.{program}", "--help"]
        text = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        found = {}
        for entry in re.split(r"\n  --", text)[1:]:
            # A group's title may follow, after an empty line.
            words = " ".join(entry.partition("\n\n")[0].split())
            name = re.match(r"(?:\[no\])?(\w+)", words)[1]
            found[name] = re.search(r"Default: (.*)\.$", words)[1]
        return found

    return {program: defaults(program) for program in PROGRAMS}


def claimed(text, case, given):
    """Returns the default that a text claims for a case: the last clause that holds."""
    values = []
    for clause in text.split("; "):
        value, corpora, flag_of, words = re.fullmatch(
            r"(.*?)(?: \(([\w, ]*)((?: with [^)]*)?)\))?((?: (?:with|if) --.*)?)",
            clause,
        ).groups()
        holds = corpora is None or case["dataset"] in corpora.split(", ")
        needed = re.findall(r"(?<!if )--(\w+)=?([^\s,]*)", flag_of or words)
        for name, choices in needed:
            wanted = choices.split("|") if choices else ["True"]
            holds &= str(case[name]) in wanted
        for name in re.findall(r"if --(\w+) is given", words):
            holds &= name in given
        if holds:
            values.append(value)
    return values[-1]


def as_printed(value):
    if value is None or value == []:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


CASES = {
    "lm": {
        "dataset": ["embedded", "ptb", "yelp", "text"],
        "setting": ["standard", "inputless"],
        "latent": list(LATENTS),
        "kappa": [None, 30.0],
        "optimizer": ["adam", "sgd"],
    },
    "bow": {
        "dataset": ["embedded", "20ng", "rcv1", "octis", "text"],
        "bursts": [False, True],
        "latent": list(LATENTS),
        "kappa": [None, 30.0],
    },
    "evaluate": {"dataset": ["embedded"]},
    "generate": {"task": ["sample"]},
    "export": {"max_words": [60]},
    "reproduce": {"scale": ["smoke"]},
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_states_for_every_case_the_default_that_a_run_has(printed, program):
    axes = CASES[program]
    for values in itertools.product(*axes.values()):
        given = {k: v for k, v in zip(axes, values, strict=True) if v is not None}
        own = flags_of(program, *(f"--{name}={value}" for name, value in given.items()))
        settings = own.settings()
        assert set(printed[program]) == set(settings)
        for name in settings.keys() - given.keys():
            claim = claimed(printed[program][name], settings, given)
            if claim in IN_WORDS:
                assert settings[name] in (None, IN_WORDS[claim](settings)), name
            elif settings[name] is None:
                assert not re.match(r"[\d.]", claim), (name, claim)
            else:
                assert claim == as_printed(settings[name]), (name, given)


def test_help_states_each_programs_own_defaults(printed):
    own = printed["bow"]
    assert own["patience"] == "10"
    assert own["kl_schedule"] == "linear"
    assert own["anneal_epochs"] == "half of --epochs"
    assert printed["lm"]["patience"] == "3"
    assert printed["lm"]["kappa"] == (
        "25 (embedded); 15 (ptb, yelp, text); "
        "45 (ptb, yelp, text with --setting=inputless)"
    )


def test_the_concentration_falls_as_long_as_help_says(printed, parse):
    assert printed["lm"]["anneal_epochs"] == "half of --epochs"
    settings, _ = parse("--epochs=9", "--initial_kappa=90")
    (schedule,) = make_schedules(settings)
    assert schedule.epochs == 4.5


@pytest.mark.parametrize("program", ["lm", "bow"])
def test_a_training_program_has_at_most_60_flags_in_groups(program):
    own = flags_of(program)
    titles = re.findall(r"^(\w+):$", own.help(), re.MULTILINE)

    assert len(own.names) <= 60
    for title in ("Model", "Latent", "Training", "Data", "Run"):
        assert title in titles


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_fits_into_88_columns(program):
    for line in flags_of(program).help().split("\n"):
        assert len(line) <= 88
        assert line == line.rstrip()


# The flags that are arguments of a class, and the class.
ARGUMENTS = [
    (lm, models.NVRNN, LM_FLAGS),
    (bow, models.NVDM, BOW_FLAGS),
    *((lm, getattr(layers, name), reads) for name, reads in LATENTS.values()),
]


@pytest.mark.parametrize(
    ("program", "made", "names"), ARGUMENTS, ids=lambda x: getattr(x, "__name__", "")
)
def test_a_default_that_does_not_depend_on_the_corpus_is_that_of_the_class(
    program, made, names
):
    constant = program.define_flags(flags.FlagValues()).constant_defaults()
    parameters = inspect.signature(made).parameters
    for name in names:
        own = parameters[name].default if name in parameters else None
        if name in constant and own not in (inspect.Parameter.empty, None):
            assert constant[name] == own, name


HUGE = ["9" * 30, f"-{'9' * 30}", "9" * 5000, "2147483648", "-1", "1e999"]
ODD = ["nan", "inf", "-inf", "1e39", "1e-320", "", "0x10", "1,5", "\udcff", "1_000"]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("value", [*HUGE, *ODD], ids=lambda value: value[:12])
def test_a_number_fits_into_32_bits_or_is_refused_in_one_line(program, value):
    for name in flags_of(program).ranges:
        try:
            taken = flags_of(program, f"--{name}={value}").settings()[name]
        except UserError as error:
            message = str(error)
            assert f"--{name}" in message
            assert "must be " in message
            assert len(message) < 300
            continue
        (taken,) = taken if isinstance(taken, list) else [taken]
        if isinstance(taken, int):
            assert abs(taken) < 2**31, name
        else:
            assert np.isfinite(np.float32(taken)), name
            # A number that is 0 in float32 is only accepted if 0 is.
            small = np.float32(taken) == 0
            assert not small or 0.0 in flags_of(program).ranges[name], name


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_number_has_a_least_and_a_largest_value(program):
    own = flags_of(program)
    for name, allowed in own.ranges.items():
        default = own.settings()[name]
        for number in default if isinstance(default, list) else [default]:
            assert number is None or number in allowed, name
        assert float("nan") not in allowed
        assert np.isfinite([allowed.low, allowed.high]).all()


PATHS = {
    "lm": ["output_dir", "data_dir", "pretrained", "synthetic"],
    "bow": ["output_dir", "data_dir", "labels", "stop_words"],
    "evaluate": ["model", "data_dir", "output_dir"],
    "export": ["model", "output_dir"],
    "generate": ["model", "file", "corpus"],
    "reproduce": ["data_dir", "output_dir"],
}
EVERY_PATH = [(program, name) for program, names in PATHS.items() for name in names]


@pytest.mark.parametrize(("program", "name"), EVERY_PATH)
def test_a_leading_tilde_is_the_home_folder(program, name, monkeypatch):
    monkeypatch.setenv("HOME", "/home/of/mine")
    settings = flags_of(program, f"--{name}=~/runs/one").settings()
    assert settings[name] == "/home/of/mine/runs/one"
    assert flags_of(program, f"--{name}=./~").settings()[name] == "./~"


@pytest.mark.parametrize(("program", "name"), EVERY_PATH)
@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("", "is empty"),
        ("a\0b", "no zero byte"),
        ("~no_such_user/runs", "there is no user 'no_such_user'"),
    ],
)
def test_a_name_that_cannot_be_a_path_is_refused(program, name, path, complaint):
    with pytest.raises(UserError, match=complaint) as caught:
        flags_of(program, f"--{name}={path}")
    assert f"--{name}=" in str(caught.value)


@pytest.mark.parametrize("program", ["lm", "bow", "export", "reproduce"])
def test_a_folder_that_tensorflow_cannot_write_is_refused(program):
    with pytest.raises(UserError, match="is not UTF-8, as TensorFlow needs"):
        flags_of(program, "--output_dir=caf\udce9/run")
    # Evaluation writes its files with Python, which can.
    settings = flags_of("evaluate", "--output_dir=caf\udce9").settings()
    assert settings["output_dir"] == "caf\udce9"


def check_before_a_run(own):
    settings, _ = own.read_settings()
    own.check_new(settings)


READ_IN_TRAINING = [
    (lm, "data_dir", ["--dataset=text"]),
    (lm, "pretrained", []),
    (lm, "synthetic", []),
    (bow, "data_dir", ["--dataset=text"]),
    (bow, "labels", ["--dataset=text", "--data_dir=text.txt"]),
    (bow, "stop_words", ["--dataset=text", "--data_dir=text.txt"]),
]


@pytest.mark.parametrize(("program", "name", "others"), READ_IN_TRAINING)
@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        ("pipe", "is a pipe"),
        ("loop", "Too many levels of symbolic links"),
        ("/dev/zero", "is a device"),
        ("x" * 300, "File name too long"),
        (f"{__file__}/below", "Not a directory"),
    ],
    ids=["pipe", "loop", "device", "long", "below_a_file"],
)
def test_a_path_that_is_not_a_file_is_refused_before_a_run_begins(
    tmp_path, monkeypatch, program, name, others, kind, complaint
):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    os.symlink("loop", "loop")
    own = program.define_flags(flags.FlagValues())
    own.parse([*others, f"--{name}={kind}"])
    with pytest.raises(UserError, match=f"^--{name}=.*{re.escape(complaint)}"):
        check_before_a_run(own)


def test_text_that_is_not_utf_8_is_refused():
    with pytest.raises(UserError, match=r"--text=.*: is not UTF-8 text"):
        flags_of("generate", "--text=caf\udce9")
    assert flags_of("generate", "--text=café").settings()["text"] == ["café"]


@pytest.mark.parametrize("content", [b"\xff\xfe--kappa=2\n", None])
def test_a_flag_file_that_cannot_be_read_is_named(tmp_path, content):
    file = tmp_path / "flags"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    with pytest.raises(UserError, match="flagfile"):
        flags_of("lm", f"--flagfile={file}")


@pytest.mark.parametrize("arguments", [["--flagfile="], ["--flagfile", ""]])
def test_a_flag_file_without_a_name_is_refused(arguments):
    with pytest.raises(UserError, match=r"^--flagfile=: is empty; give a name"):
        flags_of("lm", *arguments, "--kappa=2")


def test_a_flag_file_is_read_like_a_command_line(tmp_path):
    file = tmp_path / "flags"
    file.write_text("--kappa=2\n--output_dir=~/x\n")
    settings = flags_of("lm", f"--flagfile={file}", "--epochs=3").settings()
    assert (settings["kappa"], settings["epochs"]) == (2.0, 3)
    assert settings["output_dir"] == os.path.expanduser("~/x")
