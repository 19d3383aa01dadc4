"""A program's process, from the parsing of its flags to its exit status."""

import contextlib
import logging
import re
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

from absl import app, flags

from trainers.cli import interruptions, standard_streams
from trainers.cli.errors import RunFailed, UserError
from trainers.cli.program_flags import ProgramFlags

# Exit statuses.
FAILED, BAD_INPUT = 1, 2


def run(
    define: Callable[[], ProgramFlags],
    main: Callable[[ProgramFlags], None],
    only_prints: bool = False,
    around: Callable[[ProgramFlags], AbstractContextManager] | None = None,
    doc: str | None = None,
) -> None:
    """Defines and parses the flags and calls `main`; a failure ends in one line.

    The exit status is 0 if all went well, 1 if the program cannot continue, 2 for bad
    input, and 128 plus the signal's number if a signal stopped it.

    Args:
        define: defines the program's flags.
        main: the program.
        only_prints: whether the program leaves nothing but what it prints. It does not
            start if standard output is closed.
        around: called with the parsed flags; `main` runs in the context it returns.
        doc: the description that --help begins with.
    """
    if not standard_streams.prepare() and only_prints:
        _fail(f"{standard_streams.OUTPUT}: is closed, so nothing could be seen", FAILED)
    own = define()
    _define_help(own, doc)
    app.run(
        lambda _: _guarded(main, own, around),
        flags_parser=lambda arguments: _parse(own, arguments),
    )


class _HelpFlag(flags.BooleanFlag):
    """Prints the help of a program, group by group, and ends the process."""

    def __init__(self, name, short_name, own, doc):
        super().__init__(name, False, "show this help", short_name, allow_override=True)
        self._own = own
        self._doc = doc

    def parse(self, argument):
        if self._parse(argument):
            print(self._own.help(self._doc))
            sys.exit(0)


def _define_help(own, doc):
    """Replaces absl's --help, which knows no groups."""
    app.define_help_flags()
    for name, short_name in (("help", "?"), ("helpshort", None)):
        flags.DEFINE_flag(_HelpFlag(name, short_name, own, doc))


def _parse(own, arguments):
    try:
        own.parse(arguments[1:])
    except UserError as error:
        _fail(str(error), BAD_INPUT)
    except BrokenPipeError:
        # The reader of the help has stopped reading, which is fine.
        standard_streams.give_up_output()
        sys.exit(0)
    except OSError as error:
        _fail_by_system(error)
    except SystemExit:
        # Help ends here. absl would end the longer help with status 1, like a failure.
        sys.exit(0)
    return arguments[:1]


def _guarded(main, own, around):
    # TensorFlow logs what it does, and absl would show that to the user.
    if not flags.FLAGS["verbosity"].present:
        # All loggers at once: a library may set the level of its own when imported.
        logging.disable(logging.WARNING)
    try:
        interruptions.raise_errors()
        with around(own) if around else contextlib.nullcontext():
            main(own)
        sys.stdout.flush()
    except UserError as error:
        _fail(str(error), BAD_INPUT)
    except RunFailed as error:
        _fail(str(error), FAILED)
    except KeyboardInterrupt:
        _fail_by_signal(signal.SIGINT)
    except interruptions.Terminated:
        _fail_by_signal(signal.SIGTERM)
    except OSError as error:
        _fail_by_system(error)
    except MemoryError as error:
        _fail(f"out of memory ({error})" if str(error) else "out of memory", FAILED)
    except RecursionError as error:
        _fail(f"something is nested too deeply ({error})", FAILED)
    except _out_of_resources() as error:
        # Without the names of TensorFlow's operations.
        reason = re.sub(r"\{\{.*?\}\}\s*", "", error.message).partition("\n")[0]
        _fail(f"out of memory or disk space: {reason}", FAILED)
    finally:
        # Only the end of the process is left, and it must not fail either.
        interruptions.end_at_once()
        standard_streams.finish_output()


def _out_of_resources():
    """Returns TensorFlow's exception, or nothing if TensorFlow was not imported."""
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow.errors.ResourceExhaustedError if tensorflow else ()


def _fail_by_system(error):
    if error.filename == standard_streams.OUTPUT:
        standard_streams.give_up_output()
        if isinstance(error, BrokenPipeError):
            # `| head` has read enough. Nothing went wrong, so there is no message.
            sys.exit(_status(signal.SIGPIPE))
    where = f"{error.filename}: " if error.filename else ""
    _fail(where + (error.strerror or str(error)), FAILED)


def _fail_by_signal(number):
    _fail(interruptions.MESSAGES[number], _status(number))


def _status(number):
    """Returns the exit status of a program that a signal stopped."""
    return 128 + number


def _fail(message, status):
    # If standard error is closed, the status alone has to say it.
    with contextlib.suppress(OSError):
        print(f"error: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(status)
