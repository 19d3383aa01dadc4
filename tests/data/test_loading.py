import pytest

from tf_vmfvae import data


def write(folder, **files):
    for name, lines in files.items():
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_loading_the_same_text_again_gives_the_same_corpus(tmp_path):
    write(tmp_path, text=[f"sentence number {i}" for i in range(200)])
    corpus = data.load("text", tmp_path / "text.txt")

    assert corpus == data.load("text", tmp_path / "text.txt")
    assert (corpus.name, corpus.entropy, corpus.labels) == ("text", None, None)


def test_the_vocabulary_comes_from_the_training_set_alone(tmp_path):
    write(
        tmp_path,
        train=["the cat", "the dog", "the cat <unk>"],
        valid=["the bird the bird"],
        test=["bird bird"],
    )

    def vocabulary(**arguments):
        return data.load("text", tmp_path, **arguments).vocabulary

    assert vocabulary() == ["<unk>", "<eos>", "the", "cat"]
    assert vocabulary(minimum_count=1) == ["<unk>", "<eos>", "the", "cat", "dog"]
    assert vocabulary(vocabulary_size=3) == ["<unk>", "<eos>", "the"]


def test_a_text_without_frequent_words_is_refused(tmp_path):
    write(tmp_path, text=["a b", "c d", "e f"])
    with pytest.raises(ValueError, match="no word occurs 2 times in the tr") as error:
        data.load("text", tmp_path / "text.txt")

    message = str(error.value)
    assert "\n" not in message
    for name in (str(tmp_path / "text.txt"), "--data_dir", "minimum_count"):
        assert name in message


def test_long_sentences_are_cut_and_counted(tmp_path):
    write(tmp_path, train=["a b c d e", "a b", "a b c"], valid=["a a a a"], test=["a"])
    corpus = data.load("text", tmp_path, max_length=3)

    assert corpus.train == ["a b c", "a b", "a b c"]
    assert corpus.validation == ["a a a"]
    assert corpus.notes == ("2 of 5 sentences cut to 3 words",)


def test_the_entropy_of_a_cut_embedded_corpus_is_unknown():
    corpus = data.load("embedded", max_length=10)

    assert corpus.entropy is None
    assert max(len(sentence.split()) for sentence in corpus.train) == 10


@pytest.mark.parametrize("options", [{"vocabulary_size": 30}, {"minimum_count": 9}])
def test_the_entropy_of_an_embedded_corpus_with_unknown_words_is_unknown(options):
    assert data.load("embedded").entropy == data.embedded.entropy()
    corpus = data.load("embedded", **options)

    assert len(corpus.vocabulary) < 500
    assert corpus.entropy is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dataset": "imdb"}, "choose one of embedded, ptb, yelp, text"),
        ({"dataset": "text"}, "dataset text needs data_dir"),
        ({"dataset": "embedded", "max_length": 0}, "max_length is 0"),
        ({"dataset": "embedded", "vocabulary_size": 2}, "vocabulary size is 2"),
        ({"dataset": "embedded", "minimum_count": 0}, "minimum_count is 0"),
    ],
)
def test_an_argument_out_of_range_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        data.load(**arguments)
    assert "\n" not in str(error.value)
