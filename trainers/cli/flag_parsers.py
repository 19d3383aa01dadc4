"""Parsers for the values of flags, one class for each kind of value."""

import os

from absl import flags


class _NumericParser:
    """Reads numbers; an error says which numbers the flag takes.

    Args:
        kind: what the flag takes, for the message.
    """

    def __init__(self, kind: str):
        super().__init__()
        self.syntactic_help = kind

    def convert(self, argument):
        try:
            return super().convert(argument)
        except ValueError:
            raise ValueError(f"must be {self.syntactic_help}") from None


class IntegerParser(_NumericParser, flags.IntegerParser):
    """Reads integers."""


class FloatParser(_NumericParser, flags.FloatParser):
    """Reads floating-point numbers."""


class PathParser(flags.ArgumentParser):
    """Reads names of files and folders, and expands a leading ~.

    A shell expands it only at the beginning of a word, not after `--output_dir=`.

    Args:
        for_tensorflow: whether TensorFlow writes there, which needs a name in UTF-8.
    """

    def __init__(self, for_tensorflow: bool):
        self._for_tensorflow = for_tensorflow

    def parse(self, argument):
        if not argument:
            raise ValueError("is empty; give a name or leave the flag out")
        if "\0" in argument:
            raise ValueError("a name has no zero byte")
        path = os.path.expanduser(argument)
        if path.startswith("~"):
            raise ValueError(
                f"there is no user {path[1:].partition('/')[0]!r}; for a file whose "
                f"name begins with ~ write ./{argument}"
            )
        if self._for_tensorflow and not is_utf8(path):
            raise ValueError("is not UTF-8, as TensorFlow needs; give another name")
        return path


class TextParser(flags.ArgumentParser):
    """Reads text; an argument that is not UTF-8 is refused."""

    def parse(self, argument):
        if not is_utf8(argument):
            raise ValueError("is not UTF-8 text")
        return argument


def is_utf8(text: str) -> bool:
    r"""Returns whether an argument was UTF-8 on the command line.

    >>> is_utf8("caf\u00e9"), is_utf8("caf\udce9")
    (True, False)
    """
    # Python keeps bytes that are not UTF-8 as lone surrogates.
    return not any("\ud800" <= character <= "\udfff" for character in text)
