"""The corpora that systems are compared on."""

import dataclasses
import pathlib

from benchmarks.topics.exchange import digest, write_corpus
from tf_vmfvae import data
from tf_vmfvae.data.documents.bag_of_words import count_listed_words
from tf_vmfvae.data.documents.octis_folder import read_octis_texts
from tf_vmfvae.text import split_words
from trainers.cli.errors import UserError

# Seed of the division of test documents into halves.
SEED = 0


@dataclasses.dataclass(frozen=True)
class BenchmarkCorpus:
    """A corpus, and the file from which worker processes read it.

    Attributes:
        name: name of the corpus.
        documents: a `tf_vmfvae.data.DocumentCorpus`.
        reference: `tf_vmfvae.data.Documents` for the coherences: all training documents
            of the corpus, those included that are held out for want of a validation
            part.
        texts: their words in order; None if the order is unknown.
        file: the file for `worker`.
        digest: hash of the file.
    """

    name: str
    documents: data.DocumentCorpus
    reference: data.Documents
    texts: list[list[str]] | None
    file: pathlib.Path
    digest: str


def load_corpus(
    name: str, data_dir: pathlib.Path, folder: pathlib.Path
) -> BenchmarkCorpus:
    """Loads a corpus and writes the file for the workers.

    Args:
        name: name of a folder in `data_dir` that holds corpus.tsv and vocabulary.txt,
            or 20ng.
        data_dir: the folder.
        folder: where to write the file.

    Raises:
        UserError: there is no such corpus.
    """
    octis = data_dir / name
    is_octis = (octis / "corpus.tsv").exists()
    if not is_octis and name != "20ng":
        raise UserError(
            f"--corpora: {name} is not in --data_dir={data_dir}: {octis}/corpus.tsv "
            "does not exist"
        )
    try:
        if is_octis:
            documents = data.load_documents("octis", octis)
        else:
            documents = data.load_documents(name, data_dir)
    except ValueError as error:
        raise UserError(f"--corpora: {error}") from None
    size = len(documents.vocabulary)
    observed, held_out = documents.test.halve(SEED)
    file = folder / f"{name}.npz"
    write_corpus(
        file,
        documents.vocabulary,
        train=documents.train.matrix(size),
        test=documents.test.matrix(size),
        observed=observed.matrix(size),
        held_out=held_out.matrix(size),
    )
    reference, texts = documents.train, None
    if is_octis:
        texts = _texts(octis, documents.vocabulary)
        reference = count_listed_words(map(" ".join, texts), documents.vocabulary)
    return BenchmarkCorpus(name, documents, reference, texts, file, digest(file))


def _texts(octis, vocabulary):
    """Returns the words of the training documents that have a known word."""
    raw, _ = read_octis_texts(octis)
    known = set(vocabulary)
    texts = [
        [word for word in split_words(text) if word in known]
        for text in raw["train"][0]
    ]
    return [text for text in texts if text]
