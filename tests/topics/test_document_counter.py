import numpy as np
import pytest

from tf_vmfvae.topics.document_counter import DocumentCounter

TEXTS = ["Goal! A goal today", "rain today", "snow, wind and rain today"]
WORDS = ["goal", "rain", "snow", "today", "wind"]


def counter(vocabulary=None, max_features=None, min_df=1, max_df=1.0, stop_words=None):
    return DocumentCounter(vocabulary, max_features, min_df, max_df, stop_words, None)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"stop_words": "english"}, WORDS),
        ({"max_features": 3, "stop_words": ["and"]}, ["goal", "rain", "today"]),
        ({"stop_words": ["Today", "and"]}, ["goal", "rain", "snow", "wind"]),
        ({"max_df": 0.9, "min_df": 2}, ["rain"]),
        ({"min_df": 9, "vocabulary": ["wind", "rain"]}, ["wind", "rain"]),
    ],
)
def test_the_vocabulary_is_chosen_as_countvectorizer_does(options, expected):
    chosen = counter(**options)
    documents = chosen.fit(TEXTS)

    assert chosen.words == expected
    again = chosen.count(TEXTS)
    np.testing.assert_array_equal(documents.pairs, again.pairs)
    np.testing.assert_array_equal(documents.row_splits, again.row_splits)


def test_texts_are_read_once_and_may_come_one_after_another():
    listed, streamed = counter(), counter()
    expected, found = listed.fit(TEXTS), streamed.fit(text for text in TEXTS)

    assert streamed.words == listed.words
    np.testing.assert_array_equal(found.pairs, expected.pairs)
    read = []
    blocks = streamed.blocks((read.append(text) or text for text in TEXTS * 2), 4)
    assert len(next(blocks)) == len(read) == 4
    assert [len(block) for block in blocks] == [2]
    rows = streamed.blocks(expected.matrix(len(listed.words)), 2)
    assert [block.num_words.tolist() for block in rows] == [[3, 2], [5]]


def test_what_is_wrong_with_a_text_is_said_as_it_is():
    with pytest.raises(ValueError, match=r"^X\[1\] is None: give a string"):
        counter().fit(iter(["goal", None]))
    with pytest.raises(ValueError, match=r"^X: no word of the 2 documents is left"):
        counter(stop_words=["goal"]).fit(iter(["goal", "goal"]))
