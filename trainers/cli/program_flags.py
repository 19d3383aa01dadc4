"""The flags of a program: what each one takes and what it is by default."""

import os
from collections.abc import Sequence
from typing import Any

from absl import flags

from trainers.cli.defaults import Default, Derived, describe, fill_in
from trainers.cli.errors import UserError
from trainers.cli.ranges import Range, shortened

# --help lists a flag with the program that has it defined here.
flags.disclaim_key_flags()

# The default of a flag for which the program's table has one.
IN_TABLE = object()
# Characters of an argument that a message shows whole; paths are not short.
LONGEST = 300
# Flags that may have no value, where another one decides.
_MAY_BE_ABSENT = {"training_kappa", "concentration_features"}


class ProgramFlags:
    """The flags of one program.

    Each flag is defined together with what it takes and with its default, unless that
    depends on other flags: then it is in the program's table. The values of a run and
    the text of --help are both made from these, so they cannot disagree.

    Args:
        table: the defaults that depend on other flags. Of two that hold, the later one
            counts.
        values: where absl keeps the flags.

    Attributes:
        names: the names of the flags, in the order of their definition.
        ranges: by the flag's name what it takes, if it takes numbers.

    >>> from trainers.cli.ranges import integers
    >>> own = ProgramFlags(values=flags.FlagValues())
    >>> own.integer("epochs", "Number of epochs.", integers(1, 100), default=6)
    >>> own.parse([])
    >>> own.settings()
    {'epochs': 6}
    """

    def __init__(
        self,
        table: Sequence[Default] = (),
        values: flags.FlagValues = flags.FLAGS,
    ):
        self.names = []
        self._table = table
        self._values = values
        self._constant = {}
        self.ranges = {}

    def integer(
        self,
        name: str,
        text: str,
        allowed: Range,
        default: Any = IN_TABLE,
        many: bool = False,
    ) -> None:
        """Defines a flag for an integer, or for one that may be repeated (`many`)."""
        self.ranges[name] = allowed
        parser = _Integer(f"an integer, {allowed.words}")
        self._define(name, text, default, parser, many)

    def number(
        self, name: str, text: str, allowed: Range, default: Any = IN_TABLE
    ) -> None:
        """Defines a flag for a floating-point number."""
        self.ranges[name] = allowed
        self._define(name, text, default, _Number(f"a number, {allowed.words}"))

    def choice(
        self, name: str, text: str, choices: Sequence[str], default: Any = IN_TABLE
    ) -> None:
        """Defines a flag for one of several words."""
        text = f"<{'|'.join(choices)}>: {text}"
        self._define(name, text, default, flags.EnumParser(tuple(choices)))

    def switch(self, name: str, text: str, default: Any = IN_TABLE) -> None:
        """Defines a flag that is on or off."""
        text = self._with_default(name, text, default)
        flags.DEFINE_boolean(name, None, text, flag_values=self._values)

    def path(
        self,
        name: str,
        text: str,
        default: Any = IN_TABLE,
        for_tensorflow: bool = False,
    ) -> None:
        """Defines a flag for a file or a folder; a leading ~ is the home folder.

        Where TensorFlow is to write below it (`for_tensorflow`), its name has to be
        UTF-8.
        """
        self._define(name, text, default, _Path(for_tensorflow))

    def sentences(self, name: str, text: str) -> None:
        """Defines a flag for text, which may be repeated."""
        self._define(name, text, [], _Text(), many=True)

    def parse(self, arguments: Sequence[str]) -> None:
        """Takes in the arguments of a command line.

        Raises:
            UserError: if one is no flag of the program, or not of the flag's kind.
        """
        try:
            # What absl reads of a --flagfile, before it parses anything.
            arguments = self._values.read_flags_from_files(arguments)
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"--flagfile: cannot be read ({error})") from error
        except flags.Error as error:
            raise UserError(_brief(str(error), arguments)) from error
        try:
            rest = self._values(["", *arguments], known_only=False)
        except flags.Error as error:
            raise UserError(_brief(str(error), arguments)) from error
        if len(rest) > 1:
            raise UserError(f"unexpected argument {shortened(rest[1])!r}; see --help")

    def given(self, name: str) -> bool:
        """Whether the command line has the flag `name`."""
        return bool(self._values[name].present)

    def settings(self) -> dict[str, Any]:
        """Returns the value of every flag by name, defaults filled in.

        Raises:
            UserError: if a number is out of its flag's range.
        """
        given = {n: self._values[n].value for n in self.names if self.given(n)}
        settings = self.fill_in(given)
        for name, allowed in self.ranges.items():
            value = settings[name]
            for number in value if isinstance(value, list) else [value]:
                if number is not None:
                    allowed.check(name, number)
        return settings

    def fill_in(self, given: dict[str, Any]) -> dict[str, Any]:
        """Returns the value of every flag by name, if those in `given` were given."""
        filled = fill_in([Default(self._constant), *self._table], given)
        return {name: filled.get(name) for name in self.names}

    def constant_defaults(self) -> dict[str, Any]:
        """Returns the defaults that depend on no other flag, by name."""
        return {
            name: None if isinstance(default, Derived) else default
            for name, default in self._constant.items()
        }

    def check_stored(self, name: str, value: Any) -> None:
        """Checks a flag's value that was read from a file.

        Raises:
            UserError: if the flag does not take it.
        """
        flag = self._values[name]
        if value is None:
            # Its default may be one that other flags decide.
            is_sound = name in _MAY_BE_ABSENT or self._constant.get(name, 0) is None
        else:
            is_boolean = isinstance(flag.parser, flags.BooleanParser)
            try:
                is_sound = flag.parser.parse(value) == value
            except (TypeError, ValueError):
                is_sound = False
            is_sound = is_sound and isinstance(value, bool) == is_boolean
        if not is_sound:
            raise UserError(f"--{name} is {value!r:.80}")
        if value is not None and name in self.ranges:
            self.ranges[name].check(name, value)

    def leave_aside(self, settings: dict, without_effect: dict[str, str]) -> list[str]:
        """Sets to `None` what has no effect on the run: it is no part of what it is.

        Args:
            settings: every flag's value by name, changed in place.
            without_effect: flags that nothing reads, each with the flag that makes it
                so.

        Returns:
            Notes for the user on what they gave in vain. Not an error: so one command
            compares latents by a change of --latent alone.
        """
        notes = []
        for name, cause in without_effect.items():
            if self.given(name):
                value = settings[cause]
                why = f"out --{cause}" if value is None else f" --{cause}={value}"
                notes.append(f"--{name} has no effect with{why}")
            settings[name] = None
        return notes

    def _define(self, name, text, default, parser, many=False):
        text = self._with_default(name, text, default)
        if many:
            # absl adds to the text that the flag may be repeated.
            text = text.removesuffix(".")
            flags.DEFINE_multi(parser, None, name, None, text, self._values)
        else:
            flags.DEFINE(parser, name, None, text, self._values)

    def _with_default(self, name, text, default):
        """Notes the flag and its default; returns its text with the default."""
        self.names.append(name)
        if default is not IN_TABLE:
            self._constant[name] = default
        return f"{text} {describe([Default(self._constant), *self._table], name)}"


class _Integer(flags.IntegerParser):
    """Takes integers; says what kind of integer it wants."""

    def __init__(self, kind: str):
        super().__init__()
        self.syntactic_help = kind

    def convert(self, argument):
        return _convert(super().convert, argument, self.syntactic_help)


class _Number(flags.FloatParser):
    """Takes numbers; says what kind of number it wants."""

    def __init__(self, kind: str):
        super().__init__()
        self.syntactic_help = kind

    def convert(self, argument):
        return _convert(super().convert, argument, self.syntactic_help)


def _convert(convert, argument, kind):
    try:
        return convert(argument)
    except ValueError:
        raise ValueError(f"must be {kind}") from None


class _Path(flags.ArgumentParser):
    """Takes names of files and folders, and opens up a leading ~.

    A shell does so only at the beginning of a word, not after `--output_dir=`.
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
                f"there is no user {path[1:].partition('/')[0]!r}; a name that begins "
                f"with ~ is written ./{argument}"
            )
        if self._for_tensorflow and not is_utf8(path):
            raise ValueError("is not UTF-8, which TensorFlow writes; name another one")
        return path


class _Text(flags.ArgumentParser):
    """Takes text, which a command line can hold in other encodings than UTF-8 too."""

    def parse(self, argument):
        if not is_utf8(argument):
            raise ValueError("is not UTF-8 text")
        return argument


def is_utf8(text: str) -> bool:
    r"""Whether a text from the command line was UTF-8 there.

    >>> is_utf8("caf\u00e9"), is_utf8("caf\udce9")
    (True, False)
    """
    # What was not is kept as lone surrogates.
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _brief(message, arguments):
    """The message in one line, without what is too long to be read in it."""
    for argument in arguments:
        for piece in argument.split("=", maxsplit=1):
            if len(piece) > LONGEST:
                message = message.replace(piece, shortened(piece))
    return " ".join(message.split())
