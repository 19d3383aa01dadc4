import pytest

from tf_vmfvae.evaluation import rank_biased_overlap


@pytest.mark.parametrize(
    ("first", "second", "persistence", "expected"),
    [
        # As the package rbo 0.1.3 computes them.
        ("abcde", "edcba", 0.9, 0.737775),
        ("abcdefg", "bacxyzd", 0.9, 0.5982460714),
        ("abc", "cxabyz", 0.8, 0.523264),
        # By hand.
        ("ab", "ba", 0.3, 0.3),
        ("a", "ba", 0.5, 0.25),
        ("abc", "abc", 0.9, 1.0),
        ("abc", "abcdef", 0.9, 1.0),
        ("abc", "xyz", 0.9, 0.0),
    ],
)
def test_the_overlap_agrees_with_known_values(first, second, persistence, expected):
    for rankings in ((first, second), (second, first)):
        found = rank_biased_overlap(*rankings, persistence)
        assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ab", "ab", 1.0), "persistence is 1.0: give a number between 0 and 1"),
        (("ab", "ab", float("nan")), "persistence is nan"),
        (("", "ab"), "a ranking is empty"),
        (("ab", "aba"), "a ranking repeats an item"),
    ],
)
def test_what_is_no_ranking_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        rank_biased_overlap(*arguments)
