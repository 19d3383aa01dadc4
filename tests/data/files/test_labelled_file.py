import pytest

from tf_vmfvae.data.files.labelled_file import read_labelled_sentences


def read(tmp_path, text, num_labels=5):
    (tmp_path / "text.txt").write_text(text, "utf-8")
    return read_labelled_sentences(tmp_path / "text.txt", num_labels)


def test_words_are_split_and_normalised(tmp_path):
    text = "\ufeff1\u00a0cafe\u0301\u3000noir\r\n"
    assert read(tmp_path, text) == [(1, "caf\u00e9 noir")]


def test_a_label_may_have_several_digits(tmp_path):
    assert read(tmp_path, "11 eleven\n", 12) == [(11, "eleven")]


def test_lines_without_words_are_left_out(tmp_path):
    assert read(tmp_path, "3\n\n2 \n1 <eos>\n<eos>\n4 a <eos>\n") == [(4, "a")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 a\n5 b\n", "text.txt, line 2: begins with '5'; give a label from 0 to 4"),
        ("0 a\n\ngood\n", "text.txt, line 3: begins with 'good'"),
        ("-1 bad\n", "line 1: begins with '-1'"),
        ("9" * 5000 + " a\n", "line 1: begins with '9{20}'; give"),
        ("0" * 5000 + "1 a\n", "line 1: begins with '0{20}'; give"),
        ("\u0969" * 5000 + " a\n", "line 1: begins with '\u0969{20}'; give"),
        ("3\n\n2 \n", "text.txt has no line with a word"),
        ("", "text.txt is empty"),
    ],
)
def test_an_unusable_file_is_refused_by_name_and_line(tmp_path, text, message):
    with pytest.raises(ValueError, match=message) as error:
        read(tmp_path, text)
    assert "\n" not in str(error.value)
