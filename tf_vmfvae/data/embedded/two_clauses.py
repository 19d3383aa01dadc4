"""Sentence shapes of two clauses, each a function.

A shape returns the alternatives of the sentences that have this shape in a given scene,
mood (sentiment and strength) and tense. Each shape shows all of these somewhere, so
that a sentence has one reading only.
"""

from tf_vmfvae.data.embedded import words
from tf_vmfvae.data.embedded.phrases import Phrases
from tf_vmfvae.data.embedded.rulebook import Alternatives, Mood
from tf_vmfvae.data.embedded.things import thing_kinds
from tf_vmfvae.data.embedded.topic import Scene


def because(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """the guests hated the noodles because they were absolutely disgusting."""
    alternatives = []
    for things, kind in thing_kinds(scene):
        for judges, plural in p.judge_numbers:
            judge = (p.judge(plural), p.opinion(mood, tense, plural))
            what = (*judge, p.described(scene, kind))
            ground = reason(p, scene, kind, mood, tense)
            alternatives.append((0.7 * judges * things, (*what, *ground)))
        total = sum(judges for judges, _ in p.judge_numbers)
        done = (p.action(scene, tense), p.judged(scene, kind, mood))
        reaction = p.reaction(mood, tense)
        alternatives.append((0.3 * total * things, (reaction, "because", *done)))
    return alternatives


def reason(
    p: Phrases, scene: Scene, kind: str, mood: Mood, tense: str
) -> tuple[str | tuple, ...]:
    """because it was absolutely disgusting."""
    they = "they" if kind == "many" else "it"
    return (
        "because",
        they,
        *words.be(tense, kind == "many"),
        p.quality(scene, mood),
    )


def but(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """although the soup was expensive the guests really loved it."""
    sentiment, _ = mood
    opening = p.opening(tense, sentiment)
    comment = p.comment(sentiment)
    where = p.optional(0.3, (p.place(scene),))
    alternatives = []
    for judges, plural in p.judge_numbers:
        judge = (p.judge(plural), p.opinion(mood, tense, plural))
        for things, kind in thing_kinds(scene):
            thing = p.definite(scene, kind)
            it, them = ("they", "them") if kind == "many" else ("it", "it")
            was = (*words.be(tense, kind == "many"), p.expectation(sentiment))
            for share, sentence in (
                (0.5, (opening, thing, where, *was, "but", *judge, them)),
                (0.25, ("although", thing, where, *was, *judge, them)),
                (0.25, (comment, *judge, thing, where, "although", it, *was)),
            ):
                alternatives.append((share * judges * things, sentence))
    return alternatives


def when(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """when the chef cooks the soup the guests will complain."""
    # After "when" and "if" English puts the present for the future.
    clause_tense = "present" if tense == "future" else tense
    other = "if" if tense == "future" else "after"
    joining = p.define(("joining", other), [(1, ("when",)), (1, (other,))])
    reaction = p.reaction(mood, tense)
    where = p.optional(0.3, (p.place(scene),))
    alternatives = []
    for weight, kind in thing_kinds(scene):
        for thing in (p.described(scene, kind), p.judged(scene, kind, mood)):
            what = (p.action(scene, clause_tense), thing, where)
            alternatives.append((weight, (joining, *what, reaction)))
            alternatives.append((weight, (reaction, joining, *what)))
    return alternatives


def report(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """my brother says that the soup in the kitchen is quite salty."""
    that = p.optional(0.5, ("that",))
    where = p.optional(0.3, (p.place(scene),))
    setting = p.setting(scene, tense)
    action = p.action(scene, tense)
    alternatives = []
    for things, kind in thing_kinds(scene):
        thing = p.definite(scene, kind)
        are = words.be(tense, kind == "many")
        is_so = (*are, p.quality(scene, mood))
        judged = p.judged(scene, kind, mood)
        claims = [
            (0.3, (thing, where, *is_so)),
            (0.2, (thing, "that", action, *is_so)),
            (0.2, (action, judged, setting)),
            (0.1, ("there", *are, judged, p.place(scene))),
        ]
        for people, plural, pronoun in p.people_classes:
            judge = (p.people(plural, pronoun), p.opinion(mood, tense, plural))
            share = 0.2 * people / len(p.topic.people)
            claims.append((share, (*judge, p.described(scene, kind))))
        alternatives += [
            (things * share, (_reporter(p, tense), that, *claim))
            for share, claim in claims
        ]
    return alternatives


def _reporter(p: Phrases, tense: str) -> tuple:
    """my sister and david thought."""
    # The future is foretold now.
    tense = "present" if tense == "future" else tense
    return p.define(
        ("reporter", p.topic.name, tense),
        [
            (weight, (p.relatives(plural, pronoun), *words.verb(base, tense, plural)))
            for weight, plural, pronoun in p.relative_classes
            for base in ("say", "think")
        ],
    )


def so(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """the noodles were cold so the guests frowned."""
    sentiment, _ = mood
    opening = p.opening(tense, sentiment)
    reaction = p.reaction(mood, tense)
    alternatives = []
    for weight, kind in thing_kinds(scene):
        thing = p.definite(scene, kind)
        is_so = (*words.be(tense, kind == "many"), p.quality(scene, mood))
        alternatives.append((0.7 * weight, (opening, thing, *is_so, "so", reaction)))
        there_ = (thing, p.place(scene), *is_so)
        alternatives.append((0.3 * weight, (*there_, "so", reaction)))
    return alternatives


def and_(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """yesterday the chef cooked the soup and the guests loved it."""
    sentiment, _ = mood
    opening = p.opening(tense, sentiment)
    alternatives = []
    for things, kind in thing_kinds(scene):
        what = (p.action(scene, tense), p.definite(scene, kind))
        it = "them" if kind == "many" else "it"
        endings = [(0.4, (p.reaction(mood, tense),))]
        total = sum(judges for judges, _ in p.judge_numbers)
        for judges, plural in p.judge_numbers:
            opinion_ = (p.judge(plural), p.opinion(mood, tense, plural), it)
            endings.append((0.6 * judges / total, opinion_))
        for share, ending in endings:
            weight = things * share
            alternatives += [
                (0.7 * weight, (opening, *what, "and", *ending)),
                (0.3 * weight, (*what, p.place(scene), "and", *ending)),
            ]
    return alternatives
