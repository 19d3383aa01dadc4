"""Text in Markdown."""

import re

# What has a meaning in Markdown, or in the mathematics and HTML that it may hold.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>$|~&])")


class Markdown(str):
    """Text that is Markdown already, such as that of a cell with words in bold."""


def escape(text: str) -> Markdown:
    r"""Returns the Markdown that shows a text as it is.

    >>> escape("<unk> rose to $ N")
    '\\<unk\\> rose to \\$ N'
    """
    if isinstance(text, Markdown):
        return text
    return Markdown(_SPECIAL.sub(r"\\\1", text))
