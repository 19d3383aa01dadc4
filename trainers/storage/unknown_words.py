"""Checks that a text fits the vocabulary of a trained model."""

import collections
from collections.abc import Iterable

from tf_vmfvae.models import LanguageModel
from tf_vmfvae.text import split_words
from tf_vmfvae.text.some_of import some_of
from tf_vmfvae.text.words import UNKNOWN
from trainers.cli.errors import UserError

# With a larger share of unknown words, it must be the wrong text.
LIMIT = 0.5
# How many of the unknown words a message names.
NAMED = 5


def note_unknown_words(
    model: LanguageModel, texts: Iterable[str], where: str
) -> list[str]:
    """Counts the words of a text that the model does not know.

    Args:
        model: the trained model.
        texts: what it is going to read.
        where: where the texts come from, for messages.

    Returns:
        A note for the user, or an empty list if the model knows every word.

    Raises:
        UserError: if more than half of the words are unknown.
    """
    counts = collections.Counter(word for text in texts for word in split_words(text))
    words = list(counts)
    unknown = collections.Counter(
        {
            word: counts[word]
            for word, entry in zip(words, model.tokenizer.entries(words), strict=True)
            if entry is None
        }
    )
    if not unknown:
        return []
    total, missing = counts.total(), unknown.total()
    named = some_of([word[:30] for word, _ in unknown.most_common(NAMED + 1)], NAMED)
    message = (
        f"{missing} of {total} words of {where} ({missing / total:.1%}) are unknown to "
        f"the model and read as {UNKNOWN}, {len(unknown)} different ones: {named}"
    )
    if missing > LIMIT * total:
        raise UserError(f"{message}; give text like the model's training text")
    return [message]
