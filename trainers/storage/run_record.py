"""What makes a run what it is, as flags.json keeps it."""

import dataclasses
from collections.abc import Collection
from pathlib import Path

from trainers.cli.earlier_flags import EarlierFlags
from trainers.storage.json_file import is_number, read_object, unusable, write_object

# Files whose content the fingerprint of the text covers: they may move.
READ_AS_TEXT = {"labels"}


@dataclasses.dataclass(frozen=True)
class RunRecord:
    """The content of flags.json.

    Runs of before this format have flags alone, and not those that came later.

    Attributes:
        flags: the value of every flag that makes the run what it is, by name.
        given: names of those that the command line set; `None` if nobody knows.
        text: fingerprints of what the run reads, by part; see `fingerprint`.
        version: that of the library that began the run; `None` if nobody knows.
        released: whether the folder was published as it is. Nothing is added to it.
    """

    flags: dict
    given: frozenset[str] | None = None
    text: dict[str, dict] = dataclasses.field(default_factory=dict)
    version: str | None = None
    released: bool = False

    @classmethod
    def read(cls, file: Path) -> "RunRecord | None":
        """Returns what a flags.json says, `None` if there is none.

        Raises:
            UserError: if it is not what a run wrote.
            OSError: if it cannot be read.
        """
        content = read_object(file)
        if content is None:
            return None
        if not isinstance(content.get("flags"), dict):
            content = {"flags": content}
        given = content.get("given")
        record = cls(
            flags=content["flags"],
            given=frozenset(given) if _is_list_of_names(given) else given,
            text=content.get("text", {}),
            version=content.get("version"),
            released=content.get("released", False),
        )
        record._check(file)
        return record

    def write(self, file: Path) -> None:
        """Writes flags.json."""
        content = {"version": self.version, "flags": self.flags}
        if self.given is not None:
            content["given"] = sorted(self.given)
        content["text"] = self.text
        if self.released:
            content["released"] = True
        write_object(file, content)

    def changed_parts(self, text: dict[str, dict]) -> list[str]:
        """Returns the names of the parts of a text that the run did not read so."""
        return [
            name
            for name, part in text.items()
            if name in self.text and self.text[name] != part
        ]

    def flags_to_go_by(
        self,
        flags: dict,
        given: Collection[str],
        unused: Collection[str],
        earlier: EarlierFlags,
        is_reported: bool = False,
    ) -> tuple[dict, list[str]]:
        """Compares the run with what a command line asks for.

        The same command goes on whatever the library's defaults are by now: the run
        has those that it was begun with. Otherwise every flag counts, but for those
        that the library did not have yet: to the run they have the value under which
        it did then what it does now.

        Args:
            flags: the flags' values now, defaults filled in.
            given: names of those that the command line sets.
            unused: names of those that have no effect.
            earlier: what the flags of a run begun by an earlier version mean today.
            is_reported: whether the run is only reported, not continued. Then it may
                have had flags that are gone.

        Returns:
            The run's own flags, and what differs, as a user would say it.
        """
        flags_then, given_then = earlier.today(self.flags, self.given)
        given = set(given) - set(unused)
        same_command = given_then is not None and given_then - set(unused) == given
        # A published run can only be reported: nothing follows from a default of today.
        goes_on = same_command or self.released
        own, differences = {}, []
        for name in sorted(flags.keys() | flags_then.keys()):
            then = flags_then.get(name, earlier.added.get(name))
            now = flags.get(name)
            is_text = name in READ_AS_TEXT and self.text and then and now
            if name in unused or is_text:
                then = now
            counts = name in given or (name in flags_then and not goes_on)
            if name not in flags:
                if not (is_reported or earlier.same_as_today(name, then, flags_then)):
                    differences.append(
                        f"--{name} was {then!r}, now there is no such flag"
                    )
            elif counts and then != now:
                differences.append(f"--{name} was {then}, now {now}")
            else:
                own[name] = then
        return own, differences

    def _check(self, file):
        for name, value in self.flags.items():
            if not (isinstance(value, str | bool | None) or is_number(value)):
                raise unusable(file, f"--{name} is {value!r:.80}")
        if not (self.given is None or isinstance(self.given, frozenset)):
            raise unusable(file, '"given" is no list of names')
        if not (self.version is None or isinstance(self.version, str)):
            raise unusable(file, '"version" is no text')
        if not isinstance(self.released, bool):
            raise unusable(file, '"released" is neither true nor false')
        if not (isinstance(self.text, dict) and all(map(_is_part, self.text.values()))):
            raise unusable(file, '"text" holds no fingerprints')


def _is_list_of_names(value):
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_part(part):
    return (
        isinstance(part, dict)
        and part.keys() == {"count", "hash"}
        and type(part["count"]) is int
        and isinstance(part["hash"], str)
    )
