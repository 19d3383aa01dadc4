"""Non-negative matrix factorisation of TF-IDF by scikit-learn."""

import importlib.metadata
import warnings

import numpy as np
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.pipeline import make_pipeline

from benchmarks.topics.systems.fitted import Fitted, largest


def fit(counts, vocabulary, topics: int, seed: int) -> Fitted:
    """Fits NMF with scikit-learn's defaults.

    It is a model of TF-IDF weights, so it has no probabilities of words.
    """
    model = make_pipeline(TfidfTransformer(), NMF(topics, random_state=seed))
    with warnings.catch_warnings():
        # Its default number of iterations is what is compared.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(counts.astype(np.float64))

    return Fitted(
        largest(model[-1].components_),
        lambda new: model.transform(new.astype(np.float64)),
        None,
        {"scikit-learn": importlib.metadata.version("scikit-learn")},
    )
