"""The page of topics: complete in one file, with the topics as they are numbered."""

import json
import re
import sys

import numpy as np
import pytest

from tf_vmfvae.evaluation.topic_page import check_page, topic_page

WORDS = ["ball", "goal", "rain", "</script>", "дождь"]
TOPIC_WORD = np.array(
    [
        [0.6, 0.3, 0.1, 0.0, 0.0],
        [0.0, 0.0, 0.4, 0.1, 0.5],
        [0.0, 0.0, 0.4, 0.1, 0.5],
        [0.2, 0.2, 0.2, 0.2, 0.2],
    ]
)


def content_of(page):
    """Returns what a page gives to LDAvis; numbers that are not finite are refused."""
    (content,) = re.findall(r'new LDAvis\("#topics", (.*)\);', page)
    return json.loads(content, parse_constant=pytest.fail)


def words_of(content, topic, relevance):
    """Returns the words of a topic as LDAvis ranks them."""
    info = content["tinfo"]
    rows = zip(*(info[name] for name in ("logprob", "loglift", "Term")), strict=True)
    ranked = [
        (relevance * log + (1 - relevance) * lift, term)
        for (log, lift, term), category in zip(rows, info["Category"], strict=True)
        # LDAvis shows Topic1 as topic 0.
        if category == f"Topic{topic + 1}"
    ]
    return [term for _, term in sorted(ranked, reverse=True)]


@pytest.fixture(scope="module")
def page():
    return topic_page(TOPIC_WORD, [10, 50, 0, 40], WORDS)


def test_a_page_loads_nothing_from_elsewhere(page):
    assert "d3js.org v5" in page
    assert "var LDAvis = function" in page
    tags = re.findall(r"<(script|link|img|iframe)\b([^>]*)>", page)
    assert tags == [("script", "")] * 3
    assert "@import" not in page
    assert page.count("</script>") == 3


def test_topics_keep_their_order_sizes_and_words(page):
    content = content_of(page)

    assert content["topic.order"] == [1, 2, 3, 4]
    np.testing.assert_allclose(content["mdsDat"]["Freq"], [10, 50, 0, 40], atol=1e-4)
    assert words_of(content, 0, relevance=1.0)[:3] == ["ball", "goal", "rain"]
    assert words_of(content, 1, relevance=1.0)[:2] == ["дождь", "rain"]
    assert "return d.topics - 1;" in page


def test_equal_topics_lie_in_one_place_and_different_ones_apart(page):
    found = content_of(page)["mdsDat"]
    places = np.stack([found["x"], found["y"]], axis=1)

    np.testing.assert_allclose(places[1], places[2], atol=1e-5)
    apart = np.linalg.norm(places - places[1], axis=1)
    assert apart[0] > apart[3] > 0.1


def test_what_no_page_can_be_made_of_is_refused(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"there is only one: ask for more"):
        topic_page(TOPIC_WORD[:1], [10], WORDS)
    with pytest.raises(ValueError, match=r"topics\.htm'?: give a name that ends in"):
        check_page(tmp_path / "topics.htm", 4)
    monkeypatch.setitem(sys.modules, "pyLDAvis", None)
    with pytest.raises(ImportError, match=r"needs pyLDAvis .*: pip install 'pyLDAvis>"):
        check_page(tmp_path / "topics.html", 4)
