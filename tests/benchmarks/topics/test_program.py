"""`python -m benchmarks.topics`, with scikit-learn's NMF as the only peer."""

import json
import os
import sys

import pytest

from benchmarks.topics import __main__ as program
from benchmarks.topics.corpora import load_corpus
from benchmarks.topics.runs import Run
from trainers.cli.errors import UserError

TOPICS = {"sport": ["ball", "goal_2", "team"], "weather": ["rain", "snow", "wind"]}


def write_corpus(folder, documents=24, validation="val"):
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for i in range(documents):
        label = list(TOPICS)[i % 2]
        split = ("train", "train", "train", "train", "test", validation)[i // 2 % 6]
        words = [word for j, word in enumerate(TOPICS[label]) if (i // 2 + j) % 3]
        lines.append(f"{' '.join(words)}\t{split}\t{label}\n")
    (folder / "corpus.tsv").write_text("".join(lines))
    words = [word for own in TOPICS.values() for word in own]
    (folder / "vocabulary.txt").write_text("\n".join(words))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("topics")


@pytest.fixture(scope="module")
def run(folder):
    """Returns a function that runs the program on a tiny corpus."""
    write_corpus(folder / "data" / "tiny")

    def run(*flags):
        return program.main(
            [
                f"--data_dir={folder / 'data'}",
                f"--output_dir={folder / 'results'}",
                f"--peer_python={sys.executable}",
                "--corpora=tiny",
                "--topics=2",
                "--seeds=1",
                "--systems=nmf",
                *flags,
            ]
        )

    return run


@pytest.fixture(scope="module")
def finished(run, folder):
    """The status of a first call of the program."""
    return run()


@pytest.fixture
def starts(monkeypatch):
    """The runs that are started, none of which does anything."""
    found = []
    monkeypatch.setattr(Run, "start", lambda self, *_: found.append(str(self)))
    return found


def test_a_run_is_measured_and_its_results_are_kept(finished, folder):
    assert finished == 0
    file = folder / "results" / "runs" / "tiny-2-nmf-1.json"
    results = json.loads(file.read_text())

    assert (results["purity"], results["nmi"]) == (1.0, 1.0)
    assert -1 <= results["npmi"] <= 1
    assert results["corpus"] == "tiny"
    assert results["perplexity"] is None
    found = {frozenset(words[:3]) for words in results["top_words"]}
    assert found == {frozenset(words) for words in TOPICS.values()}
    assert results["peak_memory_gib"] > 0


def test_folders_and_interpreter_may_be_given_relative_to_the_working_directory(
    run, folder, monkeypatch
):
    monkeypatch.chdir(folder)
    python = os.path.relpath(sys.executable)
    flags = ("--data_dir=data", "--output_dir=more", f"--peer_python={python}")
    assert run(*flags) == 0
    assert (folder / "more" / "runs" / "tiny-2-nmf-1.npz").exists()


def test_a_finished_run_is_not_made_again(finished, run, starts, capsys):
    assert run() == 0
    assert starts == []
    assert "| NMF (scikit-learn) | 1 |" in capsys.readouterr().out


def test_a_finished_run_is_made_again_if_asked_for(finished, run, starts):
    assert run("--again=nmf") == 0
    assert starts == ["tiny, 2 topics, nmf, seed 1"]


def test_results_are_measured_again_if_asked_for(finished, run, starts, folder):
    file = folder / "results" / "runs" / "tiny-2-nmf-1.json"
    before = file.read_text()
    file.write_text(before.replace('"purity": 1.0', '"purity": 0.5'))
    assert run() == 0
    assert '"purity": 0.5' in file.read_text()
    assert run("--rescore") == 0
    assert file.read_text() == before
    assert starts == []


def test_a_system_that_fails_leaves_the_others_their_table(finished, run, capsys):
    # This environment does not have tomotopy.
    assert run("--systems=lda,nmf") == 1
    out = capsys.readouterr().out
    assert "tiny, 2 topics, lda, seed 1: failed, exit status 1" in out
    assert "No module named 'tomotopy'" in out
    assert "| NMF (scikit-learn) | 1 |" in out


def test_runs_on_another_corpus_of_the_same_name_do_not_count(
    finished, run, starts, folder
):
    write_corpus(folder / "data" / "tiny", documents=36)
    try:
        run()
    finally:
        write_corpus(folder / "data" / "tiny")
    assert starts == ["tiny, 2 topics, nmf, seed 1"]


def test_a_corpus_without_a_validation_part_is_measured_like_the_others(
    finished, folder
):
    """Its coherences are those of all training documents: their order is known."""
    write_corpus(folder / "data" / "two_parts", validation="train")
    corpus = load_corpus("two_parts", folder / "data", folder / "results" / "corpora")

    assert len(corpus.documents.train) < 20
    assert len(corpus.reference) == len(corpus.texts) == 20
    assert corpus.reference.num_words.tolist() == list(map(len, corpus.texts))


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--systems=lsa", "--systems: lsa: choose among ours, prodlda"),
        ("--again=lsa", "--again: lsa: choose among ours"),
        ("--corpora=reuters", "--corpora: reuters is not in --data_dir="),
        ("--peer_python=", "--peer_python: nmf need"),
        ("--peer_python=/absent/python", "--peer_python=/absent/python does not run"),
        ("--peer_python=false", "--peer_python=false does not run Python"),
        ("--topics=0", "--topics"),
        ("--topics=two", "--topics"),
    ],
)
def test_a_bad_flag_is_refused_before_anything_runs(run, starts, flag, message):
    with pytest.raises(UserError, match=message):
        run(flag)
    assert starts == []
