"""How often each sentence shape comes up."""

from collections.abc import Callable

from tf_vmfvae.data.embedded.one_clause import (
    event,
    exclaim,
    opinion,
    question,
    relative,
    there,
)
from tf_vmfvae.data.embedded.phrases import Phrases
from tf_vmfvae.data.embedded.rulebook import Alternatives, Mood
from tf_vmfvae.data.embedded.topic import Scene
from tf_vmfvae.data.embedded.two_clauses import and_, because, but, report, so, when

Shape = Callable[[Phrases, Scene, Mood, str], Alternatives]

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
    "positive": {"exclaim": 3, "event": 3, "and": 2, "relative": 2, "opinion": 1.5},
    "negative": {"because": 3, "question": 3, "but": 3, "so": 2, "report": 1.5},
}
TENSE_FACTORS = {
    "past": {"when": 1.5, "and": 1.5, "relative": 1.3},
    "present": {"opinion": 1.5, "question": 1.3, "report": 1.3},
    "future": {"there": 1.5, "report": 2, "exclaim": 0.2, "relative": 0.7},
}
