import pytest

from tf_vmfvae import data
from tf_vmfvae.data.files.labelled_file import read_labelled_sentences

STARS = [f"{i % 5} review number w{i} was so so" for i in range(50)]


@pytest.fixture(autouse=True)
def tfds_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))


def write(folder, **files):
    (folder / "yelp").mkdir(exist_ok=True)
    for name, lines in files.items():
        (folder / "yelp" / f"{name}.txt").write_text("\n".join(lines) + "\n")
    return str(folder)


def test_the_corpus_is_read_with_its_labels(tmp_path):
    long = "2 " + " ".join(["word"] * 60)
    folder = write(tmp_path, train=STARS, valid=["4 so  good", ""], test=[long])
    corpus = data.load("yelp", folder)

    assert len(corpus.train) == 50
    assert corpus.labels["train"] == [i % 5 for i in range(50)]
    assert (corpus.validation, corpus.labels["validation"]) == (["so good"], [4])
    assert len(corpus.test[0].split()) == 50
    assert corpus.num_labels == 5
    assert corpus.notes == ("1 of 52 sentences cut to 50 words",)


def test_valid_txt_alone_is_cut_in_three_the_same_way_each_time(tmp_path):
    folder = write(tmp_path, valid=STARS)
    corpus, again = data.load("yelp", folder), data.load("yelp", folder)
    splits = corpus.train, corpus.validation, corpus.test

    assert [len(split) for split in splits] == [40, 5, 5]
    assert again == corpus
    whole = [
        f"{label} {text}"
        for name, split in zip(corpus.labels, splits, strict=True)
        for label, text in zip(corpus.labels[name], split, strict=True)
    ]
    assert sorted(whole) == sorted(STARS)
    assert whole != STARS
    assert "cut in three (40 / 5 / 5)" in corpus.notes[0]


@pytest.mark.parametrize("name", ["train.txt", "test.txt"])
def test_a_link_to_nothing_does_not_make_the_whole_a_piece(tmp_path, name):
    folder = write(tmp_path, valid=STARS)
    (tmp_path / "yelp" / name).symlink_to(tmp_path / "moved.txt")
    with pytest.raises(ValueError, match=r"(does not exist|is a link to nothing)"):
        data.load("yelp", folder)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"train": ["5 five stars"], "valid": STARS, "test": STARS}, r"line 1 .*'5'"),
        ({"valid": [*STARS, "good"]}, r"valid.txt line 51 begins with 'good'"),
        ({"valid": ["-1 bad"]}, r"line 1 begins with '-1': give a label from 0 to 4"),
        ({"train": STARS, "valid": STARS}, r"test.txt does not exist"),
        ({"valid": ["3", "", "2 "]}, r"no line with a word"),
        ({"valid": ["9" * 5000 + " a"]}, r"valid.txt line 1 begins with '9{20}': give"),
        (
            {"valid": ["0" * 5000 + "1 a"]},
            r"valid.txt line 1 begins with '0{20}': give",
        ),
        ({"valid": ["\u0969" * 5000 + " a"]}, r"line 1 begins with '\u0969{20}': give"),
        ({"valid": STARS[:5]}, r"valid.txt has 5 lines with words: too few to cut"),
        ({}, r"yelp/train.txt: dataset yelp cannot be downloaded"),
    ],
)
def test_unusable_files_are_refused_by_name(tmp_path, files, message):
    with pytest.raises(ValueError, match=message):
        data.load("yelp", write(tmp_path, **files))


def test_without_data_dir_the_error_says_what_to_give():
    with pytest.raises(ValueError, match="point data_dir at the folder above"):
        data.load("yelp")


def test_words_are_split_and_normalized(tmp_path):
    (tmp_path / "a.txt").write_text("\ufeff1\u00a0cafe\u0301\u3000noir\r\n", "utf-8")
    assert read_labelled_sentences(tmp_path / "a.txt", 2) == [(1, "caf\u00e9 noir")]


def test_a_label_may_have_several_digits(tmp_path):
    (tmp_path / "a.txt").write_text("11 eleven\n")
    assert read_labelled_sentences(tmp_path / "a.txt", 12) == [(11, "eleven")]
