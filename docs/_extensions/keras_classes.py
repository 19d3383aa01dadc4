"""Shows Keras classes and their docstrings as their authors wrote them."""

import inspect

from sphinx.application import Sphinx
from sphinx.util.inspect import stringify_signature


def setup(app: Sphinx) -> dict:
    """Connects the handlers."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-signature", _sign_by_constructor)
    # Before napoleon reads the sections.
    app.connect("autodoc-process-docstring", _set_examples_apart, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _sign_by_constructor(app, what, name, obj, options, signature, returns):
    """Gives a class its constructor's arguments; Keras's `__new__` hides them."""
    if what != "class" or "__init__" not in vars(obj):
        return None
    arguments = inspect.signature(obj.__init__)
    own = list(arguments.parameters.values())[1:]
    shown = arguments.replace(parameters=own)
    return stringify_signature(shown, show_annotation=False), returns


def _set_examples_apart(app, what, name, obj, options, lines):
    """Puts an empty line between `Example:` and the `>>>` below it."""
    for index in reversed(range(len(lines) - 1)):
        if lines[index] == "Example:" and lines[index + 1].startswith(">>>"):
            lines.insert(index + 1, "")
