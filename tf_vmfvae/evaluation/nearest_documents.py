"""Documents about the same thing."""

import numpy as np


def nearest_documents(
    codes: np.ndarray, among: np.ndarray, count: int = 5
) -> tuple[np.ndarray, np.ndarray]:
    """Finds the documents whose codes point the same way.

    Args:
        codes: codes of the documents asked about, `[queries, d]`, as
            `NVDM.transform` gives them.
        among: codes of the documents to choose from, `[documents, d]`.
        count: int. How many to find for each.

    Returns:
        Indices into `among`, int64 `[queries, count]`, the nearest first, and their
        cosines, of the same shape.

    Raises:
        ValueError: if there are fewer than `count` documents.

    Example:
    >>> among = np.array([[1.0, 0.0], [0.0, 1.0], [0.8, 0.6]])
    >>> indices, cosines = nearest_documents(np.array([[2.0, 0.0]]), among, count=2)
    >>> indices.tolist(), cosines.round(3).tolist()
    ([[0, 2]], [[1.0, 0.8]])
    """
    # It takes a while to import.
    from sklearn.neighbors import NearestNeighbors

    if not 1 <= count <= len(among):
        raise ValueError(f"count is {count}: there are {len(among)} documents")
    search = NearestNeighbors(n_neighbors=count, metric="cosine").fit(among)
    distances, indices = search.kneighbors(codes)
    return indices, 1.0 - distances
