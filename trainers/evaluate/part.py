"""A part of a corpus of sentences."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Part:
    """Sentences, and what is known about them.

    Attributes:
        texts: the sentences.
        labels: one label for each, by name if labels have names; or `None` if the
            corpus has none.
        factors: maps a name to one value for each sentence, for probes to predict.
    """

    texts: list[str]
    labels: list[int] | list[str] | None
    factors: dict[str, list]
