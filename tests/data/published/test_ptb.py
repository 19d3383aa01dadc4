import hashlib
import pathlib

import pytest
import tensorflow_datasets as tfds

from tf_vmfvae import data
from tf_vmfvae.data.published.base import preparation
from tf_vmfvae.data.published.ptb.ptb_dataset_builder import Builder
from tf_vmfvae.layers import WordTokenizer

TEXT = {
    "train": ["the profit rose N <unk>", "the company said so", "the <unk> fell"],
    "validation": ["the profit fell"],
    "test": ["the company rose", "so it said"],
}
FILES = Builder.FILES


@pytest.fixture(autouse=True)
def _no_network(no_network):
    no_network(Builder)


@pytest.fixture
def data_dir(tmp_path) -> pathlib.Path:
    folder = tmp_path / "data"
    write_corpus(folder, TEXT)
    return folder


@pytest.fixture
def server(serve, data_dir):
    """Serves ptb.zip on this machine, where the builder downloads it."""
    return serve(Builder, data_dir)


def write_corpus(folder: pathlib.Path, text: dict[str, list[str]]) -> None:
    (folder / "ptb").mkdir(parents=True, exist_ok=True)
    for split, name in FILES.items():
        # As in the original files, a space comes before and after every sentence.
        lines = "".join(f" {sentence} \n" for sentence in text[split])
        (folder / "ptb" / name).write_text(lines, encoding="utf-8")


def contents(folder: pathlib.Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def assert_holds_text(corpus: data.Corpus) -> None:
    assert corpus.name == "ptb"
    assert corpus.train == TEXT["train"]
    assert corpus.validation == TEXT["validation"]
    assert corpus.test == TEXT["test"]
    assert corpus.vocabulary[:3] == ["<unk>", "<eos>", "the"]
    assert corpus.entropy is None


def test_files_in_data_dir_are_read_without_a_network(data_dir):
    assert_holds_text(data.load("ptb", data_dir))


def test_nothing_is_written_into_data_dir(data_dir):
    before = contents(data_dir)
    data.load("ptb", data_dir)
    assert contents(data_dir) == before


@pytest.mark.parametrize("name", ["train.txt", "test.txt"])
def test_a_broken_link_does_not_start_a_download(data_dir, name):
    for file in (data_dir / "ptb").iterdir():
        file.unlink()
    (data_dir / "ptb" / name).symlink_to(data_dir / "moved.txt")
    with pytest.raises(ValueError, match=r"does not exist") as error:
        data.load("ptb", data_dir)
    assert str(data_dir) in str(error.value)
    assert "download" not in str(error.value)


def test_a_data_set_is_prepared_only_once(data_dir, monkeypatch):
    first = data.load("ptb", data_dir)
    monkeypatch.setattr(preparation, "_prepare", None)
    assert data.load("ptb", data_dir) == first


def test_changed_files_are_read_again(data_dir):
    data.load("ptb", data_dir)
    write_corpus(data_dir, {**TEXT, "test": ["another text"]})
    assert data.load("ptb", data_dir).test == ["another text"]


def test_the_treebank_is_downloaded_without_data_dir(server):
    assert_holds_text(data.load("ptb"))


def test_the_treebank_is_downloaded_if_data_dir_lacks_it(server, tmp_path):
    assert_holds_text(data.load("ptb", tmp_path))


def test_a_download_is_not_repeated(server, no_network):
    data.load("ptb")
    no_network(Builder)
    assert_holds_text(data.load("ptb"))


@pytest.mark.parametrize("given", [True, False])
def test_without_files_or_a_network_the_error_says_what_to_do(tmp_path, given):
    folder = tmp_path / "nothing"
    with pytest.raises(ValueError, match="no connection") as error:
        data.load("ptb", folder if given else None)
    message = str(error.value)
    assert "\n" not in message
    assert "ptb/train.txt" in message
    assert "--dataset=embedded" in message
    assert (str(folder) in message) == given


def test_an_error_of_the_server_is_reported(server):
    (server / "ptb.zip").unlink()
    with pytest.raises(ValueError, match="the server answers 404"):
        data.load("ptb")


def test_a_broken_download_is_refused_and_leaves_nothing_prepared(server, tfds_folder):
    (server / "ptb.zip").write_bytes(b"not a zip file")
    with pytest.raises(ValueError, match="cannot be prepared") as error:
        data.load("ptb")
    assert "\n" not in str(error.value)
    assert not list(tfds_folder.rglob("dataset_info.json"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"ptb/valid\.txt does not exist"),
        (b"", r"ptb/valid\.txt is empty"),
        (b"\x00\x01", r"ptb/valid\.txt is not UTF-8 text .byte 0."),
    ],
)
def test_an_unusable_file_is_refused_by_name(data_dir, content, message):
    path = data_dir / "ptb" / "valid.txt"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        data.load("ptb", data_dir)


def test_a_tfds_folder_that_cannot_be_written_is_refused(
    data_dir, tmp_path, monkeypatch
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "file"))
    with pytest.raises(ValueError, match="set TFDS_DATA_DIR"):
        data.load("ptb", data_dir)


def test_two_processes_can_prepare_at_the_same_time(data_dir, tfds_folder, monkeypatch):
    root = tfds_folder / "late"
    late, first = Builder(data_dir=root), Builder(data_dir=root)
    generate = late._generate_examples

    def overtaken(folder, split):
        # The other process finishes while this one is preparing.
        if not first.data_path.exists():
            preparation._prepare(first, root, data_dir)
        yield from generate(folder, split)

    monkeypatch.setattr(late, "_generate_examples", overtaken)
    preparation._prepare(late, root, data_dir)
    found = preparation.read_split(Builder(data_dir=root), "train")
    assert found["text"] == TEXT["train"]


def test_tfds_finds_the_builder_and_its_citation_and_checksum(data_dir, tmp_path):
    builder = tfds.builder("ptb", data_dir=tmp_path / "prepared")

    assert isinstance(builder, Builder)
    assert "mikolov2010recurrent" in builder.info.citation
    (download,) = builder.url_infos.values()
    assert download.size == 1_983_056


def test_the_unknown_word_of_the_treebank_shares_its_id_with_unseen_words(data_dir):
    write_corpus(data_dir, {**TEXT, "test": ["the <unk> fell", "a <unk> company rose"]})
    corpus = data.load("ptb", data_dir)

    ids = WordTokenizer(corpus.vocabulary)(corpus.test).to_list()

    unknown, end, the = 1, 2, 3
    assert ids[0] == [the, unknown, ids[0][2], end]
    assert [ids[1][0], ids[1][1]] == [unknown, unknown]
    assert unknown not in (ids[0][2], *ids[1][2:])
