"""Documents with similar codes, found by a document model."""

from collections.abc import Iterator

import numpy as np

from tf_vmfvae import evaluation
from tf_vmfvae.data.documents.bag_of_words import count_words
from trainers.cli.errors import UserError


def check_task(model, task: str) -> None:
    """Checks that a document model can do a task.

    Raises:
        UserError: if it cannot.
    """
    if task != "neighbours":
        raise UserError(
            f"--task={task}: the model reads documents and writes no sentences; only "
            "--task=neighbours works with it"
        )
    if model.latent.is_empty:
        raise UserError("--task=neighbours: the model has no code to compare")


def nearest(
    model, texts: list[str], corpus: list[str], count: int, where: str = "--text"
) -> tuple[Iterator[dict], list[str]]:
    """Finds the documents of a corpus with the most similar codes.

    Args:
        model: a `tf_vmfvae.models.NVDM` with a code.
        texts: raw documents to find neighbours for.
        corpus: raw documents to find them in.
        count: number of neighbours; fewer if the corpus has fewer documents.
        where: where the texts come from, for messages.

    Returns:
        An answer for each text, and notes for the user.

    Raises:
        UserError: if a text, or every document of the corpus, has no known word.
    """
    try:
        codes = model.transform(texts)
    except ValueError as error:
        raise UserError(f"{where}: {error}") from error
    documents = count_words(corpus, model.vocabulary)
    known = np.flatnonzero(documents.lengths)
    if not len(known):
        raise UserError(
            "--corpus: no document has a word of the model's vocabulary; give "
            "documents like those that it was trained on"
        )
    notes = []
    if len(known) < len(corpus):
        notes.append(
            f"{len(corpus) - len(known)} of {len(corpus)} documents of --corpus have "
            "no word of the model's vocabulary and are left out"
        )
    found = evaluation.nearest_documents(
        codes, model.encode(documents[known]), min(count, len(known))
    )
    answers = (
        {
            "text": text,
            "neighbours": [
                {"text": corpus[known[index]], "cosine": float(cosine)}
                for index, cosine in zip(*near, strict=True)
            ],
        }
        for text, *near in zip(texts, *found, strict=True)
    )
    return answers, notes
