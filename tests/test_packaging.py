import ast
import configparser
import email
import importlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import zipfile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import tf_vmfvae
from build_tools import lock_requirements

ROOT = pathlib.Path(__file__).parent.parent
PACKAGES = ("tf_vmfvae", "trainers")
# Libraries whose name differs from that of the package to import.
LIBRARY_OF = {"absl": "absl-py", "sklearn": "scikit-learn"}
PROGRAMS = ("lm", "bow", "evaluate", "generate", "export", "reproduce")


def package_files(*suffixes):
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in suffixes
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy of the sources: building leaves files behind."""
    copy = tmp_path_factory.mktemp("source") / "copy"
    shutil.copytree(ROOT, copy, ignore=_all_but_sources)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", copy / "dist", copy]
    subprocess.run(command, check=True)
    (path,) = (copy / "dist").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder into which the wheel is installed; what it needs is found outside it."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    command += ["--no-index", "--target", folder, wheel.filename]
    subprocess.run(command, check=True)
    return folder


@pytest.fixture
def run_installed(installed, tmp_path):
    """Returns a function that runs a command with the wheel, outside the repository."""

    def run(*command, path=()):
        environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3")
        environment["PYTHONPATH"] = os.pathsep.join(map(str, [*path, installed]))
        environment.pop("TF_VMFVAE_PRESETS", None)
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True
        )

    return run


def _all_but_sources(folder, names):
    kept = {*PACKAGES, "setup.py", "pyproject.toml", "LICENSE", "README.md"}
    if pathlib.Path(folder) == ROOT:
        return set(names) - kept
    return {"__pycache__"} & set(names)


@pytest.fixture(scope="module")
def metadata(wheel):
    (name,) = [name for name in wheel.namelist() if name.endswith("/METADATA")]
    return email.message_from_bytes(wheel.read(name))


@pytest.fixture(scope="module")
def lock():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pins}


def test_the_wheel_holds_both_packages_with_their_data_and_nothing_else(wheel):
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed >= package_files(
        ".py", ".txt", ".md", ".json", ".tsv", ".bib", ".ini"
    )
    assert {name.split("/")[0] for name in packed} == set(PACKAGES)
    assert any(name.endswith("/LICENSE") for name in wheel.namelist())


def test_the_wheel_has_a_command_for_each_program(wheel):
    (name,) = [name for name in wheel.namelist() if name.endswith("/entry_points.txt")]
    entries = configparser.ConfigParser()
    entries.read_string(wheel.read(name).decode())
    commands = dict(entries["console_scripts"])

    assert commands.keys() == {f"tf-vmfvae-{program}" for program in PROGRAMS}
    for command, target in commands.items():
        module, _, function = target.partition(":")
        assert module == f"trainers.{command.removeprefix('tf-vmfvae-')}.__main__"
        assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_installed_command_explains_itself(program, installed, run_installed):
    result = run_installed(installed / "bin" / f"tf-vmfvae-{program}", "--help")
    module = ast.parse((ROOT / "trainers" / program / "__main__.py").read_text())

    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(ast.get_docstring(module).partition("\n")[0])
    assert "\n  --" in result.stdout


def test_a_signal_during_the_imports_of_an_installed_command_ends_it_in_one_line(
    installed, run_installed, tmp_path
):
    (tmp_path / "absl.py").write_text(
        f"import os, time; os.kill(os.getpid(), {int(signal.SIGINT)}); time.sleep(60)"
    )
    result = run_installed(installed / "bin" / "tf-vmfvae-lm", path=[tmp_path])

    assert result.returncode == 128 + signal.SIGINT
    assert result.stderr == "error: interrupted\n"


def test_an_installed_library_loads_a_preset_by_its_path(run_installed, tmp_path):
    latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    model = tf_vmfvae.models.NVDM(["ball", "snow"], latent, hidden_dim=4, seed=1)
    model.save_to_preset(tmp_path / "weather")
    program = (
        "import tf_vmfvae\n"
        "print(tf_vmfvae.__file__)\n"
        "model = tf_vmfvae.models.NVDM.from_preset('weather')\n"
        "print(model.encode(['snow']).tolist())\n"
        "tf_vmfvae.models.NVDM.from_preset('ptb_lstm')\n"
    )
    result = run_installed(sys.executable, "-c", program)
    place, code = result.stdout.splitlines()

    assert not pathlib.Path(place).is_relative_to(ROOT)
    assert code == str(model.encode(["snow"]).tolist())
    *_, error = result.stderr.splitlines()
    assert error.startswith("ValueError: preset 'ptb_lstm' is neither")
    assert str(pathlib.Path(place).parent / "saved_models") in error


def test_every_folder_of_code_is_a_package():
    folders = {pathlib.PurePath(name).parent for name in package_files(".py")}
    assert {
        str(f) for f in folders if not (ROOT / f / "__init__.py").is_file()
    } == set()


def test_the_wheel_names_its_version_licence_pythons_and_extras(metadata):
    assert metadata["Name"] == "tf-vmfvae"
    assert metadata["Version"] == tf_vmfvae.__version__
    assert "Apache-2.0" in (metadata["License-Expression"], metadata["License"])
    assert set(metadata["Requires-Python"].split(",")) == {">=3.10", "<3.14"}
    assert set(metadata.get_all("Provides-Extra")) == {"docs", "gpu", "pages", "test"}


def test_what_is_required_is_what_the_packages_import(metadata):
    imported = set()
    for name in package_files(".py"):
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module.split(".")[0])
    imported -= {*sys.stdlib_module_names, *PACKAGES}
    required = map(Requirement, metadata.get_all("Requires-Dist"))

    assert {canonicalize_name(LIBRARY_OF.get(name, name)) for name in imported} == {
        canonicalize_name(each.name)
        for each in required
        # What the extra "pages" installs is imported when a page is made.
        if each.marker is None or str(each.marker) == 'extra == "pages"'
    }


def test_the_lock_pins_every_requirement_to_a_version_that_setup_allows(metadata, lock):
    for line in metadata.get_all("Requires-Dist"):
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        assert requirement.specifier.contains(lock[name]), line
        assert "<" in str(requirement.specifier) or name == "packaging", line


def test_the_lock_has_only_exact_versions_and_no_paths_or_addresses(lock):
    assert all(
        re.fullmatch(r"[0-9][0-9A-Za-z.+]*", version) for version in lock.values()
    )
    text = (ROOT / "requirements.lock").read_text()
    assert "/" not in text
    assert "@" not in text


def test_the_lock_lists_what_pip_resolves_except_the_library_itself():
    versions = {"zope": "2.0", "Keras": "3.1", "tf-vmfvae": "0.1.0", "absl-py": "1"}
    report = {
        "install": [
            {"metadata": {"name": name, "version": version}}
            for name, version in versions.items()
        ]
    }
    header, *lines = lock_requirements.lock_text(report).splitlines()

    assert lines == ["absl-py==1", "Keras==3.1", "zope==2.0"]
    assert (ROOT / "requirements.lock").read_text().splitlines()[0] == header


@pytest.mark.parametrize("version", ["3.9", "3.14"])
def test_make_refuses_other_pythons_and_names_those_it_works_with(tmp_path, version):
    major, minor = version.split(".")
    # A stand-in for an interpreter of that version; "$@" is a script and its arguments.
    interpreter = tmp_path / "python"
    interpreter.write_text(
        "#!/bin/sh\n"
        f"exec {sys.executable} -c 'import runpy, sys\n"
        f"sys.version_info = ({major}, {minor})\n"
        "sys.argv = sys.argv[1:]\n"
        'runpy.run_path(sys.argv[0])\' "$@"\n'
    )
    interpreter.chmod(0o755)
    environment = tmp_path / "environment"
    result = subprocess.run(
        ["make", "train", f"PYTHON={interpreter}", f"VENV={environment}"],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")},
        capture_output=True,
        text=True,
    )

    assert result.returncode != 0
    assert result.stderr.splitlines()[0] == (
        f"tf_vmfvae needs Python 3.10 to 3.13, but {interpreter} is Python {version}. "
        "Choose another: make PYTHON=python3.11"
    )
    assert not environment.exists()


def test_importing_the_library_leaves_the_collection_of_garbage_as_it_was():
    for set_it, is_on in (("gc.enable()", True), ("gc.disable()", False)):
        program = f"import gc; {set_it}; import tf_vmfvae; print(gc.isenabled())"
        printed = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        ).stdout
        assert printed.split() == [str(is_on)]
