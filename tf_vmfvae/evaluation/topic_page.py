"""A page on which topics can be explored: pyLDAvis in one HTML file."""

import pathlib
import warnings
from collections.abc import Sequence

import numpy as np
from scipy.spatial.distance import pdist, squareform

from tf_vmfvae.evaluation.top_words import RELEVANCE

REQUIREMENT = "pyLDAvis>=3.4.1,<3.5"
# Words that are shown for a topic; LDAvis shows at most 30.
WORDS = 30
# Steps of the slider that sets the relevance. Smaller ones take longer to prepare.
STEP = 0.05
# LDAvis numbers topics from 1, and 0 stands for no topic. These changes to its script
# let readers see and type numbers from 0, rank words as everywhere else at first, and
# let it run where the address cannot hold the selected topic: in a frame without a file
# of its own.
_CHANGES = {
    "lambda: 1,": f"lambda: {RELEVANCE},",
    "return d.topics;": "return d.topics - 1;",
    '"Top-" + R + " Most Relevant Terms for Topic " + topics +': (
        '"Top-" + R + " Most Relevant Terms for Topic " + (topics - 1) +'
    ),
    "topicInput.id = topicID;": """topicInput.id = topicID;
            var shown = Object.getOwnPropertyDescriptor(
                HTMLInputElement.prototype, "value");
            Object.defineProperty(topicInput, "value", {
                get: function() {
                    var text = shown.get.call(this).trim();
                    return /^[0-9]+$/.test(text) ? String(+text + 1) : "0";
                },
                set: function(topic) {
                    shown.set.call(this, topic > 0 ? topic - 1 : "");
                }
            });
            topicInput.value = 0;""",
    "function state_save(replace) {": """function state_save(replace) {
            if (!/^(file|https?):/.test(location.protocol)) return;""",
}
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Topics</title>
<!-- Contains LDAvis (Copyright 2013, AT&T Intellectual Property; MIT licence), changed
to number topics from 0, and d3 (Copyright Mike Bostock; BSD 3-clause licence), both as
shipped with pyLDAvis (Copyright 2015, Ben Mabey; BSD 3-clause licence). -->
<style>
{style}
</style>
</head>
<body>
<div id="topics"></div>
<script>
{d3}
</script>
<script>
{ldavis}
</script>
<script>
new LDAvis("#topics", {content});
</script>
</body>
</html>
"""


def check_page(path, topics: int) -> pathlib.Path:
    """Checks, before long work begins, that a page can be made and where it goes.

    Args:
        path: path of the page.
        topics: number of topics.

    Returns:
        The path.

    Raises:
        ImportError: if pyLDAvis is not installed.
        ValueError: if the path does not end in `.html`, or there is only one topic.
    """
    path = pathlib.Path(path)
    if path.suffix != ".html":
        raise ValueError(f"path is {str(path)!r}: give a name that ends in .html")
    _check_topics(topics)
    _load_pyldavis()
    return path


def topic_page(
    topic_word: np.ndarray, topic_tokens: np.ndarray, vocabulary: Sequence[str]
) -> str:
    """Returns a web page that shows topics with pyLDAvis (Sievert and Shirley 2014).

    It is complete: its scripts are in the page, and it needs no network. The topics
    keep their order and are numbered from 0. On the map, topics are as far apart as the
    square root of the Jensen-Shannon divergence of their words says, as well as two
    dimensions can show it.

    Args:
        topic_word: word probabilities of each topic, `[topics, words]`; at least two
            topics.
        topic_tokens: number of words of the documents that belong to each topic,
            `[topics]`.
        vocabulary: the words.

    Raises:
        ImportError: if pyLDAvis is not installed.
        ValueError: if there is only one topic.

    >>> topic_word = np.array([[0.9, 0.1], [0.2, 0.8]])
    >>> page = topic_page(topic_word, [30, 10], ["goal", "rain"])
    >>> page.startswith("<!DOCTYPE html>"), '"Freq": [75.0, 25.0]' in page
    (True, True)
    """
    _check_topics(len(topic_word))
    pyldavis = _load_pyldavis()
    # Logarithms of a probability and of a topic's share are taken.
    least = np.finfo(np.float64).tiny
    words = np.maximum(np.asarray(topic_word, np.float64), least)
    tokens = np.asarray(topic_tokens, np.float64)
    tokens = np.maximum(tokens, 1e-9 * tokens.sum())
    prepared = pyldavis.prepare(
        words,
        # Only the total over documents counts, so one can stand for all of them.
        tokens[None] / tokens.sum(),
        [tokens.sum()],
        list(vocabulary),
        tokens @ words,
        R=WORDS,
        lambda_step=STEP,
        mds=_positions,
        n_jobs=1,
        sort_topics=False,
    )
    content = prepared._replace(
        topic_coordinates=prepared.topic_coordinates.round(6),
        topic_info=prepared.topic_info.round(4),
        token_table=prepared.token_table.round(4),
    )
    return _PAGE.format(
        style=_read(pyldavis.urls.LDAVIS_CSS_LOCAL),
        d3=_read(pyldavis.urls.D3_LOCAL),
        ldavis=_changed(_read(pyldavis.urls.LDAVIS_LOCAL)),
        # A word must not end the script.
        content=content.to_json().replace("<", "\\u003c"),
    )


def _check_topics(topics):
    if topics < 2:
        raise ValueError(
            "a page of topics compares topics, but there is only one: ask for more"
        )


def _load_pyldavis():
    # Slow to import, and it changes the filters of warnings.
    try:
        with warnings.catch_warnings():
            import pyLDAvis
    except ImportError as error:
        raise ImportError(
            f"a page of topics needs pyLDAvis ({error}): pip install '{REQUIREMENT}'"
        ) from None
    return pyLDAvis


def _positions(topic_word):
    """Returns the topics' places in two dimensions (classical scaling)."""
    # Rounding errors of equal topics would be roots of negative numbers.
    distances = np.nan_to_num(squareform(pdist(topic_word, "jensenshannon")))
    squares = distances**2
    centered = squares - squares.mean(axis=0) - squares.mean(axis=1, keepdims=True)
    values, vectors = np.linalg.eigh(-(centered + squares.mean()) / 2)
    return vectors[:, :-3:-1] * np.sqrt(np.maximum(values[:-3:-1], 0.0))


def _read(path):
    return pathlib.Path(path).read_text(encoding="utf-8")


def _changed(script):
    for old, new in _CHANGES.items():
        if script.count(old) != 1:
            raise ImportError(
                "a page of topics needs the script of another version of pyLDAvis: "
                f"pip install '{REQUIREMENT}'"
            )
        script = script.replace(old, new)
    return script
