"""Inflection of the embedded corpus's verbs, and its articles."""

# Irregular past forms.
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
# Adjectives whose first letter and first sound are of different kinds.
VOWEL_SOUNDS = ("honest",)
CONSONANT_SOUNDS = ("useful", "useless", "unique")


def verb(phrase: str, tense: str, plural: bool) -> tuple[str, ...]:
    """Inflects the first word of a verb phrase.

    Args:
        phrase: a verb in its base form, perhaps with more words.
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
    """Returns the past form of a verb.

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
    """Returns the present form of a verb after he, she or it.

    >>> [third_person(base) for base in ("cook", "teach", "cry", "play")]
    ['cooks', 'teaches', 'cries', 'plays']
    """
    if base.endswith(("ch", "sh", "s", "x")):
        return base + "es"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"


def be(tense: str, plural: bool) -> tuple[str, ...]:
    """Returns a form of "to be".

    >>> be("past", plural=True)
    ('were',)
    """
    if tense == "future":
        return ("will", "be")
    singular_form, plural_form = ("was", "were") if tense == "past" else ("is", "are")
    return (plural_form if plural else singular_form,)


def do(tense: str, plural: bool) -> str:
    """Returns the auxiliary verb that opens a question.

    >>> do("present", plural=False)
    'does'
    """
    if tense == "future":
        return "will"
    if tense == "past":
        return "did"
    return "do" if plural else "does"


def indefinite(kind: str, adjective: str) -> tuple[str, ...]:
    """Returns an adjective before a new thing, with its article if there is one.

    >>> indefinite("one", "awful"), indefinite("many", "awful")
    (('an', 'awful'), ('awful',))
    """
    return (article(adjective), adjective) if kind == "one" else (adjective,)


def article(following: str) -> str:
    """Returns the indefinite article that goes before a word.

    >>> [article(word) for word in ("awful", "good", "useful", "honest")]
    ['an', 'a', 'a', 'an']
    """
    if following in VOWEL_SOUNDS:
        return "an"
    if following in CONSONANT_SOUNDS:
        return "a"
    return "an" if following[0] in "aeiou" else "a"
