"""The progress bar that every program shows."""

from collections.abc import Iterable

import tqdm


def progress_bar(
    steps: Iterable, title: str, total: int | None = None, first: int = 0
) -> tqdm.tqdm:
    """Returns an iterator over `steps` that shows a bar if stderr is a terminal.

    Args:
        steps: batches, for example.
        title: what the bar says in front.
        total: how many steps there are; by default the length of `steps`.
        first: how many steps are already done.

    >>> list(progress_bar(["one", "two"], "reading"))
    ['one', 'two']
    """
    return tqdm.tqdm(
        steps,
        desc=title,
        total=total,
        initial=first,
        unit="batch",
        leave=False,
        mininterval=1.0,
        dynamic_ncols=True,
        disable=None,
    )
