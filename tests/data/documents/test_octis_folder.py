import pytest

from tf_vmfvae.data.documents.octis_folder import read_octis_folder
from tf_vmfvae.data.documents.own_documents import read_own_documents


@pytest.fixture
def write(tmp_path):
    """Returns a function that writes a folder, and reads it."""

    def write_and_read(corpus, vocabulary="ball\nrain\n"):
        (tmp_path / "corpus.tsv").write_bytes(corpus.encode())
        (tmp_path / "vocabulary.txt").write_bytes(vocabulary.encode())
        return read_octis_folder(tmp_path)

    return write_and_read


def test_words_match_exactly_as_they_are_written(write):
    vocabulary = "web_2.0\nc++\nUS\nus\ncafe\u0301\n"
    splits, words, notes = write(
        "web_2.0 c++ US\ttrain\na us caf\u00e9 Web_2.0 web\ttest\n", vocabulary
    )

    assert words == ["web_2.0", "c++", "US", "us", "caf\u00e9"]
    assert splits["train"].matrix(5).toarray().tolist() == [[1, 1, 1, 0, 0]]
    assert splits["test"].matrix(5).toarray().tolist() == [[0, 0, 0, 1, 1]]
    assert "3 of 8 words are not in vocabulary.txt" in notes[0]


def test_windows_line_ends_and_a_byte_order_mark_do_not_matter(write):
    corpus = "\ufeffball\ttrain\ta b\r\nrain\ttest\tc\r\n"
    splits, words, notes = write(corpus, "\ufeffball\r\nrain\r\n")

    assert splits["train"].labels.tolist() == ["a b"]
    assert splits["test"].labels.tolist() == ["c"]
    assert (words, notes) == (["ball", "rain"], [])


def test_documents_without_a_known_word_are_kept_empty(write):
    splits, _, _ = write("ball\ttrain\nthe\ttrain\n\ttrain\nrain\ttest\n")
    assert splits["train"].num_words.tolist() == [1, 0, 0]


def test_without_splits_some_documents_are_held_out(write):
    splits, _, notes = write("ball\nrain\nball rain\n")

    assert [len(splits[name]) for name in ("train", "validation", "test")] == [1, 1, 1]
    assert splits["train"].labels is None
    assert "corpus.tsv: 3 documents; 1 are held out for validation" in notes[0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("rain\tdev\ta", "the split is 'dev': choose one of train, val, test"),
        ("rain\ttrain", "has 2 columns, but line 1 has 3"),
        ("", "has 1 columns, but line 1 has 3"),
        ("rain\ttrain\ta\tb", "has 4 columns: give the words, the split and the"),
        ("rain\ttrain\t ", "the label is missing"),
        ("train\train\ta", "the split is 'rain': choose one of"),
    ],
)
def test_a_malformed_line_is_refused_by_its_number(write, line, message):
    with pytest.raises(ValueError, match=rf"corpus\.tsv, line 2: {message}") as error:
        write(f"ball\ttrain\ta\n{line}\nball\ttest\ta\n")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("corpus", "vocabulary", "message"),
    [
        ("", "ball", r"corpus\.tsv is empty: write one document per line"),
        ("ball\ttrain\n", "ball", r"corpus\.tsv has no document whose split is test"),
        ("ball\ttest\n", "ball", r"corpus\.tsv has no document whose split is train"),
        ("ball\nrain\n", "ball", r"corpus\.tsv has too few documents, 2: training"),
        ("a\ttrain\na\ttest\n", "", r"vocabulary\.txt is empty: write one word"),
        ("a\ttrain\na\ttest\n", "a\na", r"vocabulary\.txt, line 2: 'a' is also on"),
        ("a\ttrain\na\ttest\n", "new york", r"vocabulary\.txt, line 1: 'new york'"),
    ],
)
def test_an_unusable_file_is_refused_by_name(write, corpus, vocabulary, message):
    with pytest.raises(ValueError, match=message) as error:
        write(corpus, vocabulary)
    assert "\n" not in str(error.value)


def test_a_missing_folder_or_file_is_refused_by_name(tmp_path):
    corpus = tmp_path / "corpus.tsv"

    def refused(path, message):
        with pytest.raises(ValueError, match=message) as error:
            read_octis_folder(path)
        assert str(error.value).endswith(
            ": give a folder that holds corpus.tsv and vocabulary.txt"
        )

    refused(tmp_path / "absent", "absent does not exist")
    refused(tmp_path, r"corpus\.tsv does not exist")
    corpus.write_text("a\ttrain\na\ttest\n")
    refused(tmp_path, r"vocabulary\.txt does not exist")
    refused(corpus, r"corpus\.tsv")


def test_as_raw_text_such_a_folder_is_refused(tmp_path):
    (tmp_path / "corpus.tsv").write_text("a\ttrain\na\ttest\n")
    (tmp_path / "vocabulary.txt").write_text("a\n")
    with pytest.raises(ValueError, match="choose the dataset octis for it"):
        read_own_documents(tmp_path)
