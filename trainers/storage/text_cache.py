"""Where a large text of the user's own is encoded."""

import contextlib
import os

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
        labels: the labels of the sentences, which are read together with them, so that
            all are held in memory; `None` if there are none.

    Raises:
        ValueError: if there is no text, or its folder is unusable.

    >>> text_cache("embedded", None) is None
    True
    """
    if dataset != "text" or not data_dir or labels is not None:
        return None
    if _size(data_dir) <= LARGE:
        return None
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(caches, NAME)


def _size(path):
    """Returns the number of bytes in a text."""
    total = 0
    for files in find_files(path).splits.values():
        for file in files:
            # Whoever reads the file says what is wrong with it.
            with contextlib.suppress(OSError):
                total += file.stat().st_size
    return total
