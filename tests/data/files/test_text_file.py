import pytest

from tf_vmfvae.data.files import text_file
from tf_vmfvae.data.files.text_file import (
    count_lines,
    iterate_words,
    read_lines,
    read_sentences,
)
from tf_vmfvae.layers import WordTokenizer


def test_white_space_and_end_words_are_removed(tmp_path):
    (tmp_path / "t.txt").write_bytes(
        "\ufeff  A\tb \u00a0 c <eos>\r\n\n   \n<unk> \u2028 d <eos>".encode()
    )
    assert read_sentences(tmp_path / "t.txt") == ["A b c", "<unk> d"]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"a\n\nb\n", ["a", "", "b"]),
        (b"a\nb", ["a", "b"]),
        (b"\n", [""]),
        ("\ufeffa\r\nb\u2028c\n".encode(), ["a\r", "b\u2028c"]),
    ],
)
def test_only_line_feeds_end_lines(tmp_path, content, lines):
    (tmp_path / "t.txt").write_bytes(content)
    assert read_lines(tmp_path / "t.txt") == lines
    assert count_lines(tmp_path / "t.txt") == len(lines)


@pytest.mark.parametrize("chunk", [1, 3, 7, 1000])
@pytest.mark.parametrize(
    "content",
    [
        "\ufeffa caf\u00e9\n\n\ufeffb \U0001f339\r\n cafe\u0301\n".encode(),
        b"\n\n\na b",
        b"a b\ncaf\xe9 c\n\0",
        b"a b\n\xe2\x82\nd\n",
        b"a b\nc \xe2\x82\0\n",
        b"\xef\xbb\xbf",
        b" \n \n",
    ],
)
def test_a_file_that_is_read_in_pieces_is_the_same_text(
    tmp_path, monkeypatch, chunk, content
):
    def read():
        try:
            return read_lines(tmp_path / "t.txt"), read_sentences(tmp_path / "t.txt")
        except ValueError as error:
            return str(error)

    (tmp_path / "t.txt").write_bytes(content)
    expected = read()
    monkeypatch.setattr(text_file, "CHUNK", chunk)
    assert read() == expected


def test_whoever_waits_is_told_how_many_bytes_have_been_read(tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "CHUNK", 5)
    (tmp_path / "t.txt").write_bytes(b"a b\nc d\n" * 10)
    read = []
    assert len(list(iterate_words(tmp_path / "t.txt", read.append))) == 20
    assert len(read) > 3
    assert sum(read) == 80


def test_reader_and_tokenizer_find_the_same_words(tmp_path):
    lines = [
        "le caf\u00e9\u00a0noir \u2003 the",
        "cafe\u0301\u3000NOIR the\x0cthe\x1cnoir",
        "\u092f\u0939 \u0939\u093f\u0928\u094d\u0926\u0940\u2028\u092e\u0947\u0902",
        "x" * 100_000 + " the",
    ]
    (tmp_path / "t.txt").write_bytes(("\ufeff" + "\r\n".join(lines)).encode())
    sentences = read_sentences(tmp_path / "t.txt")
    words = {word for sentence in sentences for word in sentence.split()}
    tokenizer = WordTokenizer(sorted(words))

    assert sentences[1] == "caf\u00e9 NOIR the the noir"
    assert tokenizer(lines).to_list() == tokenizer(sentences).to_list()
    assert 1 not in [i for ids in tokenizer(lines).to_list() for i in ids]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "text.txt does not exist"),
        (b"", "text.txt is empty: write one sentence per line"),
        (b"\xef\xbb\xbf", "text.txt is empty"),
        (b"\n  \n\n", "text.txt has no line with a word"),
        (b"one two\nthree \x00 four\n", "text.txt is not UTF-8 text .byte 14.: give"),
        (b"caf\xe9 au lait\n", "text.txt is not UTF-8 text .byte 3.: .*iconv"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "text.txt is not UTF-8 text .byte 0."),
        (b"\0\0\0\n\0\n", "text.txt is not UTF-8 text .byte 0."),
        # Half of a surrogate pair, as some programs write it.
        (b"one \xed\xa0\xbd two\n", "text.txt is not UTF-8 text .byte 4."),
    ],
)
def test_an_unusable_file_is_refused_by_name(tmp_path, content, message):
    path = tmp_path / "text.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        read_sentences(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_or_a_broken_link_is_refused_by_name(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken").symlink_to(tmp_path / "moved")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")

    for name, message in (
        ("folder", "folder cannot be read: Is a directory"),
        ("broken", "broken is a broken link"),
        ("circle", "circle cannot be read: Too many levels"),
    ):
        with pytest.raises(ValueError, match=message):
            read_sentences(tmp_path / name)
