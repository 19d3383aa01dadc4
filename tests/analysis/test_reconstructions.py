import pytest

from analysis import reconstructions
from tf_vmfvae import data

ORIGINALS = [
    "anna loved the soup",
    "anna hated the soup",
    "anna loves the match",
    "anna hates the match",
]


def test_perfect_reconstructions_keep_everything():
    shares = reconstructions.shares_kept(ORIGINALS, ORIGINALS)

    assert list(shares) == ["topic", "sentiment", "tense"]
    for kept, chance in shares.values():
        assert kept == 1
        assert chance < 1


def test_the_share_counts_the_reconstructions_that_keep_a_factor():
    rebuilt = [
        "anna loved the soup",
        "anna loved the soup",
        "anna loved the soup",
        "hello world",
    ]
    shares = reconstructions.shares_kept(ORIGINALS, rebuilt)

    assert shares["topic"][0] == 2 / 4
    assert shares["sentiment"][0] == 2 / 4
    assert shares["tense"][0] == 2 / 4


def test_shuffled_constant_reconstructions_agree_as_often_as_they_did():
    shares = reconstructions.shares_kept(ORIGINALS, ["anna loved the soup"] * 4)

    for kept, chance in shares.values():
        assert kept == chance == pytest.approx(0.5)


def test_a_line_is_printed_for_each_factor(monkeypatch, capsys):
    class Parrot:
        def reconstruct(self, texts):
            return texts

    monkeypatch.setattr(reconstructions, "load_language_model", lambda _: Parrot())

    reconstructions.main(["--model=parrot", "--examples=5"])

    first, *lines = capsys.readouterr().out.splitlines()
    assert first == "5 test sentences; share kept, and by chance"
    assert [line.split()[:2] for line in lines] == [
        ["topic", "100.0%"],
        ["sentiment", "100.0%"],
        ["tense", "100.0%"],
    ]
    assert len(data.embedded.sentences("test")) > 5
