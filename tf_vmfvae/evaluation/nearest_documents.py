"""The documents that are most similar to given ones."""

import numpy as np


def nearest_documents(
    codes: np.ndarray, among: np.ndarray, count: int = 5
) -> tuple[np.ndarray, np.ndarray]:
    """Finds the documents whose codes have the largest cosine with given codes.

    Args:
        codes: codes of the documents to find neighbours for, `[queries, d]`, as
            returned by `NVDM.transform`.
        among: codes of the documents to search, `[documents, d]`.
        count: int. Number of documents to find for each query.

    Returns:
        Indices into `among`, int64 `[queries, count]`, nearest first, and the cosines,
        of the same shape.

    Raises:
        ValueError: if `count` is below 1, or there are fewer than `count` documents.

    Example:
    >>> among = np.array([[1.0, 0.0], [0.0, 1.0], [0.8, 0.6]])
    >>> indices, cosines = nearest_documents(np.array([[2.0, 0.0]]), among, count=2)
    >>> indices.tolist(), cosines.round(3).tolist()
    ([[0, 2]], [[1.0, 0.8]])
    """
    # Slow to import.
    from sklearn.neighbors import NearestNeighbors

    if not 1 <= count <= len(among):
        raise ValueError(f"count is {count}: there are {len(among)} documents")
    search = NearestNeighbors(n_neighbors=count, metric="cosine").fit(among)
    distances, indices = search.kneighbors(codes)
    return indices, 1.0 - distances
