"""What trainers.generate writes, and what the tables make of it."""

import shutil

import pytest
from absl import flags

from trainers.generate import flags as generate
from trainers.generate import run as generation_run
from trainers.reproduce.experiments.registry import EXPERIMENTS
from trainers.reproduce.runs.generation import Generation
from trainers.reproduce.runs.scales import SCALES


def test_all_that_the_program_writes_is_in_the_tables(
    model_file, corpus_folder, tmp_path, capsys
):
    experiment, scale = EXPERIMENTS["sentences"], SCALES["smoke"]
    runs = tmp_path / "runs"
    texts = (corpus_folder / "train.txt").read_text()
    found = {}
    for run in experiment.runs(scale):
        if not isinstance(run, Generation):
            run.folder(runs).mkdir(parents=True)
            shutil.copy(model_file, run.folder(runs))
            continue
        for each in run.inputs.values():
            each.path(runs).parent.mkdir(exist_ok=True)
            chosen = texts if each.count is None else texts[: texts.index("\n") + 1] * 4
            each.path(runs).write_text(chosen)
        own = generate.define_flags(flags.FlagValues())
        own.parse(run.arguments(runs))
        capsys.readouterr()
        generation_run.run(own.read_settings()[0])
        run.output(runs).write_text(capsys.readouterr().out)
        found[run.name] = run.results(runs)

    tables = experiment.report(scale, found).tables
    assert [len(table.rows) for table in tables] == [3, 3, 3, 3, 7, 7, 5]
    for table in tables:
        assert all(None not in row for row in table.rows), table.title
    first = texts.partition("\n")[0]
    assert tables[0].title == f"Nearest to: {first}"
    # The sentence itself is in the corpus.
    assert tables[0].rows[0][1] == first
    assert tables[0].rows[0][2::2] == pytest.approx([1, 1], abs=5e-4)
    assert tables[4].title == f"From: {first}. To: {first}."
