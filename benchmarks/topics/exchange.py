"""Files by which the program and its worker processes exchange data."""

import hashlib
import os
import pathlib

import numpy as np
import scipy.sparse


def write_corpus(path: pathlib.Path, vocabulary: list[str], **parts) -> None:
    """Writes a vocabulary and sparse matrices of counts, `[documents, words]`.

    The file appears whole: another process may be reading the same corpus.
    """
    arrays = {"vocabulary": np.array(vocabulary)}
    for name, matrix in parts.items():
        arrays |= {
            f"{name}_data": matrix.data,
            f"{name}_indices": matrix.indices,
            f"{name}_indptr": matrix.indptr,
        }
    unfinished = path.with_suffix(f".{os.getpid()}.npz")
    np.savez(unfinished, **arrays)
    unfinished.replace(path)


def read_corpus(
    path: pathlib.Path,
) -> tuple[list[str], dict[str, scipy.sparse.csr_matrix]]:
    """Returns what `write_corpus` wrote: the vocabulary, and the matrices by name."""
    with np.load(path) as arrays:
        vocabulary = arrays["vocabulary"].tolist()
        parts = {}
        for name in (key[:-5] for key in arrays if key.endswith("_data")):
            rows = (arrays[f"{name}_{kind}"] for kind in ("data", "indices", "indptr"))
            data, indices, indptr = rows
            parts[name] = scipy.sparse.csr_matrix(
                (data, indices, indptr), shape=(len(indptr) - 1, len(vocabulary))
            )
    return vocabulary, parts


def digest(path: pathlib.Path) -> str:
    """Returns a hash of a file's content, by which a changed corpus is found out."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
