"""README.md and the guide: short, with working links and code that runs."""

import dataclasses
import pathlib
import re

import numpy as np
import pytest
import tensorflow as tf
import yaml

import tf_vmfvae
from tf_vmfvae.models.served_document_model import ServedDocumentModel
from tf_vmfvae.models.served_model import ServedModel
from tf_vmfvae.models.served_topics import ServedTopics

ROOT = pathlib.Path(__file__).parents[2]
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
PATH = re.compile(r"\b(?:docs|recipes|saved_models)/[\w./]*\w")
# The pages of the guide whose Python is in code blocks; others are notebooks.
GUIDE = [
    path.stem
    for path in sorted((ROOT / "docs" / "guide").glob("*.md"))
    if PYTHON.search(path.read_text(encoding="utf-8"))
]


@pytest.fixture
def short_corpora(monkeypatch):
    """The embedded corpora, with less to train on."""

    def shortened(load, count):
        def load_some(*arguments, **options):
            corpus = load(*arguments, **options)
            parts = {
                "train": corpus.train[:count],
                "test": corpus.test[: count // 2],
            }
            return dataclasses.replace(corpus, **parts)

        return load_some

    for name, count in (("load", 128), ("load_documents", 300)):
        load = getattr(tf_vmfvae.data, name)
        monkeypatch.setattr(tf_vmfvae.data, name, shortened(load, count))


@pytest.fixture
def trained_models(short_corpora, tmp_path, monkeypatch):
    """A folder with the models that the guide loads, small ones."""
    monkeypatch.chdir(tmp_path)
    words = tf_vmfvae.data.load("embedded").vocabulary
    latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=20.0, seed=1)
    sentences = tf_vmfvae.models.NVRNN(
        words, latent, embedding_dim=8, hidden_dim=8, seed=1
    )
    words = tf_vmfvae.data.load_documents("embedded").vocabulary
    latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=20.0, seed=1)
    documents = tf_vmfvae.models.NVDM(words, latent, hidden_dim=8, seed=1)
    for model, name in (
        (sentences, "lm-embedded-standard-vmf"),
        (documents, "bow-embedded-vmf"),
    ):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        model.save(folder / "model.keras")
    return sentences, documents


def run_python(text):
    for block in PYTHON.findall(text):
        exec(compile(block, "document", "exec"), {})


def test_the_readme_is_at_most_200_lines_long(pages):
    assert len(pages["README.md"].splitlines()) <= 200


def test_the_python_of_the_readme_runs(pages, short_corpora, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_python(pages["README.md"])


@pytest.mark.parametrize("page", GUIDE)
def test_the_python_of_the_guide_runs(page, pages, trained_models, monkeypatch):
    # The calls are the same before the model has gone through a SavedModel.
    sentences, documents = trained_models
    zeros = np.zeros((2, 4)), np.zeros(2), np.zeros(2)
    served = {
        "served": ServedModel(sentences, max_words=5),
        "served_documents": ServedDocumentModel(
            documents, ServedTopics(*zeros, top_words=[["goal"], ["rain"]])
        ),
    }
    monkeypatch.setattr(tf.saved_model, "load", served.get)
    run_python(pages[f"docs/guide/{page}.md"])


def test_links_lead_to_files(pages):
    broken = {
        (page, target)
        for page, text in pages.items()
        for target in LINK.findall(text)
        if not (ROOT / page).parent.joinpath(target).exists()
    }
    assert broken == set()


def test_files_that_the_documents_name_exist(pages):
    missing = {
        (page, path)
        for page, text in pages.items()
        for path in PATH.findall(text)
        if not (ROOT / path).exists()
    }
    assert missing == set()


def test_no_document_names_a_path_on_the_authors_machine(pages):
    # What a reader copies has to work on the reader's machine.
    for page, text in pages.items():
        assert not re.search(r"/(home|root|work|tmp)/", text), page


def test_the_citation_is_of_this_version_and_names_the_paper():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))

    assert citation["cff-version"] == "1.2.0"
    assert str(citation["version"]) == tf_vmfvae.__version__
    assert citation["license"] == "Apache-2.0"
    (paper,) = citation["references"]
    assert paper["title"].startswith("Spherical Latent Spaces")
    assert paper["identifiers"][0]["value"] == "arXiv:1808.10805"
