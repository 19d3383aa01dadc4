"""A trained language model from the disk, for the programs that use one."""

import collections
from collections.abc import Iterable

import keras

from tf_vmfvae.models import LanguageModel
from tf_vmfvae.text import split_words
from tf_vmfvae.text.words import UNKNOWN
from trainers.cli.errors import UserError
from trainers.storage.model_file import find_model
from trainers.storage.run_folder import FLAGS
from trainers.storage.run_record import RunRecord

# Share of unknown words above which a text is taken for the wrong one.
TOO_MANY = 0.5
# Unknown words that a message names.
NAMED = 5


def load_language_model(path: str, flag: str = "model") -> LanguageModel:
    """Returns the language model that `path`, a run folder or a .keras file, holds.

    Args:
        path: a flag's value.
        flag: its name.

    Raises:
        UserError: if it holds none.
    """
    file = find_model(path, flag)
    try:
        model = keras.models.load_model(file)
    # A file that is cut or of another kind fails anywhere: archive, JSON, arrays.
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise UserError(
            f"--{flag}={path}: {file} cannot be read as a model ({reason}); give one "
            "that trainers.lm has saved"
        ) from error
    if not isinstance(model, LanguageModel):
        raise UserError(
            f"--{flag}={path}: {file} holds a model of another kind, "
            f"{type(model).__name__}; give one that trainers.lm has saved"
        )
    return model


def run_record(path: str) -> RunRecord | None:
    """Returns what the run folder of the model says of the run, if it is one.

    Raises:
        UserError: if its flags.json is not what a run wrote.
    """
    file = find_model(path).parent / FLAGS
    try:
        return RunRecord.read(file)
    except OSError as error:
        raise UserError(f"{file}: cannot be read ({error.strerror})") from error


def check_words(model: LanguageModel, texts: Iterable[str], where: str) -> list[str]:
    """Counts the words that the model has never seen.

    Returns:
        A note for the user, if there are any.

    Raises:
        UserError: if they are most of the text; names `where` it is from.
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
    total, missing = sum(counts.values()), sum(unknown.values())
    named = ", ".join(word[:30] for word, _ in unknown.most_common(NAMED))
    more = ", ..." if len(unknown) > NAMED else ""
    message = (
        f"{missing} of {total} words of {where} ({missing / total:.1%}) are unknown to "
        f"the model and read as {UNKNOWN}, {len(unknown)} different ones: {named}{more}"
    )
    if missing > TOO_MANY * total:
        raise UserError(f"{message}; give text like that which it was trained on")
    return [message]
