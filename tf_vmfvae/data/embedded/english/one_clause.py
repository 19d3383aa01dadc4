"""Sentence shapes of about one clause, a function each.

A shape returns the alternatives for a scene, a mood (sentiment and strength) and a
tense. All of these show in every sentence, so a sentence has only one reading.
"""

from tf_vmfvae.data.embedded.english import words
from tf_vmfvae.data.embedded.english.nouns import thing_kinds
from tf_vmfvae.data.embedded.english.phrases import Mood, Phrases
from tf_vmfvae.data.embedded.grammar import Alternatives
from tf_vmfvae.data.embedded.topics.topic import Scene


def event(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """Writes "last week the chef cooked an awful soup for the guests"."""
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
    """Writes "my sister really loved the simple soup with her friends"."""
    sentiment, _ = mood
    where = p.optional(0.5, (p.place(scene),))
    opening = p.opening(tense, sentiment)
    alternatives = []
    for judges, (plural, pronoun) in p.judge_classes:
        who = (p.judge_of(plural, pronoun), p.opinion(mood, tense, plural))
        with_whom = p.companion(pronoun)
        for things, kind in thing_kinds(scene):
            weight = judges * things
            if tense == "present" and kind != "one":
                # In general rather than once: "my sister loves noodles".
                general = (*who, p.thing(scene, kind), p.place(scene))
                alternatives.append((0.2 * weight, general))
            what = (p.described(scene, kind), where, with_whom)
            alternatives.append((0.6 * weight, (opening, *who, *what)))
            story = (p.definite(scene, kind), "that", p.action(scene, tense))
            alternatives.append((0.4 * weight, (opening, *who, *story)))
            reacting = ("and", p.reacting(mood, tense, plural))
            both = (opening, *who, p.described(scene, kind), *reacting)
            alternatives.append((0.2 * weight, both))
    return alternatives


def question(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """Writes "why did the guests hate the soup at the restaurant"."""
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
            reason = p.reason(scene, kind, mood, tense)
            suspected = (*asked, p.definite(scene, kind), *reason)
            alternatives.append((0.3 * weight, suspected))
    return alternatives


def there(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """Writes "there will be terrible fog on the coast tomorrow"."""
    sentiment, _ = mood
    comment = p.comment(sentiment)
    when = p.optional(0.5, (p.time(tense),))
    reaction = p.reaction(mood, tense)
    alternatives = []
    for weight, kind in thing_kinds(scene):
        there_are = ("there", *words.be(tense, kind == "many"))
        judged, place = p.judged(scene, kind, mood), p.place(scene)
        thing = p.fully_judged(scene, kind, mood)
        alternatives.append((0.6 * weight, (comment, *there_are, thing, place, when)))
        alternatives.append((0.4 * weight, (*there_are, judged, place, "so", reaction)))
    return alternatives


def exclaim(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """Writes "what a delicious soup the chef cooked for the guests last night"."""
    when = p.optional(0.5, (p.time(tense),))
    where = p.optional(0.4, (p.place(scene),))
    for_whom = p.optional(0.4, ("for", p.somebody()))
    action = p.action(scene, tense)
    alternatives = []
    for weight, kind in thing_kinds(scene):
        thing = p.fully_judged(scene, kind, mood)
        alternatives.append((weight, ("what", thing, action, for_whom, where, when)))
    return alternatives


def relative(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """Writes "luckily the soup that the chef cooked yesterday was really delicious"."""
    sentiment, _ = mood
    comment = p.comment(sentiment)
    event = ("that", p.action(scene, tense), p.setting(scene, tense))
    alternatives = []
    for weight, kind in thing_kinds(scene):
        is_so = p.verdict(scene, kind, mood, tense)
        alternatives.append(
            (weight, (comment, p.definite(scene, kind), *event, *is_so))
        )
    return alternatives
