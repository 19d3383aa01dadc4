"""The user's own text: a file or a folder goes in, and bad input is one clear line."""

import pytest

from tf_vmfvae import data
from tf_vmfvae.data.files.text_file import read_sentences
from tf_vmfvae.layers import WordTokenizer


def write(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def one_line(error) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


def test_a_single_file_is_split_the_same_way_each_time(tmp_path):
    lines = [f"sentence number {i}" for i in range(200)]
    write(tmp_path / "text.txt", lines)
    corpus = data.load("text", tmp_path / "text.txt")
    sizes = len(corpus.train), len(corpus.validation), len(corpus.test)
    assert sizes == (180, 10, 10)
    assert sorted(corpus.train + corpus.validation + corpus.test) == sorted(lines)
    assert corpus == data.load("text", tmp_path / "text.txt")
    assert corpus.name == "text"
    assert corpus.entropy is None


@pytest.mark.parametrize("validation", ["valid", "validation", "dev", "val"])
def test_a_folder_with_its_own_parts_is_taken_as_it_is(tmp_path, validation):
    write(tmp_path / "train.txt", ["a b", "b a"])
    write(tmp_path / f"{validation}.txt", ["a a"])
    write(tmp_path / "test.txt", ["b b", "b"])
    corpus = data.load("text", tmp_path)
    assert corpus.train == ["a b", "b a"]
    assert corpus.validation == ["a a"]
    assert corpus.test == ["b b", "b"]
    assert corpus.notes == ()


def test_a_missing_part_is_taken_from_the_training_part(tmp_path):
    write(tmp_path / "train.txt", [f"a {i}" for i in range(100)])
    write(tmp_path / "test.txt", ["a"])
    corpus = data.load("text", tmp_path)
    assert (len(corpus.train), len(corpus.validation)) == (95, 5)
    assert corpus.test == ["a"]
    assert any("no validation part; 5 lines" in note for note in corpus.notes)


def test_a_folder_without_a_training_file_is_one_text(tmp_path):
    write(tmp_path / "b.txt", ["b b"] * 20)
    write(tmp_path / "a.txt", ["a a"] * 20)
    corpus = data.load("text", tmp_path)
    assert corpus.train == ["a a"] * 18 + ["b b"] * 18
    assert any("a.txt, b.txt" in note for note in corpus.notes)


def test_the_fewest_lines_that_can_be_split(tmp_path):
    write(tmp_path / "text.txt", ["a a", "b", "c"])
    corpus = data.load("text", tmp_path / "text.txt")
    assert (corpus.train, corpus.validation, corpus.test) == (["a a"], ["b"], ["c"])


def test_white_space_and_reserved_words_are_cleaned(tmp_path):
    (tmp_path / "t.txt").write_bytes(
        "\ufeff  A\tb \u00a0 c <eos>\r\n\n   \n<unk> \u2028 d <eos>".encode()
    )
    assert read_sentences(tmp_path / "t.txt") == ["A b c", "<unk> d"]


def test_the_vocabulary_comes_from_the_training_part_alone(tmp_path):
    write(tmp_path / "train.txt", ["the cat", "the dog", "the cat <unk>"])
    write(tmp_path / "valid.txt", ["the bird the bird"])
    write(tmp_path / "test.txt", ["bird bird"])

    def vocabulary(**arguments):
        return data.load("text", tmp_path, **arguments).vocabulary

    assert vocabulary() == ["<unk>", "<eos>", "the", "cat"]
    assert vocabulary(minimum_count=1) == ["<unk>", "<eos>", "the", "cat", "dog"]
    assert vocabulary(vocabulary_size=3) == ["<unk>", "<eos>", "the"]
    with pytest.raises(ValueError, match="no word occurs 9 times") as error:
        vocabulary(minimum_count=9)
    for name in (str(tmp_path), "--data_dir", "minimum_count"):
        assert name in one_line(error)


def test_reader_and_tokenizer_find_the_same_words(tmp_path):
    lines = [
        "le caf\u00e9\u00a0noir \u2003 the",
        "cafe\u0301\u3000NOIR the\x0cthe\x1cnoir",
        "\u092f\u0939 \u0939\u093f\u0928\u094d\u0926\u0940\u2028\u092e\u0947\u0902",
        "x" * 100_000 + " the",
    ]
    write(tmp_path / "train.txt", ["\ufeff" + lines[0], *lines[1:], "\r"])
    write(tmp_path / "valid.txt", lines)
    (tmp_path / "test.txt").write_bytes("\r\n".join(lines).encode())
    corpus = data.load("text", tmp_path, minimum_count=1)
    tokenizer = WordTokenizer(corpus.vocabulary)

    assert corpus.train == corpus.validation == corpus.test
    assert corpus.train[1] == "caf\u00e9 NOIR the the noir"
    assert tokenizer(lines).to_list() == tokenizer(corpus.train).to_list()
    assert 1 not in [i for ids in tokenizer(lines).to_list() for i in ids]


def test_long_sentences_are_cut_and_counted(tmp_path):
    write(tmp_path / "train.txt", ["a b c d e", "a b", "a b c"])
    write(tmp_path / "valid.txt", ["a a a a"])
    write(tmp_path / "test.txt", ["a"])
    corpus = data.load("text", tmp_path, max_length=3)
    assert corpus.train == ["a b c", "a b", "a b c"]
    assert corpus.validation == ["a a a"]
    assert corpus.notes == ("2 of 5 sentences cut to 3 words",)


def test_a_cut_embedded_corpus_has_no_known_entropy():
    corpus = data.load("embedded", max_length=10)
    assert corpus.entropy is None
    assert max(len(sentence.split()) for sentence in corpus.train) == 10


@pytest.mark.parametrize("options", [{"vocabulary_size": 30}, {"minimum_count": 9}])
def test_an_embedded_corpus_whose_words_are_hidden_has_no_known_entropy(options):
    assert data.load("embedded").entropy == data.embedded.entropy()
    corpus = data.load("embedded", **options)
    assert len(corpus.vocabulary) < 500
    assert corpus.entropy is None


@pytest.mark.parametrize("name", ["valid.txt", "test.txt", "dev.txt", "train.txt"])
def test_a_link_to_nothing_is_not_taken_for_a_missing_part(tmp_path, name):
    write(tmp_path / "train.txt", ["a b"] * 60)
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).symlink_to(tmp_path / "moved.txt")
    with pytest.raises(ValueError, match=rf"{name} is a link to nothing") as error:
        data.load("text", tmp_path)
    one_line(error)


def test_a_link_to_itself_is_named(tmp_path):
    write(tmp_path / "train.txt", ["a b"] * 60)
    (tmp_path / "valid.txt").symlink_to(tmp_path / "valid.txt")
    with pytest.raises(ValueError, match=r"valid\.txt cannot be read: Too many levels"):
        data.load("text", tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "text.txt does not exist"),
        (b"", "text.txt is empty: write one sentence a line"),
        (b"\n  \n\n", "text.txt has no line with a word"),
        (b"one two\nthree \x00 four\n", "text.txt is not UTF-8 text .byte 14.: give"),
        (b"caf\xe9 au lait\n", "text.txt is not UTF-8 text .byte 3.: .*iconv"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "text.txt is not UTF-8 text .byte 0."),
        (b"one\ntwo\n", "text.txt has 2 usable lines: it takes at least 3"),
        (b"\0\0\0\n\0\n", "text.txt is not UTF-8 text .byte 0."),
        # Half a surrogate pair, as some programs write it.
        (b"one \xed\xa0\xbd two\n", "text.txt is not UTF-8 text .byte 4."),
        (b"a b\nc d\ne f\n", "text.txt: no word occurs 2 times in the training part"),
    ],
)
def test_unusable_files(tmp_path, content, message):
    path = tmp_path / "text.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        data.load("text", path)
    assert str(tmp_path) in one_line(error)


def test_an_unusable_file_in_a_folder_is_named(tmp_path):
    write(tmp_path / "train.txt", ["a a", "b b"])
    (tmp_path / "valid.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"valid\.txt is not UTF-8 text"):
        data.load("text", tmp_path)


def test_folders_that_hold_no_text(tmp_path):
    with pytest.raises(ValueError, match=r"holds no train\.txt and no other \.txt"):
        data.load("text", tmp_path)
    write(tmp_path / "train.txt", ["a a"])
    write(tmp_path / "dev.txt", ["a"])
    write(tmp_path / "valid.txt", ["a"])
    with pytest.raises(ValueError, match="stand for the same part"):
        data.load("text", tmp_path)


def test_a_file_that_may_not_be_read(tmp_path):
    (tmp_path / "train.txt").mkdir()
    with pytest.raises(ValueError, match=r"train\.txt cannot be read"):
        data.load("text", tmp_path)


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
def test_arguments_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        data.load(**arguments)
    one_line(error)


def test_words_of_the_same_frequency_are_in_alphabetical_order():
    sentences = ["b a", "c a"]
    assert data.build_vocabulary(sentences) == ["<unk>", "<eos>", "a", "b", "c"]
    assert data.build_vocabulary(reversed(sentences))[2:] == ["a", "b", "c"]
