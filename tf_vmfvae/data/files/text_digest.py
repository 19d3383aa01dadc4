"""The digest of a list of texts."""

import hashlib
import itertools
from collections.abc import Iterable

# How many texts are joined before they are hashed, which is faster than one by one.
CHUNK = 10_000


def text_digest(texts: Iterable[str]) -> tuple[int, str]:
    """Returns the number of texts without line ends, and a hash of them in order.

    Args:
        texts: the texts, which need not be in memory at once.

    >>> text_digest(["a b", "c"])
    (2, '1a83c802db44075dea0446ff1cf96984')
    """
    digest, count, texts = hashlib.blake2b(digest_size=16), 0, iter(texts)
    while chunk := list(itertools.islice(texts, CHUNK)):
        count += len(chunk)
        lines = "\n".join([*chunk, ""])
        # Lone surrogates can be hashed too, although no file reader returns them.
        digest.update(lines.encode("utf-8", "surrogatepass"))
    return count, digest.hexdigest()
