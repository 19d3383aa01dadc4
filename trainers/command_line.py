"""What the command lines share; without TensorFlow, so that --help is quick."""

import sys
from collections.abc import Callable, Sequence

from absl import app, flags

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130

# Flags that may differ when a run goes on.
FREE_FLAGS = {"output_dir", "data_dir", "save_seconds", "strategy"}


class UserError(Exception):
    """Something that the user can mend; the message is the one line they see."""


def define_run_flags() -> list[flags.FlagHolder]:
    """Defines and returns the flags that every training program has."""
    return [
        flags.DEFINE_string(
            "output_dir",
            None,
            "Run folder; run again with the same one to go on. Default: a folder "
            "under runs/ named after the main flags.",
        ),
        flags.DEFINE_string(
            "data_dir", None, "Where the corpus lies (ptb/train.txt and so on)."
        ),
        flags.DEFINE_integer("seed", 1, "Seed of weights, order and noise.", 0),
        flags.DEFINE_enum(
            "strategy",
            "auto",
            ["auto", "one_device", "mirrored"],
            "How to use the devices; auto: all GPUs if there are several, else one "
            "device.",
        ),
        flags.DEFINE_integer(
            "save_seconds", 120, "Time between checkpoints within an epoch.", 1
        ),
    ]


def run(main: Callable[[], None]) -> None:
    """Parses the flags, runs `main`; bad input ends in one line and status 2."""
    app.run(lambda _: _guarded(main), flags_parser=_parse)


def _parse(arguments: Sequence[str]) -> list[str]:
    try:
        rest = flags.FLAGS(list(arguments), known_only=False)
    except flags.Error as error:
        _fail(" ".join(str(error).split()), BAD_INPUT)
    if len(rest) > 1:
        _fail(f"unexpected argument {rest[1]!r}; see --help", BAD_INPUT)
    return rest


def _guarded(main):
    try:
        main()
    except UserError as error:
        _fail(str(error), BAD_INPUT)
    except KeyboardInterrupt:
        _fail("interrupted", INTERRUPTED)


def _fail(message: str, status: int):
    print(f"error: {message}", file=sys.stderr)
    sys.exit(status)
