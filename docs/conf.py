"""How Sphinx builds the site: `make docs`.

docs/about.md says why it is Sphinx, with MyST-NB and the theme Furo.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "_extensions"))

import tf_vmfvae

project = "tf_vmfvae"
author = "The tf_vmfvae authors"
copyright = f"{author}. Apache License 2.0"
version = release = tf_vmfvae.__version__

extensions = [
    "keras_classes",
    "mathml",
    "public_names",
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
]
# The tables in results/paper are part of a page.
exclude_patterns = ["_extensions", "_templates", "results/paper/*"]
templates_path = ["_templates"]

# === Text ===
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
# A single backtick in a docstring is a name of the library where there is one.
default_role = "py:obj"

# === Tutorials ===
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 600
nb_execution_in_temp = True
# Keeps TensorFlow's messages about the build machine out of the pages.
nb_output_stderr = "remove"
nb_merge_streams = True
# No page has widgets, whose scripts would come from another host.
nb_ipywidgets_js = {}

# === API pages ===
autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_inherit_docstrings = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Call arguments", "params_style")]

# === Looks ===
html_theme = "furo"
html_title = "tf_vmfvae"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
pygments_style = "friendly"
pygments_dark_style = "native"
