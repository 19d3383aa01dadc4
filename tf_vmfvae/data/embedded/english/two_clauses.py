"""Sentence shapes of two clauses, a function each.

A shape returns the alternatives for a scene, a mood (sentiment and strength) and a
tense. All of these show in every sentence, so a sentence has only one reading.
"""

from tf_vmfvae.data.embedded.english import words
from tf_vmfvae.data.embedded.english.nouns import thing_kinds
from tf_vmfvae.data.embedded.english.phrases import Mood, Phrases
from tf_vmfvae.data.embedded.grammar import Alternatives
from tf_vmfvae.data.embedded.topics.topic import Scene


def because(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """Writes "the guests hated the noodles because they were absolutely disgusting"."""
    total = sum(judges for judges, _ in p.judge_numbers)
    reaction = p.reaction(mood, tense)
    alternatives = []
    for things, kind in thing_kinds(scene):
        reason = p.reason(scene, kind, mood, tense)
        for judges, plural in p.judge_numbers:
            what = (*p.judging(mood, tense, plural), p.described(scene, kind))
            alternatives.append((0.7 * judges * things, (*what, *reason)))
        done = (p.action(scene, tense), p.judged(scene, kind, mood))
        alternatives.append((0.3 * total * things, (reaction, "because", *done)))
    return alternatives


def but(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """Writes "although the soup was expensive the guests really loved it"."""
    sentiment, _ = mood
    opening = p.opening(tense, sentiment)
    comment = p.comment(sentiment)
    where = p.optional(0.3, (p.place(scene),))
    alternatives = []
    for judges, plural in p.judge_numbers:
        judging = p.judging(mood, tense, plural)
        for things, kind in thing_kinds(scene):
            thing = p.definite(scene, kind)
            it, them = ("they", "them") if kind == "many" else ("it", "it")
            was = (*words.be(tense, kind == "many"), p.expectation(sentiment))
            for share, sentence in (
                (0.5, (opening, thing, where, *was, "but", *judging, them)),
                (0.25, ("although", thing, where, *was, *judging, them)),
                (0.25, (comment, *judging, thing, where, "although", it, *was)),
            ):
                alternatives.append((share * judges * things, sentence))
    return alternatives


def when(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """Writes "when the chef cooks the soup the guests will complain"."""
    # After "when" and "if", English uses the present tense for the future.
    clause_tense = "present" if tense == "future" else tense
    other = "if" if tense == "future" else "after"
    joining = p.either("when", other)
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
    """Writes "my brother says that the soup in the kitchen is quite salty"."""
    that = p.optional(0.5, ("that",))
    where = p.optional(0.3, (p.place(scene),))
    setting = p.setting(scene, tense)
    action = p.action(scene, tense)
    alternatives = []
    for things, kind in thing_kinds(scene):
        thing = p.definite(scene, kind)
        is_so = p.verdict(scene, kind, mood, tense)
        judged = p.judged(scene, kind, mood)
        claims = [
            (0.3, (thing, where, *is_so)),
            (0.2, (thing, "that", action, *is_so)),
            (0.2, (action, judged, setting)),
            (0.1, ("there", *words.be(tense, kind == "many"), judged, p.place(scene))),
        ]
        for people, (plural, pronoun) in p.people_classes:
            judging = (p.people(plural, pronoun), p.opinion(mood, tense, plural))
            share = 0.2 * people / len(p.topic.people)
            claims.append((share, (*judging, p.described(scene, kind))))
        alternatives += [
            (things * share, (p.reporter(tense), that, *claim))
            for share, claim in claims
        ]
    return alternatives


def so(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """Writes "the noodles were cold so the guests frowned"."""
    sentiment, _ = mood
    opening = p.opening(tense, sentiment)
    reaction = p.reaction(mood, tense)
    alternatives = []
    for weight, kind in thing_kinds(scene):
        thing = p.definite(scene, kind)
        is_so = p.verdict(scene, kind, mood, tense)
        alternatives.append((0.7 * weight, (opening, thing, *is_so, "so", reaction)))
        placed = (thing, p.place(scene), *is_so)
        alternatives.append((0.3 * weight, (*placed, "so", reaction)))
    return alternatives


def and_(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """Writes "yesterday the chef cooked the soup and the guests loved it"."""
    sentiment, _ = mood
    opening = p.opening(tense, sentiment)
    total = sum(judges for judges, _ in p.judge_numbers)
    alternatives = []
    for things, kind in thing_kinds(scene):
        what = (p.action(scene, tense), p.definite(scene, kind))
        it = "them" if kind == "many" else "it"
        endings = [(0.4, (p.reaction(mood, tense),))]
        for judges, plural in p.judge_numbers:
            opinion = (*p.judging(mood, tense, plural), it)
            endings.append((0.6 * judges / total, opinion))
        for share, ending in endings:
            weight = things * share
            alternatives += [
                (0.7 * weight, (opening, *what, "and", *ending)),
                (0.3 * weight, (*what, p.place(scene), "and", *ending)),
            ]
    return alternatives
