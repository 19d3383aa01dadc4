"""A topic model whose topics are regions of the sphere of its codes."""

import keras
import numpy as np
import scipy.special
import tensorflow as tf
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from tf_vmfvae.evaluation import ForwardPass, topic_mixture
from tf_vmfvae.evaluation.top_words import RELEVANCE, rank_words
from tf_vmfvae.evaluation.topic_page import check_page, topic_page
from tf_vmfvae.layers import VonMisesFisherLatent
from tf_vmfvae.models import NVDM
from tf_vmfvae.ops.arguments import whole_number
from tf_vmfvae.topics.document_counter import DocumentCounter
from tf_vmfvae.topics.document_sample import KEPT, DocumentSample, join
from tf_vmfvae.topics.seed_words import check_seed_words, seed_directions
from tf_vmfvae.topics.settings import check_settings
from tf_vmfvae.topics.stored_topics import StoredTopics
from tf_vmfvae.topics.training import train

# Documents that are encoded at once, and documents whose words are counted at once.
ENCODED = 1024
BLOCK = 10 * ENCODED


class TopicModel(
    StoredTopics, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator
):
    """Topics of documents: a neural topic model with scikit-learn's methods.

    A variational autoencoder (`tf_vmfvae.models.NVDM`) gives each document a code on
    the unit sphere, and learns a mixture of von Mises-Fisher distributions as the prior
    of the codes, with a component for each topic. Expectation maximisation then fits
    the components to the documents' mean directions. So a topic is a region of the
    sphere: its words are those that the decoder predicts there, and a document's topics
    are the components that may have drawn its code.

    Args:
        topics: int, at least 1. Number of topics.
        vocabulary: sequence of words to count, or `None` to collect them from the
            documents. See `tf_vmfvae.text.document_words` for what a word is. As in
            `CountVectorizer`, the next four are only used to collect words.
        max_features: int or `None`. Size of the vocabulary: the most frequent words.
        min_df: int or float. A word in fewer documents than this, or than this share of
            them, is left out.
        max_df: int or float. A word in more documents than this, or than this share of
            them, is left out.
        stop_words: `"english"`, a list of words to leave out, or `None`.
        vectorizer: an object like scikit-learn's `CountVectorizer`, which is used
            instead of the options above; or `None`.
        seed_words: list of lists of words, at most `topics` of them, or `None`. The
            first topics are about these words (guided topics), in this order.
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        kappa: float, greater than 0. Concentration of a document's code.
        hidden_dim: int. Width of the encoder's hidden layer.
        input_dropout: float in [0, 1). Share of a document's words that training hides
            from the encoder.
        epochs: int or `None` for a number that fits the number of documents.
        batch_size: int. Number of documents in a training step.
        learning_rate: float. Adam's learning rate.
        random_state: int, `numpy.random.RandomState` or `None`. The same int gives the
            same topics.
        verbose: bool. Whether to show the progress of `fit`.

    Attributes:
        mixture_: `tf_vmfvae.distributions.VonMisesFisherMixture`, the topics on the
            sphere.
        topic_word_: float64 `[topics, words]`. Word probabilities of each topic; each
            row sums to 1. The most frequent topic comes first, after those with
            `seed_words`.
        topic_weights_: float64 `[topics]`. Share of each topic in the documents of
            `fit`; they sum to 1.
        top_words_: list of lists of str. The ten most relevant words of each topic.
        vocabulary_: list of str, the words.
        reads_text_: bool. Whether it reads texts, and not only counts: the words are
            known.
        model_: the `tf_vmfvae.models.NVDM`.
        epochs_: int. Number of epochs that it was trained for.
        presets: of the class: a dictionary from the name of each preset that has
            topics to the title of its card.

    Example:
    >>> import tf_vmfvae
    >>> texts = ["goal ball team"] * 20 + ["rain snow wind"] * 20
    >>> topics = tf_vmfvae.TopicModel(2, hidden_dim=16, random_state=1)
    >>> shares = topics.fit_transform(texts)
    >>> shares.shape, bool(shares[0] @ shares[-1] < 0.1)
    ((40, 2), True)
    >>> sorted(sorted(words[:3]) for words in topics.top_words_)
    [['ball', 'goal', 'team'], ['rain', 'snow', 'wind']]
    >>> new = topics.transform(["the team and the ball"])
    >>> bool(new.argmax() == shares[0].argmax())
    True
    """

    def __init__(
        self,
        topics: int = 20,
        *,
        vocabulary=None,
        max_features=10_000,
        min_df=1,
        max_df=1.0,
        stop_words="english",
        vectorizer=None,
        seed_words=None,
        latent_dim=25,
        kappa=50.0,
        hidden_dim=200,
        input_dropout=0.2,
        epochs=None,
        batch_size=200,
        learning_rate=0.01,
        random_state=None,
        verbose=False,
    ):
        self.topics = topics
        self.vocabulary = vocabulary
        self.max_features = max_features
        self.min_df = min_df
        self.max_df = max_df
        self.stop_words = stop_words
        self.vectorizer = vectorizer
        self.seed_words = seed_words
        self.latent_dim = latent_dim
        self.kappa = kappa
        self.hidden_dim = hidden_dim
        self.input_dropout = input_dropout
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y=None):
        """Finds the topics of documents.

        Args:
            X: the documents: a list, array, Series or generator of strings; or their
                counts, a matrix `[documents, words]`, dense or sparse.
            y: ignored; scikit-learn passes it.

        Returns:
            The estimator itself.

        Raises:
            ValueError: if an argument is out of its range, or fewer documents have a
                word of the vocabulary than there are topics.
        """
        self._fit(X)
        return self

    def fit_transform(self, X, y=None) -> np.ndarray:
        """Finds the topics of documents, and returns each one's distribution over them.

        The texts are read once, so `X` may be a generator.

        Args:
            X: the documents, as in `fit`.
            y: ignored.

        Returns:
            As `transform`.

        Raises:
            ValueError: as `fit`.
        """
        return self._shares(self._fit(X))

    def partial_fit(self, X, y=None):
        """Learns from more documents, and keeps the order of the topics.

        The first call collects the vocabulary, which stays; words that come later are
        ignored. Each call trains on its documents and on a sample of the earlier ones.
        The sample is not saved.

        Args:
            X: the documents, as in `fit`.
            y: ignored.

        Returns:
            The estimator itself.

        Raises:
            ValueError: as for `fit`.
        """
        if not hasattr(self, "model_"):
            return self.fit(X)
        check_settings(self)
        documents = _with_words(self._counter.count(X))
        if not len(documents):
            raise ValueError("X: no document has a word of the vocabulary")
        both = join(documents, self._sample.documents)
        self._train(both)
        self._sample.add(documents)
        self._find_topics(both, continued=True)
        return self

    def transform(self, X) -> np.ndarray:
        """Returns the distribution over topics of each document.

        Args:
            X: the documents, as in `fit`. A generator is read a few thousand texts at
                a time, so they need not be in memory at once.

        Returns:
            A float64 array `[documents, topics]`, whose rows sum to 1. A document
            without a known word has `topic_weights_`.

        Raises:
            ValueError: if an element of `X` is not text, or a count not a count.
        """
        check_is_fitted(self)
        blocks = map(self._shares, self._counter.blocks(X, BLOCK))
        return np.concatenate([np.zeros((0, self.topics)), *blocks])

    def top_words(self, words: int = 10, relevance: float = RELEVANCE) -> list:
        """Returns the most relevant words of each topic, the best first.

        Relevance (Sievert and Shirley 2014) is
        `relevance * log p(w|t) + (1 - relevance) * log(p(w|t) / p(w))`.

        Args:
            words: int, at least 1. Number of words; fewer if the vocabulary is smaller.
            relevance: float in [0, 1]. 1 ranks by probability alone, 0 by lift alone.

        Raises:
            ValueError: if an argument is out of its range.
        """
        check_is_fitted(self)
        words = whole_number("words", words, 1)
        if not 0 <= relevance <= 1:
            raise ValueError(f"relevance is {relevance}: give a number from 0 to 1")
        ranked = rank_words(self.topic_word_, self.topic_weights_, relevance)
        return [[self.vocabulary_[i] for i in row[:words]] for row in ranked]

    def score(self, X, y=None) -> float:
        """Returns a lower bound of the mean log-likelihood of a word, in nats.

        Args:
            X: the documents, as in `fit`. Those without a known word do not count.
            y: ignored.

        Raises:
            ValueError: if no document has a known word.
        """
        check_is_fitted(self)
        documents = _with_words(self._counter.count(X))
        if not len(documents):
            raise ValueError("X: no document has a word of the vocabulary")
        nats = 0.0
        for number, pairs in enumerate(map(tf.constant, documents.padded(ENCODED))):
            forward = ForwardPass(self.model_, pairs)
            # The same draws in each call.
            z = forward.posterior.sample(seed=[self._seed, number])
            nll = forward.reconstruction(z) + forward.kl()
            nats += float(tf.reduce_sum(tf.cast(nll, tf.float64)))
        return -nats / int(documents.num_words.sum())

    def perplexity(self, X) -> float:
        """Returns an upper bound of the perplexity of a word, `exp(-score(X))`."""
        return float(np.exp(-self.score(X)))

    def save_page(self, path, X) -> None:
        """Writes a web page on which the topics can be explored, with pyLDAvis.

        It shows a map of the topics, how large they are, and their words by relevance
        (see `top_words`). It needs no network. Topic 0 is the first row of
        `topic_word_`.

        Args:
            path: path that ends in `.html`.
            X: the documents, as in `fit`. A topic is as large as the number of their
                words that belong to it.

        Raises:
            ImportError: if pyLDAvis is not installed.
            ValueError: if the name does not end in `.html`, there is only one topic, or
                no document has a known word.
        """
        check_is_fitted(self)
        path = check_page(path, self.topics)
        documents = self._counter.count(X)
        if not documents.lengths.any():
            raise ValueError("X: no document has a word of the vocabulary")
        tokens = documents.num_words @ self._shares(documents)
        page = topic_page(self.topic_word_, tokens, self.vocabulary_)
        path.write_text(page, encoding="utf-8")

    @property
    def _n_features_out(self):
        return self.topics

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.sparse = True
        tags.input_tags.two_d_array = False
        tags.input_tags.positive_only = True
        return tags

    def _make_counter(self):
        return DocumentCounter(
            self.vocabulary,
            self.max_features,
            self.min_df,
            self.max_df,
            self.stop_words,
            self.vectorizer,
        )

    def _fit(self, X):
        """Does what `fit` does; returns the documents, empty ones too."""
        check_settings(self)
        self._counter = self._make_counter()
        counted = self._counter.fit(X)
        documents = _with_words(counted)
        self._begin(documents)
        self._train(documents)
        self._find_topics(documents)
        return counted

    def _begin(self, documents):
        """Makes the model for documents that have words."""
        if len(documents) < self.topics:
            raise ValueError(
                f"topics is {self.topics}, but the number of documents with a word of "
                f"the vocabulary is {len(documents)}: ask for fewer topics, or give "
                "more documents"
            )
        check_seed_words(self.seed_words, self._counter.words)
        self._seed = int(check_random_state(self.random_state).randint(2**30))
        latent = VonMisesFisherLatent(
            self.latent_dim,
            float(self.kappa),
            seed=self._seed + 1,
            prior_components=self.topics,
        )
        self.model_ = NVDM(
            self._counter.words,
            latent,
            hidden_dim=self.hidden_dim,
            encoder_layers=1,
            decoder_layers=0,
            input_dropout=self.input_dropout,
            seed=self._seed,
        )
        self.model_.adapt(documents)
        self.model_.compile(keras.optimizers.Adam(self.learning_rate))
        self.epochs_ = 0
        self._sample = DocumentSample(KEPT, self._seed)
        self._sample.add(documents)

    def _shares(self, documents):
        """Returns the distribution over topics of each document."""
        shares = topic_mixture.shares(
            self.mixture_, self.model_.encode(documents, ENCODED)
        )
        shares[documents.lengths == 0] = self.topic_weights_
        return shares

    def _train(self, documents):
        self.epochs_ += train(
            self.model_,
            documents,
            self.batch_size,
            self.epochs,
            finished=self.epochs_,
            seed=self._seed,
            verbose=self.verbose,
        )

    def _find_topics(self, documents, continued=False):
        documents = documents[topic_mixture.sample_rows(len(documents), self._seed)]
        codes = self.model_.encode(documents, ENCODED)
        self._set_topics(
            topic_mixture.fit(
                codes,
                self.topics,
                topic_mixture.prior_directions(self.model_, self.topics),
                seed=self._seed,
                anchors=seed_directions(
                    self.seed_words, self._counter.words, documents, codes
                ),
                start=self.mixture_ if continued else None,
            )
        )

    def _set_topics(self, mixture):
        self.mixture_ = mixture
        self.vocabulary_ = list(self._counter.words)
        self.reads_text_ = self._counter.reads_text
        self.topic_word_ = topic_mixture.words(self.model_, mixture)
        self.topic_weights_ = scipy.special.softmax(mixture.logits.numpy())
        self.top_words_ = self.top_words()


def _with_words(documents):
    """Returns the documents that are not empty."""
    has_words = documents.lengths > 0
    return documents if has_words.all() else documents[has_words]
