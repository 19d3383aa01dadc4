import pytest

from tf_vmfvae.data.files.feature_file import read_features, read_vocabulary


def features(path, content, vocabulary_size=3):
    path.write_bytes(content.encode(errors="surrogateescape"))
    return [
        (label, pairs.tolist()) for label, pairs in read_features(path, vocabulary_size)
    ]


def test_spare_white_space_zeros_and_blank_lines_do_not_matter(tmp_path):
    content = "\ufeff  1,3  2:01\t1:0000000002 \r\n\n \n8\n"
    assert features(tmp_path / "f", content) == [("1,3", [[2, 1], [1, 2]]), ("8", [])]


def test_counts_of_a_word_that_occurs_twice_on_a_line_are_added_up(tmp_path):
    found = features(tmp_path / "f", "a 3:2 1:1 3:4\nb 2:1 1:1\n")
    assert found == [("a", [[1, 1], [3, 6]]), ("b", [[2, 1], [1, 1]])]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 0:2", "line 3: '0:2': words are numbered from 1"),
        ("1 -3:2", "line 3: '-3:2': words are numbered from 1"),
        ("1 2:1 4:1", "line 3: word 4 is not in the vocabulary, whose 3 words"),
        ("1 2:-1", "line 3: '2:-1': a count is a whole number of at least 1"),
        ("1 2:0", "line 3: '2:0': a count is a whole number of at least 1"),
        ("1 2:1.5", "line 3: '2:1.5': a count is a whole number of at least 1"),
        ("1 2:x", "line 3: '2:x': a count is a whole number of at least 1"),
        ("1 two:1", "line 3: 'two:1' is not a pair word:count"),
        ("1 2", "line 3: '2' is not a pair word:count"),
        ("2:1 3:1", "line 3: begins with '2:1'; a label comes first"),
        ("1 99999999999999999999:1", "is not a pair word:count"),
        ("9" * 5000 + ":1 1:1", f"begins with '{'9' * 40}'; a label comes first"),
        ("\0\0 1:1", "line 3 is not UTF-8 text (byte 0)"),
        ("1 1:1\0", "line 3 is not UTF-8 text (byte 5)"),
        ("1 1:1\x1c2:1", "line 3: is not a label followed by pairs"),
        ("caf\udce9 1:1", "line 3 is not UTF-8 text (byte 3)"),
    ],
)
def test_a_bad_line_is_refused_by_file_and_number(tmp_path, line, message):
    with pytest.raises(ValueError, match=r"train\.feat, line 3") as error:
        features(tmp_path / "train.feat", f"1 1:1\n\n{line}\n1 2:1\n")

    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"])
def test_a_file_without_documents_is_refused_by_name(tmp_path, content):
    with pytest.raises(ValueError, match="f has no document: write one per line"):
        features(tmp_path / "f", content)


def test_frequencies_may_follow_the_words_of_a_vocabulary(tmp_path):
    (tmp_path / "v").write_text("\ufeffwho 6494\nout\r\n", "utf-8")
    assert read_vocabulary(tmp_path / "v") == ["who", "out"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a\nb\na\n", "v, line 3: 'a' is also on line 1"),
        ("a\n\nb\n", "v, line 2: '' is not a word"),
        ("a\nnew york\n", "v, line 2: 'new york' is not a word"),
        ("", "v is empty: write one word per line"),
        ("a\nb" + "x" * 9000 + " c d\n", "line 2: 'bx{39}' is not a word"),
        ("\u00e9\nb\ne\u0301\n", "line 3: '\u00e9' is also on line 1"),
        ("a\nb\0\nc\n", "v is not UTF-8 text .byte 3."),
    ],
)
def test_a_bad_vocabulary_is_refused_by_file_and_line(tmp_path, content, message):
    (tmp_path / "v").write_text(content, "utf-8")
    with pytest.raises(ValueError, match=message) as error:
        read_vocabulary(tmp_path / "v")
    assert "\n" not in str(error.value)
