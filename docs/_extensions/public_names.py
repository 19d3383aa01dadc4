"""Documents every public name under the name that users import it by.

If a name in a package's `__all__` has no API page, the build warns, and `make docs`
treats warnings as errors.
"""

import inspect
import types

import keras
import tensorflow_probability as tfp
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

import tf_vmfvae

logger = logging.getLogger(__name__)

# Where users find the base classes of other libraries.
FOREIGN = {
    "keras": keras,
    "keras.callbacks": keras.callbacks,
    "keras.layers": keras.layers,
    "keras.metrics": keras.metrics,
    "tfp.distributions": tfp.distributions,
}


def public_names(package: types.ModuleType = tf_vmfvae) -> dict[str, object]:
    """Returns the classes and functions of all `__all__` lists, by full name."""
    found = {}
    for name in package.__all__:
        value = getattr(package, name)
        if inspect.ismodule(value):
            found.update(public_names(value))
        elif inspect.isclass(value) or inspect.isroutine(value):
            found[f"{package.__name__}.{name}"] = value
    return found


def setup(app: Sphinx) -> dict:
    """Connects the check, the naming of base classes and the choice of members."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("env-check-consistency", _check_complete)
    app.connect("autodoc-process-bases", _name_bases)
    app.connect("autodoc-skip-member", _skip_foreign)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _check_complete(app: Sphinx, env: BuildEnvironment):
    documented = set(env.domains["py"].objects)
    for name in sorted(set(public_names()) - documented):
        logger.warning("%s has no API page: list it in docs/api", name)


def _name_bases(app, name, obj, options, bases):
    bases[:] = [_named(base) for base in bases]


def _named(base):
    for name, value in public_names().items():
        if value is base:
            return f":py:class:`{name}`"
    for prefix, module in FOREIGN.items():
        if getattr(module, getattr(base, "__name__", ""), None) is base:
            return f"``{prefix}.{base.__name__}``"
    return base


def _skip_foreign(app, what, name, member, skip, options):
    """Leaves out what Keras or TensorFlow Probability documents."""
    module = getattr(member, "__module__", None) or "tf_vmfvae"
    return True if module.partition(".")[0] != "tf_vmfvae" else None
