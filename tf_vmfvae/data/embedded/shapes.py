"""Sentence shapes of the embedded corpus, each a function of the same arguments.

A shape returns the alternatives of the sentences that have this shape in a given scene,
mood (sentiment and strength) and tense. Each shape shows all of these somewhere, so
that a sentence has one reading only.
"""

from collections.abc import Callable

from tf_vmfvae.data.embedded import words
from tf_vmfvae.data.embedded.phrases import Alternatives, Mood, Phrases, thing_kinds
from tf_vmfvae.data.embedded.topic import Scene

Shape = Callable[[Phrases, Scene, Mood, str], Alternatives]


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


def because(p: Phrases, scene: Scene, mood: Mood, tense: str) -> Alternatives:
    """the guests hated the noodles because they were absolutely disgusting."""
    alternatives = []
    for things, kind in thing_kinds(scene):
        for judges, plural in p.judge_numbers:
            judge = (p.judge(plural), p.opinion(mood, tense, plural))
            what = (*judge, p.described(scene, kind))
            reason = _reason(p, scene, kind, mood, tense)
            alternatives.append((0.7 * judges * things, (*what, *reason)))
        total = sum(judges for judges, _ in p.judge_numbers)
        done = (p.action(scene, tense), p.judged(scene, kind, mood))
        reaction = p.reaction(mood, tense)
        alternatives.append((0.3 * total * things, (reaction, "because", *done)))
    return alternatives


def _reason(
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
            reason = _reason(p, scene, kind, mood, tense)
            suspected = (*asked, p.definite(scene, kind), *reason)
            alternatives.append((0.3 * weight, suspected))
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


# name -> weight, shape
SHAPES: dict[str, tuple[float, Shape]] = {
    "event": (4, event),
    "opinion": (6, opinion),
    "because": (4, because),
    "but": (3, but),
    "question": (5, question),
    "when": (5, when),
    "report": (7, report),
    "so": (3, so),
    "there": (1.5, there),
    "exclaim": (1.5, exclaim),
    "relative": (2, relative),
    "and": (4, and_),
}
# A question or an exclamation goes with a mood: factors on the weights above.
SENTIMENT_FACTORS = {
    "positive": {"exclaim": 1.5, "event": 1.5, "so": 0.7},
    "negative": {"because": 1.5, "question": 1.5, "but": 1.3},
}
TENSE_FACTORS = {
    "past": {"when": 1.5, "and": 1.5, "relative": 1.3},
    "present": {"opinion": 1.5, "question": 1.3, "report": 1.3},
    "future": {"there": 1.5, "report": 2, "exclaim": 0.2, "relative": 0.7},
}
