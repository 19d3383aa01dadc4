"""A stand-in for the processes that train and evaluate."""

import json
import pathlib

import pytest
from absl import flags

from trainers.reproduce import runner
from trainers.reproduce.flags import define_flags
from trainers.reproduce.run import run
from trainers.reproduce.runs.training_run import TrainingRun
from trainers.storage.json_file import write_object

RESULTS = pathlib.Path("runs", "reproduce", "smoke")
EVALUATION_RUN = "evaluation-samples10-probe_examples300-examples500"
BOUNDS = {
    "nll": 40.25,
    "reconstruction": 38.0,
    "kl": 2.25,
    "code_gain": 1.5,
    "ppl": 91.25,
    "ppl_by_example": 93.5,
    "ppl_iw": 90.75,
    "ppl_iw_by_example": 92.5,
}
EVALUATION = {
    "bounds": {"ppl_iw": {"1": 91.0, "10": 88.125}},
    "information": {"mutual_information": 0.625},
    "probes": {
        "bag_of_words_from_code": {"score": 0.375},
        "code_from_bag_of_words": {"score": 0.4375},
        "embedding_from_code": {"score": 0.5625},
        "code_from_embedding": {"score": 0.625},
        "cosine_after_swaps": {"0.0": 1.0, "0.3": 0.5},
        "cosine_after_any_swaps": {"0.0": 1.0, "0.3": 0.25},
        "word_importance": {
            "by_rank": {
                "1-10": {"words": 3, "cosine": 0.875},
                "11-100": {"words": 2, "cosine": 0.5},
            },
            "sentences": [[["the", 0.99], ["soup", 0.25]]],
        },
    },
}
# What trainers.generate prints, by task.
ANSWERS = {
    "neighbours": {
        "text": "the soup is hot",
        "neighbours": [{"text": "the stew | is hot", "cosine": 0.75}],
    },
    "interpolate": {"start": "a b", "end": "c d", "sentences": ["a b", "c d"]},
    "sample": {"sample": "so good"},
}


def argument(arguments, name):
    (value,) = [x.partition("=")[2] for x in arguments if x.startswith(f"--{name}=")]
    return value


@pytest.fixture
def processes(monkeypatch):
    """The commands that were started; `processes.failing` is what fails, by name.

    Instead of training, each of them writes the files of a finished run.
    """

    class Processes(list):
        failing = frozenset()

    started = Processes()

    def generate(arguments, output):
        task = argument(arguments, "task")
        started.append(task)
        if task in started.failing:
            return 1
        for name in {"neighbours": ["file", "corpus"], "interpolate": ["file"]}.get(
            task, []
        ):
            assert pathlib.Path(argument(arguments, name)).read_text().count("\n") > 3
        output.write_text(f"{json.dumps(ANSWERS[task])}\n")
        return 0

    def stand_in(program, arguments, output=None, forked=False):
        assert forked
        if program == "generate":
            return generate(arguments, output)
        folder = pathlib.Path(argument(arguments, "output_dir"))
        started.append(folder.name)
        if folder.name in started.failing:
            return 1
        if program == "evaluate":
            assert (
                pathlib.Path(argument(arguments, "model")) / "metrics.json"
            ).exists()
            folder.mkdir()
            write_object(folder / "evaluation.json", EVALUATION)
            return 0
        given = dict(x.removeprefix("--").split("=", 1) for x in arguments)
        del given["output_dir"]
        if given["dataset"] == "text":
            assert pathlib.Path(given["data_dir"]).read_text().count("\n") == 2000
        found = TrainingRun(folder.name, program, given).find(folder.parent)
        found.open()
        ppl = BOUNDS["ppl"] + float(given.get("kappa", 0))
        nll = BOUNDS["nll"] - float(given.get("kappa", 0)) / 64
        bounds = {**BOUNDS, "ppl": ppl, "nll": nll}
        history = [{"val_kl": 1.5}, {"val_kl": 2.25}]
        metrics = {"validation": bounds, "test": bounds, "history": history}
        found.write_metrics(metrics)
        found.close()
        return 0

    monkeypatch.setattr(runner, "run_process", stand_in)
    return started


@pytest.fixture
def reproduce(tmp_path, monkeypatch, processes):
    """Returns a function that runs the program in this process, and trains nothing."""
    monkeypatch.chdir(tmp_path)

    def started(*arguments):
        own = define_flags(flags.FlagValues())
        own.parse(arguments)
        run(own)

    return started
