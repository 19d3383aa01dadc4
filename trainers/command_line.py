"""What the command lines share; without TensorFlow, so that --help is quick."""

import contextlib
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence

from absl import app, flags

from trainers.failures import RunFailed, UserError
from trainers.workers import Worker

# Exit statuses. A run that a signal stops ends with 128 plus the signal's number.
FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130

# Flags that may differ when a run goes on.
FREE_FLAGS = {"output_dir", "data_dir", "save_seconds", "strategy"}


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
        flags.DEFINE_integer(
            "seed", 1, "Seed of weights, order and noise.", 0, 1_000_000_000
        ),
        flags.DEFINE_enum(
            "strategy",
            "auto",
            ["auto", "one_device", "mirrored", "multi_worker", "tpu"],
            "How to use the devices; auto: multi_worker if TF_CONFIG names several "
            "workers, else all GPUs, else one device. tpu is untested.",
        ),
        flags.DEFINE_float(
            "save_seconds",
            120.0,
            "Time between checkpoints within an epoch; 0: after every batch.",
            0.0,
        ),
    ]


def identity(settings: dict) -> dict:
    """Returns the settings that make a run what it is: all but `FREE_FLAGS`."""
    return {name: value for name, value in settings.items() if name not in FREE_FLAGS}


def run(main: Callable[[], None]) -> None:
    """Parses the flags and runs `main`; an expected failure ends in one line.

    The exit status is 0 after a whole run, 1 (`FAILED`) where the run cannot go on,
    2 (`BAD_INPUT`) and 128 plus the signal's number where a signal stopped it.
    """
    # A line shows at once, also in a pipe.
    sys.stdout.reconfigure(line_buffering=True)
    app.run(lambda _: _guarded(main), flags_parser=_parse)


@contextlib.contextmanager
def native_noise_held_back() -> Iterator[None]:
    """Holds back what is written to stderr, native code's lines included.

    For the import of TensorFlow, which reports what it looked for before it can be
    told not to. If the block fails, everything is shown.

    Raises:
        UserError: if the library refuses the environment's Keras.
    """
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as noise:
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


def _parse(arguments: Sequence[str]) -> list[str]:
    try:
        rest = flags.FLAGS(list(arguments), known_only=False)
    except flags.Error as error:
        _fail(str(error), BAD_INPUT)
    except BrokenPipeError:
        # Who read the help has read enough. Python's last flush would fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except SystemExit:
        # Only --help and its like end here, by absl with status 1, as if they failed.
        sys.exit(0)
    if len(rest) > 1:
        _fail(f"unexpected argument {rest[1]!r}; see --help", BAD_INPUT)
    return rest


def _guarded(main):
    # TensorFlow reports on its own doings, which absl by default shows to the user.
    if not flags.FLAGS["verbosity"].present:
        # Not logger by logger: a library sets the level of its own when imported.
        logging.disable(logging.WARNING)
    strategy = flags.FLAGS["strategy"].value if "strategy" in flags.FLAGS else ""
    try:
        with Worker.of(strategy).silent_unless_chief():
            main()
    except UserError as error:
        _fail(str(error), BAD_INPUT)
    except RunFailed as error:
        _fail(str(error), FAILED)
    except KeyboardInterrupt:
        _fail("interrupted", INTERRUPTED)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _fail(where + (error.strerror or str(error)), FAILED)
    except _out_of_resources() as error:
        _fail(f"out of memory or disk space: {error.message}", FAILED)


def _out_of_resources():
    """TensorFlow's exception, if TensorFlow was imported at all."""
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow.errors.ResourceExhaustedError if tensorflow else ()


def _fail(message: str, status: int):
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(status)
