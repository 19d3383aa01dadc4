"""Skip-gram vectors of the training documents, with which ETM begins.

TopMost's tutorials give it pretrained GloVe vectors. ETM's authors fit skip-gram
vectors to the documents, with the settings that are used here.
"""

import gensim
import numpy as np

from benchmarks.topics.systems.word_lists import words_of_documents


def skip_gram(counts, dimension: int, seed: int) -> np.ndarray:
    """Returns a vector for each word, float32 `[words, dimension]`.

    Bags of words have no order, so the words of each document are shuffled.

    Args:
        counts: training documents, `[documents, words]`.
        dimension: size of a vector.
        seed: seed of the training. A word that is in no document gets a random vector.
    """
    rng = np.random.default_rng(seed)
    names = [str(i) for i in range(counts.shape[1])]
    model = gensim.models.Word2Vec(
        [
            rng.permutation(words).tolist()
            for words in words_of_documents(counts, names)
        ],
        sg=1,
        vector_size=dimension,
        window=4,
        negative=10,
        epochs=50,
        min_count=1,
        workers=1,
        seed=seed,
    )
    vectors = rng.normal(size=(len(names), dimension)).astype(np.float32)
    vectors[[int(word) for word in model.wv.index_to_key]] = model.wv.vectors
    return vectors
