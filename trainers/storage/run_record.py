"""Reads and writes flags.json, the flags and the text that define a run."""

import dataclasses
from collections.abc import Collection
from pathlib import Path

from trainers.cli.earlier_flags import EarlierFlags
from trainers.cli.errors import UserError
from trainers.storage.json_file import is_number, read_object, unusable, write_object
from trainers.storage.model_file import find_model

FLAGS = "flags.json"
# Flags that name a file whose content is part of the text's fingerprint, so that the
# file may move.
READ_AS_TEXT = {"labels"}
# What a message calls the parts of a text, and what it counts in them.
_PARTS = {
    "train": "training set",
    "validation": "validation set",
    "test": "test set",
    "labels": "list of labels",
    "synthetic": "text",
    "pretrained": "model",
}
_UNITS = {"vocabulary": "words", "labels": "labels", "pretrained": "bytes"}


@dataclasses.dataclass(frozen=True)
class RunRecord:
    """The content of flags.json.

    The earliest runs recorded their flags and nothing else.

    Attributes:
        flags: the value of every flag that makes the run what it is, by name.
        given: names of the flags that the command line set; `None` if unknown.
        text: fingerprints of what the run reads, by part, see `fingerprint`; empty if
            unknown.
        version: version of the library that began the run; `None` if unknown.
        released: whether the folder was published. Nothing is added to it.
    """

    flags: dict
    given: frozenset[str] | None = None
    text: dict[str, dict] = dataclasses.field(default_factory=dict)
    version: str | None = None
    released: bool = False

    @classmethod
    def read(cls, file: Path) -> "RunRecord | None":
        """Returns the content of a flags.json, or `None` if there is no such file.

        Raises:
            UserError: if no run can have written it.
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

    @classmethod
    def of_model(cls, path: str) -> "RunRecord | None":
        """Returns the record of the run that a model comes from, or `None`.

        Args:
            path: a run folder or a .keras file.

        Raises:
            UserError: if there is no model or its flags.json cannot be read.
        """
        file = find_model(path).parent / FLAGS
        try:
            return cls.read(file)
        except OSError as error:
            raise UserError(f"{file}: cannot be read ({error.strerror})") from error

    def write(self, file: Path) -> None:
        """Writes flags.json."""
        content = {"version": self.version, "flags": self.flags}
        if self.given is not None:
            content["given"] = sorted(self.given)
        content["text"] = self.text
        if self.released:
            content["released"] = True
        write_object(file, content)

    def text_differences(self, text: dict[str, dict]) -> list[str]:
        """Returns how a text differs from the one that the run was started with.

        >>> then, now = {"count": 12, "hash": "a"}, {"count": 9, "hash": "b"}
        >>> RunRecord({}, text={"train": then}).text_differences({"train": now})
        ['training set (9 examples instead of 12)']
        """
        differences = []
        for name, now in text.items():
            then = self.text.get(name, now)
            if then != now:
                unit = _UNITS.get(name, "examples")
                counts = f"{now['count']} {unit} instead of {then['count']}"
                if then["count"] == now["count"]:
                    counts = f"{now['count']} {unit} as before, but different ones"
                differences.append(f"{_PARTS.get(name, name)} ({counts})")
        return differences

    def resumed_flags(
        self,
        flags: dict,
        given: Collection[str],
        unused: Collection[str],
        earlier: EarlierFlags,
        is_reported: bool = False,
    ) -> tuple[dict, list[str]]:
        """Returns the flags that the run continues with, and what the user changed.

        The same command resumes a run even if the library's defaults have changed
        since: the run keeps its own. With any other command, every flag is compared. A
        flag that the library did not have when the run was started, or that nothing
        read, counts as having the value under which the run did what it did.

        Args:
            flags: the value of every flag now, defaults filled in.
            given: names of the flags that the command line sets and something reads.
            unused: names of the flags that nothing reads.
            earlier: what the flags of a run started by an earlier version mean today.
            is_reported: whether the run is only reported, not continued. Then it may
                have had flags that are gone.

        Returns:
            The run's own flags, and the differences for a message.
        """
        flags_then, given_then = earlier.today(self.flags, self.given)
        same_command = given_then is not None and given_then - set(unused) == set(given)
        # A published run is only reported, so today's defaults do not matter.
        keeps_its_own = same_command or self.released
        own, differences = {}, []
        for name in sorted(flags.keys() | flags_then.keys()):
            then = flags_then.get(name)
            if then is None:
                # The library did not have the flag, or nothing read it.
                then = earlier.added.get(name)
            now = flags.get(name)
            is_text = name in READ_AS_TEXT and self.text and then and now
            if name in unused or is_text:
                then = now
            counts = name in given or (name in flags_then and not keeps_its_own)
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
            raise unusable(file, '"given" is not a list of names')
        if not (self.version is None or isinstance(self.version, str)):
            raise unusable(file, '"version" is not text')
        if not isinstance(self.released, bool):
            raise unusable(file, '"released" is neither true nor false')
        if not (isinstance(self.text, dict) and all(map(_is_part, self.text.values()))):
            raise unusable(file, '"text" does not hold fingerprints')


def _is_list_of_names(value):
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_part(part):
    return (
        isinstance(part, dict)
        and part.keys() == {"count", "hash"}
        and type(part["count"]) is int
        and isinstance(part["hash"], str)
    )
