"""The Penn Treebank through TFDS: from files, or from a server on this machine."""

import functools
import hashlib
import http.server
import os
import pathlib
import threading
import zipfile

import pytest

from tf_vmfvae import data
from tf_vmfvae.data import preparation
from tf_vmfvae.data.ptb import reading
from tf_vmfvae.data.ptb.ptb_dataset_builder import FILES, Builder
from tf_vmfvae.layers import WordTokenizer

SHARED = pathlib.Path(__file__).parents[3] / "shared" / "data"
TEXT = {
    "train": ["the profit rose N <unk>", "the company said so", "the <unk> fell"],
    "validation": ["the profit fell"],
    "test": ["the company rose", "so it said"],
}
# Nothing listens on the port "discard" here.
NO_SERVER = "http://127.0.0.1:9/ptb.zip"


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(autouse=True)
def tfds_folder(tmp_path, monkeypatch) -> pathlib.Path:
    """A TFDS folder and a network of the test's own."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Builder, "URL", NO_SERVER)
    return tmp_path / "tfds"


@pytest.fixture
def data_dir(tmp_path) -> pathlib.Path:
    folder = tmp_path / "data"
    write_corpus(folder, TEXT)
    return folder


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server with ptb.zip; the builder downloads from it."""
    folder = tmp_path / "served"
    folder.mkdir()
    with zipfile.ZipFile(folder / "ptb.zip", "w") as archive:
        for split, name in FILES.items():
            archive.writestr(f"ptb/{name}", "".join(f" {s} \n" for s in TEXT[split]))
    handler = functools.partial(QuietHandler, directory=os.fspath(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(
        Builder, "URL", f"http://127.0.0.1:{server.server_port}/ptb.zip"
    )
    yield folder
    server.shutdown()
    server.server_close()


def write_corpus(folder: pathlib.Path, text: dict[str, list[str]]) -> None:
    (folder / "ptb").mkdir(parents=True, exist_ok=True)
    for split, name in FILES.items():
        # PTB's files have a space before and after every sentence.
        lines = "".join(f" {sentence} \n" for sentence in text[split])
        (folder / "ptb" / name).write_text(lines, encoding="utf-8")


def contents(folder: pathlib.Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def assert_is_text(corpus: data.Corpus) -> None:
    assert corpus.name == "ptb"
    assert corpus.train == TEXT["train"]
    assert corpus.validation == TEXT["validation"]
    assert corpus.test == TEXT["test"]
    assert corpus.vocabulary[:3] == ["<unk>", "<eos>", "the"]
    assert corpus.entropy is None


def test_files_in_data_dir_are_read_without_a_network(data_dir):
    assert_is_text(data.load("ptb", data_dir))


def test_data_dir_stays_as_it_was(data_dir):
    before = contents(data_dir)
    data.load("ptb", data_dir)
    assert contents(data_dir) == before


@pytest.mark.parametrize("name", ["train.txt", "test.txt"])
def test_a_link_to_nothing_is_not_a_missing_file(data_dir, name):
    for file in (data_dir / "ptb").iterdir():
        file.unlink()
    (data_dir / "ptb" / name).symlink_to(data_dir / "moved.txt")
    with pytest.raises(
        ValueError, match=r"(is a link to nothing|does not exist)"
    ) as error:
        data.load("ptb", data_dir)
    assert str(data_dir) in str(error.value)
    assert "download" not in str(error.value)


def test_the_second_time_the_prepared_data_is_read(data_dir, monkeypatch):
    first = data.load("ptb", data_dir)
    monkeypatch.setattr(preparation, "_prepare", None)
    assert data.load("ptb", data_dir) == first


def test_other_files_are_another_data_set(data_dir):
    data.load("ptb", data_dir)
    write_corpus(data_dir, {**TEXT, "test": ["another text"]})
    assert data.load("ptb", data_dir).test == ["another text"]


def test_treebank_is_downloaded_where_it_may(server):
    assert_is_text(data.load("ptb"))


def test_a_data_dir_without_the_corpus_does_not_keep_it_from_being_downloaded(
    server, tmp_path
):
    assert_is_text(data.load("ptb", tmp_path))


def test_what_was_downloaded_needs_no_server_again(server, monkeypatch):
    data.load("ptb")
    monkeypatch.setattr(Builder, "URL", NO_SERVER)
    assert_is_text(data.load("ptb"))


@pytest.mark.parametrize("given", [True, False])
def test_neither_files_nor_network(tmp_path, given):
    folder = tmp_path / "nothing"
    with pytest.raises(ValueError, match="no connection") as error:
        data.load("ptb", folder if given else None)
    message = str(error.value)
    assert "\n" not in message
    assert "ptb/train.txt" in message
    assert "--dataset=embedded" in message
    assert (str(folder) in message) == given


def test_a_server_without_the_file(server):
    (server / "ptb.zip").unlink()
    with pytest.raises(ValueError, match="the server answers 404"):
        data.load("ptb")


def test_a_broken_download_is_one_line_and_leaves_nothing_prepared(server, tfds_folder):
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
def test_an_unusable_file_is_named(data_dir, content, message):
    path = data_dir / "ptb" / "valid.txt"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        data.load("ptb", data_dir)


def test_a_tfds_folder_that_cannot_be_written(data_dir, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "file"))
    with pytest.raises(ValueError, match="set TFDS_DATA_DIR"):
        data.load("ptb", data_dir)


def test_two_processes_that_prepare_at_the_same_time(
    data_dir, tfds_folder, monkeypatch
):
    root = tfds_folder / "late"
    late, first = Builder(data_dir=root), Builder(data_dir=root)
    generate = late._generate_examples

    def overtaken(path):
        # The other one finishes between this one's look and its own end.
        if not first.data_path.exists():
            preparation._prepare(first, root, data_dir)
        yield from generate(path)

    monkeypatch.setattr(late, "_generate_examples", overtaken)
    preparation._prepare(late, root, data_dir)
    assert reading._sentences(Builder(data_dir=root), "train") == TEXT["train"]


def test_the_builder_follows_tfds_conventions():
    assert Builder.name == "ptb"
    folder = pathlib.Path(reading.__file__).parent
    assert (folder / "ptb_dataset_builder.py").exists()
    (info,) = Builder.url_infos.values()
    assert info.size == 1_983_056


@pytest.mark.skipif(not (SHARED / "ptb").exists(), reason="needs shared/data/ptb")
def test_counts_of_the_real_treebank():
    corpus = data.load("ptb", SHARED)
    splits = (corpus.train, corpus.validation, corpus.test)
    assert [len(split) for split in splits] == [42_068, 3_370, 3_761]
    assert len(corpus.vocabulary) == 10_000
    ids = WordTokenizer(corpus.vocabulary)(corpus.test)
    assert int(ids.flat_values.shape[0]) == 82_430
    # PTB's own <unk> is entry 1, and no other word is unknown.
    unknown = sum(sentence.split().count("<unk>") for sentence in corpus.test)
    assert int((ids.flat_values.numpy() == 1).sum()) == unknown
    assert corpus.notes == ()
