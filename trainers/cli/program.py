"""The main program of every trainer: flags are checked, then TensorFlow is imported."""

import contextlib
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from trainers.cli import interruptions, process
from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags

# Keras imports these if they are installed, for functions that no program uses: a sixth
# of the memory and a quarter of the time that importing the library takes.
UNUSED = ("IPython", "matplotlib", "pandas", "sklearn")


def run(
    define: Callable[[], ProgramFlags],
    load: Callable[[], Callable[..., Any]],
    *,
    find: Callable[[ProgramFlags, dict], tuple[Any, list[str]]] | None = None,
    only_prints: bool = False,
    around: Callable[[ProgramFlags], AbstractContextManager] | None = None,
) -> None:
    """Runs a program, from its command line to its exit status.

    Args:
        define: defines the program's flags.
        load: imports what needs TensorFlow, which takes seconds, and returns the
            function that does the work. It is called with the settings, and with what
            `find` found. --help begins with the docstring of its module.
        find: called with the flags and the settings, before TensorFlow is imported;
            returns what the settings name, such as a run folder, and notes for the
            user.
        only_prints: whether the program leaves nothing but what it prints. Its notes
            then go to standard error.
        around: called with the parsed flags; all else runs in the context it returns.
    """

    def main(own):
        settings, notes = own.read_settings()
        found = []
        if find:
            place, more = find(own, settings)
            found.append(place)
            notes = [*notes, *more]
        with importing_tensorflow():
            work = load()
        for note in notes:
            print(f"note: {note}", file=sys.stderr if only_prints else sys.stdout)
        work(settings, *found)

    # A console script imports the program's module, so it is not always `__main__`.
    doc = sys.modules[load.__module__].__doc__
    process.run(define, main, only_prints, around, doc)


@contextlib.contextmanager
def importing_tensorflow() -> Iterator[None]:
    """Holds back what the import of TensorFlow writes to standard error.

    This includes lines of native code: TensorFlow reports which hardware it looked for
    before this can be turned off. If the block fails, everything is shown. Ctrl-C and
    SIGTERM end the process at once.

    What is imported stays, so it is not searched for garbage, now or later.

    Raises:
        UserError: if the library does not work with the installed Keras.
    """
    # From now on TensorFlow logs fatal errors only.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as noise, interruptions.ending_at_once(stderr):
        os.dup2(noise.fileno(), 2)
        gc.disable()
        try:
            _import_library()
            yield
            gc.freeze()
        except UserError:
            raise
        except BaseException:
            noise.seek(0)
            with os.fdopen(os.dup(stderr), "wb") as shown:
                shutil.copyfileobj(noise, shown)
            raise
        finally:
            gc.enable()
            sys.stderr.flush()
            os.dup2(stderr, 2)
    os.close(stderr)


def _import_library():
    """Imports the library before Keras, because it checks Keras's backend."""
    try:
        with _hidden(UNUSED):
            import tf_vmfvae  # noqa: F401
    except ImportError as error:
        if error.name != "tf_vmfvae":
            raise
        raise UserError(str(error)) from error


@contextlib.contextmanager
def _hidden(packages):
    """Lets imports of packages fail in a block, unless they are imported already."""
    hidden = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
