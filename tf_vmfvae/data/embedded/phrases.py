"""Phrases of the embedded corpus: opinions, reactions, places and times."""

from tf_vmfvae.data.embedded import words
from tf_vmfvae.data.embedded.rulebook import Mood, written_once
from tf_vmfvae.data.embedded.things import Things
from tf_vmfvae.data.embedded.topic import Scene

COMMENTS = {
    "positive": ("luckily", "thankfully"),
    "negative": ("sadly", "unfortunately"),
}


class Phrases(Things):
    """All the phrases of a topic; see `Rulebook`."""

    @written_once
    def opinion(self, mood: Mood, tense: str, plural: bool) -> tuple:
        """A verb that judges: "really loves"."""
        symbol = ("opinion", self.topic.name, *mood, tense, plural)
        _, strength = mood
        alternatives = []
        for base in self.topic.opinions[mood]:
            verb = words.verb(base, tense, plural)
            alternatives.append((3.0, verb))
            if strength == "strong":
                # "will really love", "really loved"
                alternatives.append((1.0, (*verb[:-1], "really", verb[-1])))
        return self.define(symbol, alternatives)

    @written_once
    def asked_opinion(self, mood: Mood) -> tuple:
        """A verb that judges, in its base form: "love"."""
        symbol = ("asked opinion", self.topic.name, *mood)
        return self.define(
            symbol, [(1.0, (base,)) for base in self.topic.opinions[mood]]
        )

    @written_once
    def reaction(self, mood: Mood, tense: str) -> tuple:
        """People and how they react: "the guests ask for more"."""
        symbol = ("reaction", self.topic.name, *mood, tense)
        return self.define(
            symbol,
            [
                (weight, (self.judge(plural), self.reacting(mood, tense, plural)))
                for weight, plural in self.judge_numbers
            ],
        )

    @written_once
    def reacting(self, mood: Mood, tense: str, plural: bool) -> tuple:
        """How people react: "asks for more"."""
        symbol = ("reacting", self.topic.name, *mood, tense, plural)
        verbs = [words.verb(v, tense, plural) for v in self.topic.reactions[mood]]
        return self.define(symbol, [(1.0, verb) for verb in verbs])

    @written_once
    def companion(self, pronoun: str) -> tuple:
        """With whom: "with her friends"; nobody where the pronoun is unknown."""
        symbol = ("companion", self.topic.name, pronoun)
        if not pronoun:
            return self.define(symbol, [(1.0, ())])
        phrases = [("with", pronoun, who) for who in self.topic.companions]
        return self.define(
            symbol, [(3.0, ())] + [(1 / len(phrases), phrase) for phrase in phrases]
        )

    @written_once
    def opening(self, tense: str, sentiment: str) -> tuple:
        """What may come first: "last week", "sadly"."""
        symbol = ("opening", self.topic.name, tense, sentiment)
        comments = [(0.7, (comment,)) for comment in COMMENTS[sentiment]]
        return self.define(symbol, [(4, ()), (3, (self.time(tense),)), *comments])

    @written_once
    def comment(self, sentiment: str) -> tuple:
        """What the narrator may think of it: "sadly"."""
        comments = [(1.0, (comment,)) for comment in COMMENTS[sentiment]]
        return self.define(("comment", sentiment), [(8, ()), *comments])

    @written_once
    def setting(self, scene: Scene, tense: str) -> tuple:
        """Where, when or for whom it may have been."""
        symbol = ("setting", self.topic.name, scene.name, tense)
        return self.define(
            symbol,
            [
                (2, ()),
                (2, (self.place(scene),)),
                (2, (self.time(tense),)),
                (2, ("for", self.somebody())),
            ],
        )

    @written_once
    def place(self, scene: Scene) -> tuple:
        """Where: "in the kitchen"."""
        symbol = ("place", self.topic.name, scene.name)
        return self.define(
            symbol, [(1.0, tuple(place.split())) for place in scene.places]
        )

    @written_once
    def time(self, tense: str) -> tuple:
        """When: "last week"."""
        symbol = ("time", self.topic.name, tense)
        return self.define(
            symbol, [(1.0, tuple(time.split())) for time in self.topic.times[tense]]
        )
