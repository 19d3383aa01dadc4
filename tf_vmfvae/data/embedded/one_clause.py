"""Sentence shapes of one clause, more or less, each a function.

A shape returns the alternatives of the sentences that have this shape in a given scene,
mood (sentiment and strength) and tense. Each shape shows all of these somewhere, so
that a sentence has one reading only.
"""

from tf_vmfvae.data.embedded import words
from tf_vmfvae.data.embedded.phrases import Phrases
from tf_vmfvae.data.embedded.rulebook import Alternatives, Mood
from tf_vmfvae.data.embedded.things import thing_kinds
from tf_vmfvae.data.embedded.topic import Scene
from tf_vmfvae.data.embedded.two_clauses import reason


def event(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """last week the chef cooked an awful soup for the guests in the kitchen."""
    sentiment, _ = mood
    for_whom = p.optional(0.4, ("for", p.somebody()))
    where = p.optional(0.5, (p.place(scene),))
    opening = p.opening(tense, sentiment)
    comment = p.comment(sentiment)
    alternatives = []
    for weight, kind in thing_kinds(scene):
        judged = p.fully_judged(scene, kind, mood)
        what = (p.action(scene, tense), judged, for_whom, where)
        alternatives.append((0.7 * weight, (opening, *what)))
        alternatives.append((0.3 * weight, (comment, *what, p.time(tense))))
    return alternatives


def opinion(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """my sister really loved the simple soup at the restaurant with her friends."""
    sentiment, _ = mood
    where = p.optional(0.5, (p.place(scene),))
    opening = p.opening(tense, sentiment)
    alternatives = []
    for judges, plural, pronoun in p.judge_classes:
        who = (p.judge_of(plural, pronoun), p.opinion(mood, tense, plural))
        with_whom = p.companion(pronoun)
        for things, kind in thing_kinds(scene):
            weight = judges * things
            if tense == "present" and kind != "one":
                # In general, not this time: "my sister loves noodles".
                general = (*who, p.thing(scene, kind), p.place(scene))
                alternatives.append((0.2 * weight, general))
            what = (p.described(scene, kind), where, with_whom)
            alternatives.append((0.6 * weight, (opening, *who, *what)))
            story = (p.definite(scene, kind), "that", p.action(scene, tense))
            alternatives.append((0.4 * weight, (opening, *who, *story)))
            reacting = (
                p.described(scene, kind),
                "and",
                p.reacting(mood, tense, plural),
            )
            alternatives.append((0.2 * weight, (opening, *who, *reacting)))
    return alternatives


def question(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """why did the guests hate the soup at the restaurant."""
    why = p.optional(0.4, ("why",))
    setting = p.setting(scene, tense)
    alternatives = []
    for judges, plural in p.judge_numbers:
        do = words.do(tense, plural)
        asked = (do, p.judge(plural), p.asked_opinion(mood))
        for things, kind in thing_kinds(scene):
            weight = judges * things
            known = p.known(scene, kind, tense)
            alternatives.append((0.7 * weight, (why, *asked, known, setting)))
            ground = reason(p, scene, kind, mood, tense)
            suspected = (*asked, p.definite(scene, kind), *ground)
            alternatives.append((0.3 * weight, suspected))
    return alternatives


def there(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """there will be terrible fog on the coast tomorrow."""
    sentiment, _ = mood
    comment = p.comment(sentiment)
    when_ = p.optional(0.5, (p.time(tense),))
    reaction = p.reaction(mood, tense)
    alternatives = []
    for weight, kind in thing_kinds(scene):
        are = words.be(tense, kind == "many")
        judged, fully_judged = (
            (thing, p.place(scene))
            for thing in (
                p.judged(scene, kind, mood),
                p.fully_judged(scene, kind, mood),
            )
        )
        it_is = (comment, "there", *are, *fully_judged, when_)
        alternatives.append((0.6 * weight, it_is))
        alternatives.append((0.4 * weight, ("there", *are, *judged, "so", reaction)))
    return alternatives


def exclaim(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """what a delicious soup the chef cooked for the guests last night."""
    when_ = p.optional(0.5, (p.time(tense),))
    where = p.optional(0.4, (p.place(scene),))
    for_whom = p.optional(0.4, ("for", p.somebody()))
    action = p.action(scene, tense)
    return [
        (
            weight,
            ("what", p.fully_judged(scene, kind, mood), action, for_whom, where, when_),
        )
        for weight, kind in thing_kinds(scene)
    ]


def relative(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """luckily the soup that the chef cooked yesterday was really delicious."""
    sentiment, _ = mood
    return [
        (
            weight,
            (
                p.comment(sentiment),
                p.definite(scene, kind),
                "that",
                p.action(scene, tense),
                p.setting(scene, tense),
                *words.be(tense, kind == "many"),
                p.quality(scene, mood),
            ),
        )
        for weight, kind in thing_kinds(scene)
    ]
