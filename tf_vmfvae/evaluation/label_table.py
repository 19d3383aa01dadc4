"""How well codes predict the labels of documents, compared with word counts."""

import dataclasses
import warnings

import numpy as np
import scipy.sparse

from tf_vmfvae.evaluation.result import Result


@dataclasses.dataclass(frozen=True)
class LabelAccuracy(Result):
    """Share of test documents whose label is predicted correctly.

    Attributes:
        nearest_neighbours: accuracy of a vote among the nearest training documents.
        logistic_regression: accuracy of a linear classifier.
    """

    nearest_neighbours: float
    logistic_regression: float


def label_table(model, train, test, neighbours: int = 20) -> dict[str, LabelAccuracy]:
    """Predicts the labels of documents from their codes, word counts and TF-IDF.

    Args:
        model: a `tf_vmfvae.models.NVDM`.
        train: labelled `tf_vmfvae.data.Documents` to fit the classifiers to.
        test: labelled documents to measure the accuracy on.
        neighbours: int. Number of nearest neighbours, by the cosine, that vote.

    Returns:
        A dictionary from `"codes"`, `"counts"` and `"tf-idf"` to their accuracies. If
        the training documents have a single label, that label is always predicted.

    Raises:
        ValueError: if documents have no labels.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=20.0, seed=1)
    >>> model = tf_vmfvae.models.NVDM(["ball", "goal", "rain"], latent, seed=1)
    >>> rows = [[(1, 2), (2, 1)], [(3, 3)], [(3, 1)], [(1, 1)]]
    >>> labels = ["sport", "weather", "weather", "sport"]
    >>> documents = tf_vmfvae.data.Documents.from_rows(rows, labels)
    >>> table = tf_vmfvae.evaluation.label_table(model, documents, documents, 1)
    >>> table["counts"].nearest_neighbours
    1.0
    """
    # Slow to import.
    from sklearn.feature_extraction.text import TfidfTransformer

    if train.labels is None or test.labels is None:
        raise ValueError("the documents have no labels: there is nothing to predict")
    size = len(model.vocabulary)
    counts = train.matrix(size), test.matrix(size)
    weigh = TfidfTransformer(sublinear_tf=True).fit(counts[0])
    representations = {
        "codes": (model.encode(train), model.encode(test)),
        "counts": counts,
        "tf-idf": tuple(weigh.transform(part) for part in counts),
    }
    return {
        name: _accuracy(*parts, train.labels, test.labels, neighbours)
        for name, parts in representations.items()
    }


def _accuracy(train, test, train_labels, test_labels, neighbours):
    from sklearn.dummy import DummyClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    nearest = KNeighborsClassifier(min(neighbours, train.shape[0]), metric="cosine")
    scaler = StandardScaler(with_mean=not scipy.sparse.issparse(train))
    linear = make_pipeline(scaler, LogisticRegression(C=0.1, max_iter=1_000))
    if len(np.unique(train_labels)) == 1:
        # Logistic regression needs two labels.
        linear = DummyClassifier()
    with warnings.catch_warnings():
        # Labels that few documents share are no numbers to be predicted by regression,
        # as scikit-learn suspects.
        warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
        scores = [
            np.mean(classifier.fit(train, train_labels).predict(test) == test_labels)
            for classifier in (nearest, linear)
        ]
    return LabelAccuracy(*map(float, scores))
