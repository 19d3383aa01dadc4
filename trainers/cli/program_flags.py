"""The flags of a program: what each one takes and what it is by default."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from absl import flags

from trainers.cli.defaults import Default, Derived, describe, fill_in
from trainers.cli.earlier_flags import EarlierFlags
from trainers.cli.errors import UserError
from trainers.cli.flag_parsers import (
    FloatParser,
    IntegerParser,
    PathParser,
    TextParser,
)
from trainers.cli.help_text import help_text
from trainers.cli.ranges import Range, shortened

# The default of a flag that has one in the program's table.
IN_TABLE = object()
# A message shows this many characters of an argument; paths are not short.
LONGEST = 300


class ProgramFlags:
    """The flags of one program.

    Each flag is defined together with what it takes and with its default. A default
    that depends on other flags stands in the program's table instead. The values of a
    run and the text of --help both come from these definitions, so they cannot
    disagree.

    Args:
        table: the defaults that depend on other flags. If two apply, the later one
            counts.
        values: where absl keeps the flags.
        check: called with every flag's value; raises `UserError` if two values
            contradict each other or a file cannot be read.
        check_new: called in the same way, but only for a run that has not started.
        without_effect: called with every flag's value; returns the flags that have no
            effect, each with the flag that is the reason.
        earlier: what the flags of runs started by earlier versions mean today.

    Attributes:
        names: the names of the flags, in the order of their definition.
        ranges: the range of each flag that takes numbers, by name.

    >>> from trainers.cli.ranges import integers
    >>> own = ProgramFlags(values=flags.FlagValues())
    >>> own.integer("epochs", "Number of epochs.", integers(1, 100), default=6)
    >>> own.parse([])
    >>> own.read_settings()
    ({'epochs': 6}, [])
    """

    def __init__(
        self,
        table: Sequence[Default] = (),
        values: flags.FlagValues = flags.FLAGS,
        *,
        check: Callable[[dict], None] = lambda settings: None,
        check_new: Callable[[dict], None] = lambda settings: None,
        without_effect: Callable[[dict], dict[str, str]] = lambda settings: {},
        earlier: EarlierFlags | None = None,
    ):
        self.names = []
        self.ranges = {}
        self.check = check
        self.check_new = check_new
        self.without_effect = without_effect
        self.earlier = earlier or EarlierFlags()
        self._table = table
        self._values = values
        self._constant = {}
        self._groups = {}
        self._group = "Flags"

    def group(self, title: str) -> None:
        """Puts the flags that are defined from now on under a title of --help."""
        self._group = title

    def integer(
        self,
        name: str,
        text: str,
        allowed: Range,
        default: Any = IN_TABLE,
        many: bool = False,
    ) -> None:
        """Defines a flag that takes an integer; with `many` it may be repeated."""
        self.ranges[name] = allowed
        parser = IntegerParser(f"an integer, {allowed.words}")
        self._define(name, "INTEGER", text, default, parser, many)

    def number(
        self, name: str, text: str, allowed: Range, default: Any = IN_TABLE
    ) -> None:
        """Defines a flag that takes a floating-point number."""
        self.ranges[name] = allowed
        parser = FloatParser(f"a number, {allowed.words}")
        self._define(name, "NUMBER", text, default, parser)

    def choice(
        self, name: str, text: str, choices: Sequence[str], default: Any = IN_TABLE
    ) -> None:
        """Defines a flag that takes one of several words."""
        text = f"{text} Choices: {', '.join(choices)}."
        self._define(name, "NAME", text, default, flags.EnumParser(tuple(choices)))

    def switch(self, name: str, text: str, default: Any = IN_TABLE) -> None:
        """Defines a flag that is on or off."""
        text = self._describe(f"--[no]{name}", name, text, default)
        flags.DEFINE_boolean(name, None, text, flag_values=self._values)

    def path(
        self,
        name: str,
        text: str,
        default: Any = IN_TABLE,
        for_tensorflow: bool = False,
    ) -> None:
        """Defines a flag that takes a file or a folder; ~ is the home folder.

        With `for_tensorflow` the name has to be UTF-8, because TensorFlow writes there.
        """
        self._define(name, "PATH", text, default, PathParser(for_tensorflow))

    def sentences(self, name: str, text: str) -> None:
        """Defines a flag that takes text and may be repeated."""
        self._define(name, "TEXT", text, [], TextParser(), many=True)

    def help(self, doc: str | None = None) -> str:
        """Returns what --help prints, beginning with the program's docstring."""
        return help_text(doc or "", self._groups)

    def parse(self, arguments: Sequence[str]) -> None:
        """Parses the arguments of a command line.

        Raises:
            UserError: if one of them is not a flag of the program, or a value is not
                of the flag's kind.
        """
        # absl would ignore it.
        if _names_no_flag_file(arguments):
            raise UserError("--flagfile=: is empty; give a name or leave the flag out")
        try:
            # absl reads every --flagfile before it parses anything.
            arguments = self._values.read_flags_from_files(arguments)
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"--flagfile: cannot be read ({error})") from error
        except flags.Error as error:
            message = str(error).removeprefix("ERROR:: ")
            raise UserError(_brief(message, arguments)) from error
        try:
            rest = self._values(["", *arguments], known_only=False)
        except flags.UnrecognizedFlagError as error:
            explanation = self.earlier.explain(error.flagname, self.names)
            if explanation is None:
                raise UserError(_brief(str(error), arguments)) from error
            raise UserError(f"--{error.flagname}: {explanation}") from error
        # absl's own flags, and a switch that is given a value (--nobursts=true), raise
        # plain ValueErrors.
        except (flags.Error, ValueError) as error:
            message = str(error)
            if not (isinstance(error, flags.Error) or message.startswith("--")):
                message = f"{message} (in {' '.join(arguments)})"
            raise UserError(_brief(message, arguments)) from error
        if len(rest) > 1:
            raise UserError(f"unexpected argument {shortened(rest[1])!r}; see --help")

    def given(self, name: str) -> bool:
        """Returns whether the command line sets the flag `name`."""
        return bool(self._values[name].present)

    def settings(self) -> dict[str, Any]:
        """Returns the value of every flag by name, with defaults filled in.

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

    def read_settings(self) -> tuple[dict[str, Any], list[str]]:
        """Returns the value of every flag by name, checked, and notes for the user.

        A flag without effect is `None`, so that it is no part of what makes a run. A
        note says so if the user gave it. It is not an error: this way one command
        compares latents by a change of --latent alone.

        Raises:
            UserError: if a value is out of its range, or values contradict each other.
        """
        settings = self.settings()
        self.check(settings)
        notes = []
        for name, cause in self.without_effect(settings).items():
            if self.given(name):
                value = settings[cause]
                why = f"out --{cause}" if value is None else f" --{cause}={value}"
                notes.append(f"--{name} has no effect with{why}")
            settings[name] = None
        return settings, notes

    def fill_in(self, given: dict[str, Any]) -> dict[str, Any]:
        """Returns the value of every flag by name, if those in `given` are given."""
        filled = fill_in([Default(self._constant), *self._table], given)
        return {name: filled.get(name) for name in self.names}

    def constant_defaults(self) -> dict[str, Any]:
        """Returns the defaults that depend on no other flag, by name."""
        return {
            name: None if isinstance(default, Derived) else default
            for name, default in self._constant.items()
        }

    def check_stored(self, name: str, value: Any) -> None:
        """Checks the value of a flag that comes from a file.

        Raises:
            UserError: if the flag does not take it.
        """
        flag = self._values[name]
        if value is None:
            is_sound = self._may_be_absent(name)
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

    def _may_be_absent(self, name):
        """Returns whether a default of the flag is `None`, or may come to that."""
        tables = [self._constant, *(default.values for default in self._table)]
        defaults = [table[name] for table in tables if name in table]
        return any(x is None or (isinstance(x, Derived) and not x.of) for x in defaults)

    def _define(self, name, kind, text, default, parser, many=False):
        head = f"--{name}={kind}"
        text = f"{text} May be repeated." if many else text
        text = self._describe(head, name, text, default)
        if many:
            flags.DEFINE_multi(parser, None, name, None, text, self._values)
        else:
            flags.DEFINE(parser, name, None, text, self._values)

    def _describe(self, head, name, text, default):
        """Notes the flag and its default; returns its text with the default."""
        self.names.append(name)
        if default is not IN_TABLE:
            self._constant[name] = default
        text = f"{text} {describe([Default(self._constant), *self._table], name)}"
        self._groups.setdefault(self._group, []).append((head, text))
        return text


def _names_no_flag_file(arguments):
    """Returns whether a --flagfile comes without the name of a file."""
    for argument, following in itertools.pairwise([*arguments, None]):
        if argument == "--":
            return False
        name, has_value, value = argument.partition("=")
        file = value if has_value else following
        if name in ("-flagfile", "--flagfile") and file == "":
            return True
    return False


def _brief(message, arguments):
    """Returns the message in one line, with long arguments cut."""
    for argument in arguments:
        for piece in argument.split("=", maxsplit=1):
            if len(piece) > LONGEST:
                message = message.replace(piece, shortened(piece))
    # absl's messages begin with the word "flag", ours with its name.
    return " ".join(message.split()).removeprefix("flag ")
