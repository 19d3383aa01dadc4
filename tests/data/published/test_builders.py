"""TFDS's own tests of a builder, and what makes `tfds.load` find the builders."""

import pathlib
import types

import pytest
import tensorflow_datasets as tfds
from tensorflow_datasets.core import naming

from tf_vmfvae.data import published, tfds_registration
from tf_vmfvae.data.document_loading import DOCUMENT_DATASETS
from tf_vmfvae.data.loading import DATASETS
from tf_vmfvae.data.published.documents import BUILDERS

DUMMY_DATA = pathlib.Path(__file__).parent / "dummy_data"
CLASSES = [getattr(published, name).Builder for name in published.__all__]


class TestPTB(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = published.ptb_dataset_builder.Builder
    SPLITS = types.MappingProxyType({"train": 3, "validation": 1, "test": 2})
    EXAMPLE_DIR = DUMMY_DATA


class TestYelp(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = published.yelp_dataset_builder.Builder
    SPLITS = types.MappingProxyType({"train": 3, "validation": 1, "test": 2})
    EXAMPLE_DIR = DUMMY_DATA


class TestNewsgroups(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = published.newsgroups_dataset_builder.Builder
    SPLITS = types.MappingProxyType({"train": 2, "test": 1})
    EXAMPLE_DIR = DUMMY_DATA


class TestRCV1(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = published.rcv1_dataset_builder.Builder
    SPLITS = types.MappingProxyType({"train": 2, "test": 1})
    EXAMPLE_DIR = DUMMY_DATA


def test_every_corpus_that_is_not_the_librarys_or_the_users_has_a_builder():
    folders = {builder.FOLDER for builder in CLASSES}
    own = {"embedded", "text", "octis"}
    assert folders == {*DATASETS, *DOCUMENT_DATASETS} - own
    assert set(BUILDERS) <= folders


@pytest.mark.parametrize("builder", CLASSES, ids=lambda builder: builder.name)
def test_a_builder_has_a_valid_name_and_tells_what_it_is(builder):
    assert naming.is_valid_dataset_name(builder.name)
    folder = pathlib.Path(builder.code_path).parent
    assert folder.name == builder.name
    metadata = builder.get_metadata()
    assert len(metadata.description) > 100
    assert metadata.citation.count("title = ") >= 1
    assert metadata.tags


@pytest.mark.parametrize("builder", CLASSES, ids=lambda builder: builder.name)
def test_a_download_comes_from_a_fixed_commit_and_is_checked(builder):
    if builder.URL is None:
        return
    assert "/raw/6459c62c3e6003187d88e5907a2b6e20cf915892/" in builder.URL
    if builder.name == "yelp":
        # Its README says that the checksum is not known.
        assert not builder.url_infos
        assert "checksum has not been verified" in builder.get_metadata().description
    else:
        assert list(builder.url_infos) == [builder.URL]


def test_tfds_loads_a_corpus_by_its_name(tmp_path):
    config = tfds.download.DownloadConfig(manual_dir=DUMMY_DATA, try_download_gcs=False)
    documents = tfds.load(
        "newsgroups",
        split="test",
        data_dir=tmp_path,
        download_and_prepare_kwargs={"download_config": config},
    )
    (document,) = documents.as_numpy_iterator()
    assert document["label"] == b"2"
    assert document["words"].tolist() == [3]
    assert document["counts"].tolist() == [1]


def test_the_builders_are_registered_even_if_tfds_was_imported_first(monkeypatch):
    registered = []
    monkeypatch.setattr(tfds_registration, "_import_builders", registered.append)
    tfds_registration.register_when_tfds_is_imported()
    assert registered == [tfds]
