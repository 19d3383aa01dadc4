"""Imports go one way: programs use the library, and no room imports one above it."""

import ast
import functools
import graphlib
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[1]
PROGRAMS = ("lm", "bow", "evaluate", "generate", "export", "reproduce")
TOP = ("tf_vmfvae", "trainers", "analysis", "benchmarks")

# Room -> what it may import, everything below these packages included.
TRAINING = "tf_vmfvae trainers.cli trainers.devices trainers.storage"
ALLOWED = {
    "tf_vmfvae.supported_keras": "",
    "tf_vmfvae.text": "",
    "tf_vmfvae.ops": "",
    "tf_vmfvae.distributions": "",
    "tf_vmfvae.losses": "tf_vmfvae.distributions",
    "tf_vmfvae.clustering": "tf_vmfvae.distributions",
    "tf_vmfvae.data": "tf_vmfvae.text",
    "tf_vmfvae.layers": "tf_vmfvae.distributions tf_vmfvae.ops tf_vmfvae.text",
    # Generation and evaluation take a model as an argument.
    "tf_vmfvae.generation": "tf_vmfvae.layers tf_vmfvae.ops tf_vmfvae.text",
    "tf_vmfvae.evaluation": "tf_vmfvae.distributions tf_vmfvae.layers tf_vmfvae.ops "
    "tf_vmfvae.text",
    "tf_vmfvae.models": "tf_vmfvae.data tf_vmfvae.evaluation tf_vmfvae.generation "
    "tf_vmfvae.layers tf_vmfvae.ops tf_vmfvae.text",
    "tf_vmfvae.topics": "tf_vmfvae.callbacks tf_vmfvae.data tf_vmfvae.distributions "
    "tf_vmfvae.evaluation tf_vmfvae.layers tf_vmfvae.models tf_vmfvae.ops "
    "tf_vmfvae.text",
    "tf_vmfvae.callbacks": "tf_vmfvae.evaluation tf_vmfvae.layers tf_vmfvae.text",
    # The library only inside a function.
    "trainers.cli": "tf_vmfvae",
    "trainers.devices": "trainers.cli tf_vmfvae.ops",
    "trainers.storage": "trainers.cli tf_vmfvae.data tf_vmfvae.models tf_vmfvae.text",
    "trainers.training": TRAINING,
    "trainers.lm": f"{TRAINING} trainers.training",
    "trainers.bow": f"{TRAINING} trainers.training",
    "trainers.evaluate": "tf_vmfvae trainers.bow.results trainers.cli "
    "trainers.devices.hardware trainers.lm.labels trainers.storage",
    "trainers.generate": "tf_vmfvae trainers.cli trainers.storage",
    "trainers.export": "tf_vmfvae trainers.cli trainers.storage",
    # It measures a few steps of the training programs.
    "trainers.reproduce": f"{TRAINING} trainers.bow trainers.evaluate.results_file "
    "trainers.lm trainers.training",
    "analysis": "tf_vmfvae trainers.cli trainers.storage",
    # benchmarks.sentence_codes makes runs as trainers.reproduce does.
    "benchmarks": f"{TRAINING} trainers.training trainers.reproduce.runs analysis",
}
# Library -> the only module that may use its private names.
INTERNALS = {
    "tensorflow": "tf_vmfvae.ops.tf_internals",
    "tensorflow_probability": "tf_vmfvae.distributions.numerics.tfp_internals",
    "keras": "tf_vmfvae.ops.keras_internals",
}
# What these libraries keep for themselves.
PRIVATE = (
    "tensorflow.core",
    "tensorflow.python",
    "tensorflow_probability.python",
    "keras.src",
    "keras_hub.src",
    "tensorboard.backend",
)
# Importing these takes seconds, and --help must not wait for them.
SLOW = ("tensorflow", "keras", "keras_hub", "tf_vmfvae")


@functools.cache
def modules():
    """Returns the file of every module and package, by its name."""
    found = {}
    for top in TOP:
        for file in sorted((ROOT / top).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


@functools.cache
def tree(module):
    return ast.parse(modules()[module].read_text())


@functools.cache
def imports(module, inside_functions=True):
    """Returns the modules, or else the packages, that a module imports."""
    found = []

    def visit(node):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found.extend(alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                for alias in child.names:
                    name = f"{child.module}.{alias.name}"
                    found.append(name if name in modules() else child.module)
            elif inside_functions or not isinstance(child, ast.FunctionDef):
                visit(child)

    visit(tree(module))
    return found


def is_private(name):
    return name.startswith("_") and not name.startswith("__")


def defined_names(module):
    """Yields the names of functions, classes, variables and attributes."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def read_attributes(module):
    """Yields the names of all attributes that are not set there."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.attr


def belongs(name, packages):
    return any(name == each or name.startswith(f"{each}.") for each in packages)


def assert_no_circle(graph):
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(
            f"these import each other in a circle: {' <- '.join(error.args[1])}"
        )


def test_every_module_is_in_a_room():
    homeless = {name for name in modules() if not belongs(name, ALLOWED)}
    assert homeless == {"tf_vmfvae", "trainers"}


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_the_rooms_it_may(room):
    allowed = (room, *ALLOWED[room].split())
    forbidden = {
        f"{name} imports {other}"
        for name in modules()
        if belongs(name, [room])
        for other in imports(name)
        if belongs(other, TOP) and not belongs(other, allowed)
    }
    assert not forbidden


def test_the_rooms_form_no_circle():
    rooms = {
        room: {other for other in ALLOWED if belongs(other, allowed.split())}
        for room, allowed in ALLOWED.items()
    }
    assert_no_circle(rooms)


def test_modules_and_folders_form_no_circle():
    """A package's `__init__` does not count: it imports what is below to re-export."""
    between_modules, between_folders = {}, {}
    for name, file in modules().items():
        if file.name == "__init__.py":
            continue
        others = [other for other in imports(name) if other in modules()]
        between_modules[name] = others
        folders = between_folders.setdefault(file.parent, set())
        folders |= {modules()[other].parent for other in others} - {file.parent}
    assert_no_circle(between_modules)
    assert_no_circle({str(k): map(str, v) for k, v in between_folders.items()})


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_checks_its_flags_before_it_imports_tensorflow(program):
    seen, coming = set(), [f"trainers.{program}.__main__"]
    while coming:
        name = coming.pop()
        assert not belongs(name, SLOW), f"{name} is imported by one of {sorted(seen)}"
        if name in modules() and name not in seen:
            seen.add(name)
            coming += imports(name, inside_functions=False)
    assert "trainers.cli.program" in seen


def test_the_command_line_code_imports_no_tensorflow_at_module_level():
    slow = {
        f"{name} imports {other}"
        for name in modules()
        if belongs(name, ["trainers.cli"])
        for other in imports(name, inside_functions=False)
        if belongs(other, SLOW)
    }
    assert not slow


def test_private_modules_of_a_library_are_imported_in_one_file():
    private = {
        (other.partition(".")[0], name)
        for name in modules()
        for other in imports(name)
        if belongs(other, PRIVATE)
    }
    assert private <= INTERNALS.items()


def test_private_attributes_of_a_library_are_used_in_one_file():
    # These are documented.
    ours = {"_exit", "_asdict", "_replace"}
    ours |= {name for module in modules() for name in defined_names(module)}
    private = {
        f"{module} uses {name}"
        for module in modules()
        # A subclass of TFP's distributions consists of TFP's private methods.
        if not belongs(module, [*INTERNALS.values(), "tf_vmfvae.distributions"])
        for name in read_attributes(module)
        if is_private(name) and name not in ours
    }
    assert not private


@pytest.mark.parametrize("library", INTERNALS)
def test_the_file_of_private_names_says_which_version_it_holds_for(library):
    requirement = re.escape(library.replace("_", "-")) + r"(\[\w+\])?>=(\d+\.\d+),"
    lowest = re.search(requirement, (ROOT / "setup.py").read_text())[2]
    assert lowest in ast.get_docstring(tree(INTERNALS[library]))


def test_importing_the_package_registers_everything_that_keras_can_save():
    imported = imports("tf_vmfvae")
    for module in modules():
        if module.startswith("tf_vmfvae."):
            package = ".".join(module.split(".")[:2])
            registers = "register_keras_serializable" in modules()[module].read_text()
            assert not registers or package in imported, module
