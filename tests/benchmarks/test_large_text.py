import itertools

import pytest

from benchmarks.large_text import __main__ as large_text
from benchmarks.large_text.sentences import random_sentences


def test_sentences_are_spread_as_in_the_penn_treebank_and_always_the_same():
    made = list(random_sentences(3000))
    assert made[:5] == list(itertools.islice(random_sentences(3000), 5))
    lengths = [len(sentence.split()) for sentence in made]
    assert min(lengths) >= 1
    assert 20 < sum(lengths) / len(lengths) < 22
    assert 100 < sum(map(len, made)) / len(made) < 120


@pytest.mark.parametrize(("peak", "status"), [(1.4, 0), (1.6, 1)])
def test_the_text_is_trained_on_twice_and_too_much_memory_is_a_failure(
    tmp_path, monkeypatch, capsys, peak, status
):
    texts = []

    def train(text, folder, steps):
        texts.append(text.read_text().splitlines())
        return "7 s", f"{steps} steps", peak

    monkeypatch.setattr(large_text, "train", train)
    arguments = ["--sentences=20", "--steps=3", f"--folder={tmp_path}"]
    assert large_text.main(arguments) == status
    assert texts == [list(random_sentences(20))] * 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("20 sentences, ")
    assert lines[1] == "first start: first step after 7 s; 3 steps"
    assert lines[2].startswith("second start: ")
