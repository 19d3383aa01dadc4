"""What the command lines share; without TensorFlow, so that --help is quick."""

import contextlib
import logging
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import IO

from absl import app, flags

from trainers.cli import interruptions, standard_streams
from trainers.cli.errors import RunFailed, UserError
from trainers.cli.program_flags import ProgramFlags

# --help lists these flags with the program.
flags.disclaim_key_flags()

# Exit statuses. A run that a signal stops ends with 128 plus the signal's number, and
# so does a program whose output nobody reads any more, as if SIGPIPE had ended it.
FAILED, BAD_INPUT, INTERRUPTED, TERMINATED, UNREAD = 1, 2, 130, 143, 141


def run(
    define: Callable[[], ProgramFlags],
    main: Callable[[ProgramFlags], None],
    only_prints: bool = False,
    around: Callable[[ProgramFlags], AbstractContextManager] | None = None,
) -> None:
    """Defines and parses the flags and runs `main`; a failure ends in one line.

    The exit status is 0 after a whole run, 1 (`FAILED`) where the run cannot go on,
    2 (`BAD_INPUT`) and 128 plus the signal's number where a signal stopped it.

    Args:
        define: defines the program's flags.
        main: the program.
        only_prints: whether the program leaves nothing but what it prints. Then it
            does not run where standard output is closed.
        around: called with the parsed flags; `main` runs in the context it returns.
    """
    if not standard_streams.prepare() and only_prints:
        _fail(f"{standard_streams.OUTPUT}: is closed, so nothing could be seen", FAILED)
    own = define()
    app.run(
        lambda _: _guarded(main, own, around),
        flags_parser=lambda arguments: _parse(own, arguments),
    )


def print_notes(notes: Iterable[str], file: IO | None = None) -> None:
    """Prints what a user should know, a line each; by default to standard output."""
    for note in notes:
        print(f"note: {note}", file=file)


@contextlib.contextmanager
def importing_tensorflow() -> Iterator[None]:
    """Keeps quiet while TensorFlow is imported.

    Holds back what is written to stderr, native code's lines included: TensorFlow
    reports what it looked for before it can be told not to. If the block fails,
    everything is shown. Ctrl-C and SIGTERM end the process at once.

    Raises:
        UserError: if the library refuses the environment's Keras.
    """
    # From now on only what TensorFlow cannot go on after.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as noise, interruptions.ending_at_once(stderr):
        os.dup2(noise.fileno(), 2)
        try:
            _import_library()
            yield
        except UserError:
            raise
        except BaseException:
            noise.seek(0)
            with os.fdopen(os.dup(stderr), "wb") as shown:
                shutil.copyfileobj(noise, shown)
            raise
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
    os.close(stderr)


def _import_library():
    """Imports it before anything that needs Keras, whose backend it checks."""
    try:
        import tf_vmfvae  # noqa: F401
    except ImportError as error:
        if error.name != "tf_vmfvae":
            raise
        raise UserError(str(error)) from error


def _parse(own, arguments):
    try:
        own.parse(arguments[1:])
    except UserError as error:
        _fail(str(error), BAD_INPUT)
    except BrokenPipeError:
        # Who read the help has read enough.
        standard_streams.give_up_output()
        sys.exit(0)
    except OSError as error:
        _fail_by_system(error)
    except SystemExit:
        # Only --help and its like end here, by absl with status 1, as if they failed.
        sys.exit(0)
    return arguments[:1]


def _guarded(main, own, around):
    # TensorFlow reports on its own doings, which absl by default shows to the user.
    if not flags.FLAGS["verbosity"].present:
        # Not logger by logger: a library sets the level of its own when imported.
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
        _fail("interrupted", INTERRUPTED)
    except interruptions.Terminated:
        _fail("stopped by SIGTERM", TERMINATED)
    except OSError as error:
        _fail_by_system(error)
    except MemoryError as error:
        _fail(f"out of memory ({error})" if str(error) else "out of memory", FAILED)
    except RecursionError as error:
        _fail(f"something is nested too deeply ({error})", FAILED)
    except _out_of_resources() as error:
        # Without the names of the operations that it was in.
        reason = re.sub(r"\{\{.*?\}\}\s*", "", error.message).partition("\n")[0]
        _fail(f"out of memory or disk space: {reason}", FAILED)
    finally:
        # All that is left to do is to end, which must not fail either.
        interruptions.end_at_once()
        standard_streams.finish_output()


def _out_of_resources():
    """TensorFlow's exception, if TensorFlow was imported at all."""
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow.errors.ResourceExhaustedError if tensorflow else ()


def _fail_by_system(error):
    if error.filename == standard_streams.OUTPUT:
        standard_streams.give_up_output()
        if isinstance(error, BrokenPipeError):
            # `| head` has read enough: nothing has gone wrong, and nothing is said.
            sys.exit(UNREAD)
    where = f"{error.filename}: " if error.filename else ""
    _fail(where + (error.strerror or str(error)), FAILED)


def _fail(message, status):
    # Where nobody can read it, the status has to say it.
    with contextlib.suppress(OSError):
        print(f"error: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(status)
