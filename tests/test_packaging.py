import email
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import tf_vmfvae

ROOT = pathlib.Path(__file__).parent.parent
PACKAGES = ("tf_vmfvae", "trainers")


def package_files(*suffixes):
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in suffixes
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy: building leaves files behind."""
    copy = tmp_path_factory.mktemp("source") / "copy"
    shutil.copytree(ROOT, copy, ignore=_all_but_sources)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", copy / "dist", copy]
    subprocess.run(command, check=True)
    (path,) = (copy / "dist").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


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


def test_the_wheel_holds_the_packages_whole_and_nothing_else(wheel):
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed >= package_files(
        ".py", ".txt", ".md", ".json", ".tsv", ".bib", ".ini"
    )
    assert {name.split("/")[0] for name in packed} == set(PACKAGES)
    assert any(name.endswith("/LICENSE") for name in wheel.namelist())


def test_every_folder_of_code_is_a_package():
    folders = {pathlib.PurePath(name).parent for name in package_files(".py")}
    assert {
        str(f) for f in folders if not (ROOT / f / "__init__.py").is_file()
    } == set()


def test_the_wheel_says_what_it_is(metadata):
    assert metadata["Name"] == "tf-vmfvae"
    assert metadata["Version"] == tf_vmfvae.__version__
    assert "Apache-2.0" in (metadata["License-Expression"], metadata["License"])
    assert set(metadata["Requires-Python"].split(",")) == {">=3.10", "<3.14"}
    assert set(metadata.get_all("Provides-Extra")) == {"docs", "gpu", "test"}


def test_the_lock_pins_what_setup_asks_for(metadata, lock):
    for line in metadata.get_all("Requires-Dist"):
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        assert requirement.specifier.contains(lock[name]), line
        assert "<" in str(requirement.specifier) or name == "packaging", line


def test_the_lock_holds_exact_versions_from_no_particular_place(lock):
    assert all(
        re.fullmatch(r"[0-9][0-9A-Za-z.+]*", version) for version in lock.values()
    )
    text = (ROOT / "requirements.lock").read_text()
    assert "/" not in text
    assert "@" not in text


@pytest.mark.parametrize("version", ["3.9", "3.14"])
def test_make_names_the_pythons_it_works_with(tmp_path, version):
    """A stand-in for an interpreter that is too old, or newer than any tested."""
    major, minor = version.split(".")
    interpreter = tmp_path / "python"
    interpreter.write_text(
        "#!/bin/sh\n"
        f'exec {sys.executable} -c "import sys; sys.version_info = ({major}, {minor})\n'
        '$2" "$3"\n'
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
    message = result.stderr.splitlines()[0]
    assert re.search(
        rf"needs Python 3\.10 to 3\.13, but .* is Python {version}", message
    )
    assert not environment.exists()
