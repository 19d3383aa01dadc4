import math
from collections import Counter

import pytest

from tests.reference.whole_grammar import is_unambiguous
from tf_vmfvae.data.embedded.grammar import Grammar


def test_sentences_come_up_as_often_as_their_probabilities_say():
    grammar = Grammar(
        {("s",): [(2, (("a",), "x")), (1, ("y",))], ("a",): [(1, ("p",)), (3, ())]},
        ("s",),
    )
    counts = Counter(grammar.sample(30_000, seed=0))
    for sentence, probability in (("p x", 1 / 6), ("x", 1 / 2), ("y", 1 / 3)):
        assert grammar.log_probability(sentence) == pytest.approx(math.log(probability))
        error = math.sqrt(probability * (1 - probability) / 30_000)
        assert abs(counts[sentence] / 30_000 - probability) < 4 * error


def test_both_derivations_of_an_ambiguous_sentence_are_found():
    rules = {
        ("s",): [(1, ("a", ("b",))), (1, (("c",), "b"))],
        ("b",): [(1, ("b",))],
        ("c",): [(1, ("a",))],
    }
    grammar = Grammar(rules, ("s",))

    found = [derivation.symbols for derivation in grammar.derivations("a b")]

    assert sorted(found) == [(("s",), ("b",)), (("s",), ("c",))]
    assert grammar.log_probability("a b") == 0
    assert not is_unambiguous(grammar)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({("s",): [(1, (("n",),))]}, "has no rule"),
        ({("s",): [(1, ("a",)), (2, ("a",))]}, "twice"),
        ({("s",): [(0, ("a",))]}, "not positive"),
        ({("s",): []}, "no alternatives"),
    ],
)
def test_rules_that_do_not_make_a_grammar_are_refused(rules, message):
    with pytest.raises(ValueError, match=message):
        Grammar(rules, ("s",))
