"""Where a large text of the user's own is encoded."""

import os

from tf_vmfvae.data.documents.own_documents import find_own_documents
from tf_vmfvae.data.sentences.own_text import find_files

# A text of more bytes is read from disk. In memory its sentences would take 20 times
# that while they are read.
LARGE = 32 * 2**20
# Within the folder for caches.
NAME = "tf_vmfvae"


def text_cache(
    dataset: str, data_dir: str | None, labels: str | None = None
) -> str | None:
    """Returns the folder in which a text is encoded; `None` if it is held in memory.

    It is in $XDG_CACHE_HOME, by default ~/.cache, and shared by all runs.

    Args:
        dataset: value of --dataset.
        data_dir: value of --data_dir.
        labels: the labels of the sentences, the argument of `tf_vmfvae.data.load`;
            `None` if there are none. They count as a part of the text.

    Raises:
        ValueError: if there is no text, its folder is unusable, or one of text and
            labels is a file and the other one a folder.

    >>> text_cache("embedded", None) is None
    True
    """
    if dataset != "text" or not data_dir:
        return None
    text = find_files(data_dir, labels)
    # A pipe cannot be read again to see whether it was encoded before.
    return None if text.has_pipe else _folder_for(text.size)


def document_cache(dataset: str, data_dir: str | None) -> str | None:
    """Returns the folder in which documents are encoded, as `text_cache` does.

    Args:
        dataset: value of --dataset.
        data_dir: value of --data_dir.

    Raises:
        ValueError: if there are no documents, or their folder is unusable.

    >>> document_cache("20ng", "data") is None
    True
    """
    if dataset != "text" or not data_dir:
        return None
    return _folder_for(find_own_documents(data_dir).size)


def _folder_for(size):
    """Returns the folder for a text of that many bytes, or `None`."""
    if size <= LARGE:
        return None
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(caches, NAME)
