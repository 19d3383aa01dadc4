import pytest

from tf_vmfvae import data
from tf_vmfvae.data.published.yelp.yelp_dataset_builder import Builder

STARS = [f"{i % 5} review number w{i} was so so" for i in range(50)]


@pytest.fixture(autouse=True)
def _no_network(no_network):
    no_network(Builder)


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
def test_a_broken_link_is_not_a_missing_file(tmp_path, name):
    folder = write(tmp_path, valid=STARS)
    (tmp_path / "yelp" / name).symlink_to(tmp_path / "moved.txt")
    with pytest.raises(ValueError, match=r"train\.txt does not exist: put it next"):
        data.load("yelp", folder)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"train": ["5 a"], "valid": STARS, "test": STARS}, "train.txt, line 1: .*'5'"),
        ({"valid": [*STARS, "good"]}, "valid.txt, line 51: begins with 'good'"),
        ({"train": STARS, "valid": STARS}, "test.txt does not exist: put it next to"),
        ({"valid": ["3", "", "2 "]}, "valid.txt has no line with a word"),
        ({"valid": STARS[:5]}, "valid.txt has 5 lines with words: too few to cut"),
        ({}, "no file .*yelp/train.txt and no download from .*: point data_dir at the"),
    ],
)
def test_unusable_files_are_refused_by_name(tmp_path, files, message):
    with pytest.raises(ValueError, match=message):
        data.load("yelp", write(tmp_path, **files))


def test_without_data_dir_the_reviews_are_downloaded(tmp_path, serve):
    write(tmp_path, train=["0 so late", "1 late"], valid=["2 good"], test=["4 best"])
    serve(Builder, tmp_path)

    corpus = data.load("yelp")
    assert (corpus.train, corpus.labels["train"]) == (["so late", "late"], [0, 1])
    assert (corpus.test, corpus.labels["test"]) == (["best"], [4])
