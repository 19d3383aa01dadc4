"""Nouns and verbs of the embedded corpus, and how they inflect."""

import dataclasses

# Past forms that do not follow from the ending of the base form.
PAST_FORMS = {
    "bring": "brought",
    "choose": "chose",
    "hold": "held",
    "lead": "led",
    "leave": "left",
    "make": "made",
    "nod": "nodded",
    "say": "said",
    "sell": "sold",
    "sing": "sang",
    "teach": "taught",
    "think": "thought",
}
# Adjectives that start with a letter of the other kind than their sound.
VOWEL_SOUNDS = ("honest",)
CONSONANT_SOUNDS = ("useful", "useless", "unique")


@dataclasses.dataclass(frozen=True)
class Noun:
    """A noun, and how the words around it treat it.

    Attributes:
        word: the noun as it stands in the sentence.
        kind: "one" takes a/an and a singular verb, "mass" a singular verb and no a/an,
            "many" is plural, "name" a singular that takes no determiner at all.
        pronoun: possessive pronoun that refers back to it, "" if the noun leaves open
            which it is.
    """

    word: str
    kind: str
    pronoun: str = ""

    @property
    def plural(self) -> bool:
        return self.kind == "many"


def one(*words: str, pronoun: str = "") -> tuple[Noun, ...]:
    """Singular nouns that can be counted."""
    return tuple(Noun(word, "one", pronoun) for word in words)


def many(*words: str) -> tuple[Noun, ...]:
    """Plural nouns."""
    return tuple(Noun(word, "many", "their") for word in words)


def mass(*words: str) -> tuple[Noun, ...]:
    """Nouns that cannot be counted."""
    return tuple(Noun(word, "mass") for word in words)


def name(*words: str, pronoun: str = "") -> tuple[Noun, ...]:
    """Names: singular, without a determiner."""
    return tuple(Noun(word, "name", pronoun) for word in words)


def verb(phrase: str, tense: str, plural: bool) -> tuple[str, ...]:
    """Inflects the first word of a verb phrase.

    Args:
        phrase: base form, perhaps with words after it.
        tense: "past", "present" or "future".
        plural: whether the subject is plural.

    >>> verb("leave early", "past", plural=False)
    ('left', 'early')
    >>> verb("teach", "present", plural=False)
    ('teaches',)
    >>> verb("carry on", "future", plural=True)
    ('will', 'carry', 'on')
    """
    base, *rest = phrase.split()
    if tense == "future":
        return ("will", base, *rest)
    if tense == "past":
        return (past(base), *rest)
    return (base if plural else third_person(base), *rest)


def past(base: str) -> str:
    """Past form of a verb.

    >>> [past(base) for base in ("cook", "bake", "cry", "bring")]
    ['cooked', 'baked', 'cried', 'brought']
    """
    if base in PAST_FORMS:
        return PAST_FORMS[base]
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied"
    return base + "ed"


def third_person(base: str) -> str:
    """Present form of a verb after he, she or it.

    >>> [third_person(base) for base in ("cook", "teach", "cry", "play")]
    ['cooks', 'teaches', 'cries', 'plays']
    """
    if base.endswith(("ch", "sh", "s", "x")):
        return base + "es"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"


def be(tense: str, plural: bool) -> tuple[str, ...]:
    """Form of "to be".

    >>> be("past", plural=True)
    ('were',)
    """
    if tense == "future":
        return ("will", "be")
    singular_form, plural_form = {"past": ("was", "were"), "present": ("is", "are")}[
        tense
    ]
    return (plural_form if plural else singular_form,)


def do(tense: str, plural: bool) -> str:
    """Auxiliary that opens a question.

    >>> do("present", plural=False)
    'does'
    """
    if tense == "future":
        return "will"
    if tense == "past":
        return "did"
    return "do" if plural else "does"


def article(following: str) -> str:
    """Indefinite article before a word.

    >>> [article(word) for word in ("awful", "good", "useful", "honest")]
    ['an', 'a', 'a', 'an']
    """
    if following in VOWEL_SOUNDS:
        return "an"
    if following in CONSONANT_SOUNDS:
        return "a"
    return "an" if following[0] in "aeiou" else "a"
