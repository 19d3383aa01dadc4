"""TopicModel finds topics, follows scikit-learn and refuses what it cannot use."""

import json
import pickle

import keras
import numpy as np
import pytest
import scipy.sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import GridSearchCV, ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import estimator_checks_generator

import tf_vmfvae
from tf_vmfvae import TopicModel
from tf_vmfvae.topics import topic_model

WORDS = {
    "sport": ["ball", "goal", "team", "match", "player", "league"],
    "weather": ["rain", "snow", "wind", "storm", "cloud", "sun"],
    "money": ["bank", "profit", "share", "market", "price", "trade"],
}
ALL_WORDS = sorted(word for words in WORDS.values() for word in words)
SMALL = {"hidden_dim": 16, "latent_dim": 6, "batch_size": 20, "random_state": 1}
WHOLE = {**SMALL, "epochs": 60}


def write_documents(count, seed, words=8):
    """Returns documents of one topic each, with some common words, and the topics."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(len(WORDS), size=count)
    texts = [
        " ".join([*rng.choice(list(WORDS.values())[label], words), "today", "said"])
        for label in labels
    ]
    return texts, labels


TEXTS, LABELS = write_documents(120, seed=1)
NEW_TEXTS, NEW_LABELS = write_documents(60, seed=2)


@pytest.fixture(scope="module")
def model():
    return TopicModel(3, **WHOLE).fit(TEXTS)


def share_of_the_commonest_topic(topics, labels):
    """Returns the share of documents in the commonest topic of their label."""
    groups = [topics[labels == label] for label in np.unique(labels)]
    common = [np.bincount(group).argmax() for group in groups]
    assert len(set(common)) == len(common)
    return sum((g == c).sum() for g, c in zip(groups, common, strict=True)) / len(
        labels
    )


def test_new_documents_get_the_topics_they_are_about(model):
    shares = model.transform(NEW_TEXTS)

    assert shares.shape == (60, 3)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-9)
    assert share_of_the_commonest_topic(shares.argmax(axis=1), NEW_LABELS) > 0.95


def test_the_top_words_of_a_topic_belong_together(model):
    found = {frozenset(words[:6]) for words in model.top_words_}

    assert found == {frozenset(words) for words in WORDS.values()}
    assert [len(words) for words in model.top_words_] == [10] * 3
    assert model.top_words(2) == [words[:2] for words in model.top_words_]


def test_top_words_out_of_range_are_refused(model):
    with pytest.raises(ValueError, match="words must be 1 or more, not 0"):
        model.top_words(0)
    with pytest.raises(ValueError, match=r"relevance is 1\.5: give a number from 0"):
        model.top_words(relevance=1.5)


def test_topics_are_distributions_over_the_vocabulary(model):
    np.testing.assert_allclose(model.topic_word_.sum(axis=1), 1.0, rtol=1e-9)
    assert model.topic_word_.shape == (3, len(model.vocabulary_))
    assert model.vocabulary_ == sorted([*ALL_WORDS, "today", "said"])
    # The weights are those of the three equally frequent topics.
    np.testing.assert_allclose(
        np.sort(model.topic_weights_),
        np.sort(np.bincount(LABELS) / len(LABELS)),
        atol=0.03,
    )
    assert np.all(np.diff(model.topic_weights_) <= 0)


def test_names_of_the_outputs_follow_scikit_learn(model):
    names = model.get_feature_names_out().tolist()
    assert names == ["topicmodel0", "topicmodel1", "topicmodel2"]


def test_the_same_seed_gives_the_same_topics(model):
    again = clone(model)
    shares = again.fit_transform(iter(TEXTS))
    np.testing.assert_array_equal(again.topic_word_, model.topic_word_)
    np.testing.assert_array_equal(shares, model.transform(TEXTS))


def test_documents_are_transformed_block_by_block(model, monkeypatch):
    expected = model.transform(TEXTS)
    monkeypatch.setattr(topic_model, "BLOCK", 50)
    np.testing.assert_allclose(model.transform(iter(TEXTS)), expected, atol=1e-6)
    assert model.transform(iter([])).shape == (0, 3)


def test_counts_give_the_topics_of_their_texts(model):
    counts = CountVectorizer(vocabulary=model.vocabulary_).transform(TEXTS)
    settings = {**model.get_params(), "vocabulary": model.vocabulary_}

    found = TopicModel(**settings).fit(counts)

    np.testing.assert_array_equal(found.topic_word_, model.topic_word_)
    dense = found.transform(counts.toarray())
    np.testing.assert_array_equal(dense, model.transform(TEXTS))


def test_a_vectorizer_of_ones_own_is_used():
    vectorizer = CountVectorizer(token_pattern=r"[a-z]{5,}")
    model = TopicModel(2, vectorizer=vectorizer, epochs=1, **SMALL).fit(TEXTS)

    assert model.vocabulary_ == vectorizer.get_feature_names_out().tolist()
    assert min(map(len, model.vocabulary_)) == 5
    assert model.transform(["league of players", "rain"]).shape == (2, 2)
    with pytest.raises(ValueError, match=r"vectorizer: .*pickle the estimator"):
        model.save("unused.keras")
    with pytest.raises(ValueError, match="vectorizer: TensorFlow cannot run"):
        model.export("unused")


def test_a_page_shows_topics_as_large_as_their_words(model, tmp_path):
    path = tmp_path / "topics.html"
    model.save_page(path, [*NEW_TEXTS, "no word that is known"])

    # The other documents all have ten words.
    expected = 100 * model.transform(NEW_TEXTS).mean(axis=0)
    numbers = path.read_text(encoding="utf-8").split('"Freq": [')[1].split("]")[0]
    np.testing.assert_allclose(json.loads(f"[{numbers}]"), expected, atol=1e-4)
    with pytest.raises(ValueError, match="X: no document has a word of the vocabulary"):
        model.save_page(path, ["unknown"])
    with pytest.raises(ValueError, match="give a name that ends in"):
        model.save_page(tmp_path / "topics", NEW_TEXTS)


def test_a_saved_model_gives_the_same_topics(model, tmp_path):
    model.save(tmp_path / "topics.keras")
    loaded = TopicModel.load(tmp_path / "topics.keras")

    assert loaded.get_params() == model.get_params()
    np.testing.assert_array_equal(
        loaded.transform(NEW_TEXTS), model.transform(NEW_TEXTS)
    )
    np.testing.assert_array_equal(loaded.topic_word_, model.topic_word_)
    assert loaded.top_words_ == model.top_words_
    assert loaded.score(NEW_TEXTS) == model.score(NEW_TEXTS)
    # Keras reads the document model alone.
    nvdm = keras.models.load_model(tmp_path / "topics.keras")
    np.testing.assert_array_equal(
        nvdm.encode(NEW_TEXTS), model.model_.encode(NEW_TEXTS)
    )
    loaded.partial_fit(NEW_TEXTS)


def test_a_preset_gives_the_same_topics(model, tmp_path, monkeypatch):
    model.save_to_preset(tmp_path / "news")
    monkeypatch.setenv("TF_VMFVAE_PRESETS", str(tmp_path))
    loaded = TopicModel.from_preset("news")

    np.testing.assert_array_equal(
        loaded.transform(NEW_TEXTS), model.transform(NEW_TEXTS)
    )
    # Here, too, is a folder of this name.
    monkeypatch.chdir(tmp_path)
    assert TopicModel.presets.keys() == {"20ng_topics", "news"}
    nvdm = tf_vmfvae.models.NVDM.from_preset("news")
    np.testing.assert_array_equal(
        nvdm.encode(NEW_TEXTS), model.model_.encode(NEW_TEXTS)
    )
    nvdm.save_to_preset(tmp_path / "without")
    with pytest.raises(
        ValueError, match=r"'without' .* no topics .*TopicModel: .*news"
    ):
        TopicModel.from_preset("without")
    with pytest.raises(ValueError, match="'other' is neither the name of a preset"):
        TopicModel.from_preset("other")
    loaded.partial_fit(NEW_TEXTS)


def test_a_pickled_model_gives_the_same_topics(model):
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copy.transform(NEW_TEXTS), model.transform(NEW_TEXTS))


def test_a_file_of_another_kind_is_refused(model, tmp_path):
    path = tmp_path / "model.keras"
    model.model_.save(path)
    with pytest.raises(ValueError, match=r"model\.keras was not written by TopicModel"):
        TopicModel.load(path)
    with pytest.raises(ValueError, match=r"\.keras"):
        model.save(tmp_path / "topics.zip")


def test_the_score_is_the_bound_of_the_document_model(model):
    documents = model._counter.count(NEW_TEXTS)
    batches = tf_vmfvae.data.DocumentBatches(documents, 20, shuffle=False)
    bounds = tf_vmfvae.evaluation.evaluate(model.model_, batches.dataset())

    assert model.score(NEW_TEXTS) == pytest.approx(-np.log(bounds.ppl), abs=0.03)
    assert model.score(NEW_TEXTS) == model.score(NEW_TEXTS)
    assert model.perplexity(NEW_TEXTS) == np.exp(-model.score(NEW_TEXTS))
    # Documents of one topic are easier to predict than random words.
    assert model.perplexity(NEW_TEXTS) < len(model.vocabulary_)


def test_partial_fit_learns_a_new_topic_and_keeps_the_order_of_the_old_ones():
    first = [text for text, label in zip(TEXTS, LABELS, strict=True) if label < 2]
    last = [text for text, label in zip(TEXTS, LABELS, strict=True) if label == 2]
    vocabulary = ALL_WORDS
    model = TopicModel(3, vocabulary=vocabulary, **WHOLE)

    model.partial_fit(first)
    before = model.transform(first).argmax(axis=1)
    model.partial_fit(last)

    assert set(WORDS["money"]) in [set(words[:6]) for words in model.top_words_]
    assert np.mean(model.transform(first).argmax(axis=1) == before) > 0.6
    assert model.epochs_ == 120


def test_seed_words_say_what_the_first_topics_are_about():
    seeds = [["bank", "profit"], ["snow"]]
    model = TopicModel(3, seed_words=seeds, **WHOLE).fit(TEXTS)

    assert set(model.top_words_[0][:6]) == set(WORDS["money"])
    assert set(model.top_words_[1][:6]) == set(WORDS["weather"])
    assert set(model.top_words_[2][:6]) == set(WORDS["sport"])


def test_a_document_without_a_known_word_has_the_topics_of_the_corpus(model):
    shares = model.transform(["", "unknown", "goal"])
    np.testing.assert_allclose(shares[:2], [model.topic_weights_] * 2, rtol=1e-12)
    assert shares[2].max() > shares[0].max()


@pytest.mark.parametrize("count", [1, 10])
def test_few_documents_are_enough(count):
    model = TopicModel(1, epochs=2, max_features=4, stop_words=["said"], **SMALL)
    model.fit(TEXTS[:count])
    assert len(model.vocabulary_) == 4
    assert "said" not in model.vocabulary_
    np.testing.assert_array_equal(model.transform(TEXTS[:3]), np.ones((3, 1)))


def test_it_works_in_a_pipeline_and_a_grid_search():
    pipeline = make_pipeline(
        FunctionTransformer(lambda texts: [text.upper() for text in texts]),
        TopicModel(2, epochs=1, **SMALL),
    )
    split = ShuffleSplit(1, test_size=0.2, random_state=1)
    search = GridSearchCV(pipeline, {"topicmodel__topics": [2, 3]}, cv=split)
    search.fit(TEXTS)

    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    topics = search.best_params_["topicmodel__topics"]
    assert search.transform(TEXTS[:2]).shape == (2, topics)


@pytest.mark.parametrize(
    ("settings", "documents", "message"),
    [
        ({"topics": 0}, TEXTS, "topics must be 1 or more, not 0"),
        ({"topics": 2.5}, TEXTS, "topics must be a whole number"),
        ({"topics": 121}, TEXTS, "topics is 121, but the number of documents"),
        ({"epochs": 0}, TEXTS, "epochs must be 1 or more"),
        ({"learning_rate": -1.0}, TEXTS, "learning_rate must be positive"),
        ({"batch_size": 0}, TEXTS, "batch_size must be 1 or more"),
        ({"kappa": 0.0}, TEXTS, "kappa"),
        ({"latent_dim": 1}, TEXTS, "latent_dim"),
        ({"hidden_dim": 0}, TEXTS, "hidden_dim"),
        ({"input_dropout": 1.0}, TEXTS, "input_dropout"),
        ({"min_df": 1000}, TEXTS, "X: no word of the 120 documents is left"),
        ({"seed_words": [["cat"]]}, TEXTS, r"seed_words\[0\]: 'cat' is not in the"),
        ({"seed_words": ["goal"]}, TEXTS, "seed_words: give a list of lists"),
        ({"seed_words": [["goal"], []]}, TEXTS, r"seed_words\[1\] has no words"),
        ({"seed_words": [["goal"]] * 4}, TEXTS, "seed_words has 4 lists for 3 topics"),
        ({"stop_words": "french"}, TEXTS, "stop_words is 'french'"),
        ({"vocabulary": ["a", "a"]}, TEXTS, "vocabulary: 'a' occurs twice"),
        ({}, "one text", "X is one string"),
        ({}, ["goal", None], r"X\[1\] is None"),
        ({}, [], "X"),
        ({}, [[1, -1], [0, 2], [1, 1]], "X: -1.* is not a count"),
        ({}, [[0.5, 1], [0, 2], [1, 1]], "X: 0.5 is not a count"),
        ({}, np.array([[np.nan, 1.0]] * 3), "NaN"),
        ({"vectorizer": CountVectorizer()}, [[1, 1]] * 3, "vectorizer: X is a matrix"),
        (
            {"vectorizer": CountVectorizer(), "vocabulary": ["goal"]},
            TEXTS,
            "vocabulary: vectorizer has its own",
        ),
        ({"vocabulary": ["a"]}, [[1, 1]] * 3, "X has 2 columns, but the vocabulary"),
    ],
)
def test_bad_input_is_refused_by_name(settings, documents, message):
    model = TopicModel(**{"topics": 3, **SMALL, **settings})
    with pytest.raises(ValueError, match=message):
        model.fit(documents)
    assert not hasattr(model, "topic_word_")


def test_new_counts_must_have_the_vocabularys_columns(model):
    with pytest.raises(ValueError, match="X has 3 columns, but the vocabulary has 20"):
        model.transform(scipy.sparse.csr_matrix([[1, 0, 2]]))


def test_text_is_refused_where_only_columns_are_known(tmp_path):
    counts = np.array([[1, 0], [0, 2], [1, 1]])
    model = TopicModel(1, epochs=1, **SMALL).fit(counts)
    model.save(tmp_path / "topics.keras")
    for each in (model, TopicModel.load(tmp_path / "topics.keras")):
        with pytest.raises(ValueError, match=r"X is text, but .* counts of unnamed"):
            each.transform(["goal"])
        with pytest.raises(ValueError, match="fitted to counts of unnamed words"):
            each.export(tmp_path / "served")


def test_an_export_into_a_folder_with_files_is_refused(model, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FileExistsError, match="is not an empty folder; name another"):
        model.export(tmp_path)


def test_it_passes_the_checks_of_scikit_learn_that_apply_to_text():
    # scikit-learn skips those with numbers for an estimator of texts.
    for estimator, check in estimator_checks_generator(TopicModel()):
        check(estimator)


def test_parameters_are_as_scikit_learn_expects():
    for check in (
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_set_params,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_mixin_order,
    ):
        check("TopicModel", TopicModel())


def test_an_unfitted_model_says_so():
    for method in ("transform", "score", "perplexity"):
        with pytest.raises(NotFittedError, match="TopicModel"):
            getattr(TopicModel(), method)(TEXTS)


def test_fitting_changes_no_parameter_and_no_input(model):
    before = list(TEXTS)
    assert model.get_params() == {**TopicModel().get_params(), "topics": 3, **WHOLE}
    assert before == TEXTS
