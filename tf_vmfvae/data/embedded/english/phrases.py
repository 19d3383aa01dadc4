"""The phrases that sentences of the embedded corpus are made of."""

import itertools

from tf_vmfvae.data.embedded.english import words
from tf_vmfvae.data.embedded.english.nouns import (
    agreement,
    counted,
    couples,
    person,
    relative,
)
from tf_vmfvae.data.embedded.english.phrase import evenly, phrase
from tf_vmfvae.data.embedded.grammar import Alternatives, Expansion
from tf_vmfvae.data.embedded.topics.topic import Scene, Topic

# (sentiment, strength)
Mood = tuple[str, str]

# How verbs and pronouns agree with two relatives, and the weight of a couple; a single
# relative has weight 1.
COUPLE, COUPLE_WEIGHT = (True, "their"), 4
QUANTIFIERS = ("some", "many", "most")
DEGREES = {
    "mild": ("quite", "fairly", "rather"),
    "strong": ("absolutely", "really", "truly"),
}
COMMENTS = {
    "positive": ("luckily", "thankfully"),
    "negative": ("sadly", "unfortunately"),
}


class Phrases:
    """The phrases of one topic.

    A method decorated with `phrase` returns a nonterminal symbol of the grammar. The
    rule behind it is written when it is first used.

    Args:
        topic: the topic.
        rules: where the rules go, a mapping from symbols to alternatives.

    Attributes:
        topic: the topic.
        rules: the rules.
        people_classes: weight and agreement (number and possessive pronoun) of the
            topic's people.
        relative_classes: the same for the narrator's relatives.
        judge_classes: the same for all who may judge a thing, people and relatives.
        judge_numbers: weight and number (whether plural) of all who may judge.
    """

    def __init__(self, topic: Topic, rules: dict[tuple, Alternatives]) -> None:
        self.topic = topic
        self.rules = rules
        people = [agreement(noun) for noun in topic.people]
        relatives = [agreement(noun) for noun in topic.relatives]
        relatives += [COUPLE] * COUPLE_WEIGHT
        self.people_classes = counted(people)
        self.relative_classes = counted(relatives)
        self.judge_classes = counted(people + relatives)
        self.judge_numbers = counted(plural for plural, _ in people + relatives)

    # Who acts and who judges.

    @phrase
    def actor(self, scene: Scene, plural: bool) -> Alternatives:
        """Names who acts: "the young chef"."""
        return [
            way
            for noun in scene.actors
            if noun.plural == plural
            for way in person(noun, self.topic.actor_adjectives, self.topic.ours)
        ]

    @phrase
    def action(self, scene: Scene, tense: str) -> Alternatives:
        """Says who does it: "the young chef cooked"."""
        alternatives = []
        for weight, plural in counted(noun.plural for noun in scene.actors):
            does = words.verb(scene.event, tense, plural)
            alternatives.append((weight, (self.actor(scene, plural), *does)))
        return alternatives

    @phrase
    def judge(self, plural: bool) -> Alternatives:
        """Names who judges: "the hungry guests", "my sister and david"."""
        return [
            (weight, (self.judge_of(*key),))
            for weight, key in self.judge_classes
            if key[0] == plural
        ]

    @phrase
    def judge_of(self, plural: bool, pronoun: str) -> Alternatives:
        """Names who judges, given the number and the possessive pronoun."""
        key = (plural, pronoun)
        return [
            (weight, (named(*key),))
            for classes, named in (
                (self.people_classes, self.people),
                (self.relative_classes, self.relatives),
            )
            for weight, other in classes
            if other == key
        ]

    @phrase
    def people(self, plural: bool, pronoun: str) -> Alternatives:
        """Names people of the topic: "the hungry guests"."""
        adjectives = self.topic.people_adjectives
        return [
            way
            for noun in self.topic.people
            if agreement(noun) == (plural, pronoun)
            for way in person(noun, adjectives, quantifiers=QUANTIFIERS)
        ]

    @phrase
    def somebody(self) -> Alternatives:
        """Names any people of the topic."""
        return [(weight, (self.people(*key),)) for weight, key in self.people_classes]

    @phrase
    def relatives(self, plural: bool, pronoun: str) -> Alternatives:
        """Names relatives: "my sister", "my sister and david"."""
        key = (plural, pronoun)
        alternatives = [
            way
            for noun in self.topic.relatives
            if agreement(noun) == key
            for way in relative(noun, self.topic.relative_adjectives)
        ]
        if key == COUPLE:
            alternatives += evenly(COUPLE_WEIGHT, couples(self.topic.relatives))
        return alternatives

    @phrase
    def reporter(self, tense: str) -> Alternatives:
        """Says who reports something: "my sister and david thought"."""
        # What will happen is reported in the present.
        tense = "present" if tense == "future" else tense
        return [
            (weight, (self.relatives(*key), *words.verb(base, tense, key[0])))
            for weight, key in self.relative_classes
            for base in ("say", "think")
        ]

    @phrase
    def companion(self, pronoun: str) -> Alternatives:
        """Says with whom: "with her friends"; nothing if there is no pronoun."""
        if not pronoun:
            return [(1.0, ())]
        ways = [("with", pronoun, who) for who in self.topic.companions]
        return [(3.0, ()), *evenly(1, ways)]

    # Things.

    @phrase
    def thing(self, scene: Scene, kind: str) -> Alternatives:
        """Names a thing without a determiner: "soup"."""
        return [(1.0, (noun.word,)) for noun in scene.things if noun.kind == kind]

    @phrase
    def definite(self, scene: Scene, kind: str) -> Alternatives:
        """Names a known thing: "the soup", "these noodles"."""
        thing = self.thing(scene, kind)
        this = "these" if kind == "many" else "this"
        return [(3, ("the", thing)), (1, (this, thing))]

    @phrase
    def described(self, scene: Scene, kind: str) -> Alternatives:
        """Names a known thing, perhaps with a neutral adjective: "the simple soup"."""
        thing = self.thing(scene, kind)
        neutral = self.topic.merits + self.topic.drawbacks
        ways = [(1, ("the", adjective, thing)) for adjective in neutral]
        return [(6, (self.definite(scene, kind),)), *ways]

    @phrase
    def known(self, scene: Scene, kind: str, tense: str) -> Alternatives:
        """Names a known thing: "the simple soup", "the soup that the chef cooked"."""
        story = (self.definite(scene, kind), "that", self.action(scene, tense))
        return [(2, (self.described(scene, kind),)), (1, story)]

    @phrase
    def judged(self, scene: Scene, kind: str, mood: Mood) -> Alternatives:
        """Names a new thing with a judgement: "an awful soup"."""
        thing = self.thing(scene, kind)
        return [
            (1.0, (*words.indefinite(kind, adjective), thing))
            for adjective in scene.qualities[mood]
        ]

    @phrase
    def fully_judged(self, scene: Scene, kind: str, mood: Mood) -> Alternatives:
        """Names a new thing with one judgement or two: "an awful and salty soup"."""
        thing = self.thing(scene, kind)
        pairs = itertools.permutations(scene.qualities[mood], 2)
        twice = [
            (*words.indefinite(kind, first), "and", second, thing)
            for first, second in pairs
        ]
        return [(0.7, (self.judged(scene, kind, mood),)), *evenly(0.3, twice)]

    # Judgements and feelings.

    @phrase
    def quality(self, scene: Scene, mood: Mood) -> Alternatives:
        """Judges a thing: "quite tasty", "warm and fresh"."""
        _, strength = mood
        alternatives = []
        for adjective in scene.qualities[mood]:
            alternatives.append((2.0, (adjective,)))
            alternatives += [(1.0, (quite, adjective)) for quite in DEGREES[strength]]
        pairs = itertools.permutations(scene.qualities[mood], 2)
        twice = [(first, "and", second) for first, second in pairs]
        return alternatives + evenly(3.0, twice)

    @phrase
    def expectation(self, sentiment: str) -> Alternatives:
        """Describes a thing so that a reader expects the opposite sentiment."""
        topic = self.topic
        adjectives = topic.drawbacks if sentiment == "positive" else topic.merits
        return [(1.0, (adjective,)) for adjective in adjectives]

    def verdict(self, scene: Scene, kind: str, mood: Mood, tense: str) -> Expansion:
        """Says how something was: "was absolutely disgusting"."""
        return (*words.be(tense, kind == "many"), self.quality(scene, mood))

    def reason(self, scene: Scene, kind: str, mood: Mood, tense: str) -> Expansion:
        """Gives a reason: "because it was absolutely disgusting"."""
        it = "they" if kind == "many" else "it"
        return ("because", it, *self.verdict(scene, kind, mood, tense))

    def judging(self, mood: Mood, tense: str, plural: bool) -> Expansion:
        """Says who judges and how: "the guests hated"."""
        return (self.judge(plural), self.opinion(mood, tense, plural))

    @phrase
    def opinion(self, mood: Mood, tense: str, plural: bool) -> Alternatives:
        """Says what somebody thinks of a thing: "really loves"."""
        _, strength = mood
        alternatives = []
        for base in self.topic.opinions[mood]:
            verb = words.verb(base, tense, plural)
            alternatives.append((3.0, verb))
            if strength == "strong":
                # "will really love", "really loved"
                alternatives.append((1.0, (*verb[:-1], "really", verb[-1])))
        return alternatives

    @phrase
    def asked_opinion(self, mood: Mood) -> Alternatives:
        """Asks what somebody thinks of a thing: "love"."""
        return [(1.0, (base,)) for base in self.topic.opinions[mood]]

    @phrase
    def reaction(self, mood: Mood, tense: str) -> Alternatives:
        """Says who reacts and how: "the guests ask for more"."""
        return [
            (weight, (self.judge(plural), self.reacting(mood, tense, plural)))
            for weight, plural in self.judge_numbers
        ]

    @phrase
    def reacting(self, mood: Mood, tense: str, plural: bool) -> Alternatives:
        """Says how somebody reacts: "asks for more"."""
        verbs = self.topic.reactions[mood]
        return [(1.0, words.verb(verb, tense, plural)) for verb in verbs]

    # Asides.

    @phrase
    def opening(self, tense: str, sentiment: str) -> Alternatives:
        """Opens a sentence: "last week", "sadly", or nothing."""
        comments = [(0.7, (comment,)) for comment in COMMENTS[sentiment]]
        return [(4, ()), (3, (self.time(tense),)), *comments]

    @phrase
    def comment(self, sentiment: str) -> Alternatives:
        """Opens a sentence with a comment: "sadly", or nothing."""
        comments = [(1.0, (comment,)) for comment in COMMENTS[sentiment]]
        return [(8, ()), *comments]

    @phrase
    def setting(self, scene: Scene, tense: str) -> Alternatives:
        """Says where, when or for whom, or nothing."""
        return [
            (2, ()),
            (2, (self.place(scene),)),
            (2, (self.time(tense),)),
            (2, ("for", self.somebody())),
        ]

    @phrase
    def place(self, scene: Scene) -> Alternatives:
        """Says where: "in the kitchen"."""
        return [(1.0, tuple(place.split())) for place in scene.places]

    @phrase
    def time(self, tense: str) -> Alternatives:
        """Says when: "last week"."""
        return [(1.0, tuple(time.split())) for time in self.topic.times[tense]]

    @phrase
    def optional(self, share: float, said: Expansion) -> Alternatives:
        """Says something in this share of the sentences, and nothing in the others."""
        return [(share, said), (1 - share, ())]

    @phrase
    def either(self, first: str, second: str) -> Alternatives:
        """Says one of two words, each as often as the other."""
        return [(1, (first,)), (1, (second,))]
