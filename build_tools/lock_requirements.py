"""Writes requirements.lock: the newest versions that setup.py allows on Python 3.11.

python -m build_tools.lock_requirements
"""

import json
import pathlib
import subprocess
import sys

LOCK = pathlib.Path(__file__).parent.parent / "requirements.lock"
HEADER = (
    "# Exact versions for Python 3.11, the docs and test extras included. "
    "Made by: make lock"
)


def main() -> None:
    """Asks pip for the versions and replaces the lock."""
    if sys.version_info[:2] != (3, 11):
        sys.exit(
            "make lock needs Python 3.11: make clean, then make lock PYTHON=python3.11"
        )
    command = [sys.executable, "-m", "pip", "install", ".[docs,test]", "--quiet"]
    command += ["--dry-run", "--ignore-installed", "--report", "-"]
    found = subprocess.run(command, cwd=LOCK.parent, stdout=subprocess.PIPE)
    if found.returncode:
        # pip has said why.
        sys.exit(found.returncode)
    LOCK.write_text(lock_text(json.loads(found.stdout)), encoding="utf-8")


def lock_text(report: dict) -> str:
    """Returns the content of the lock.

    Args:
        report: what `pip install --report` writes.
    """
    packages = [item["metadata"] for item in report["install"]]
    lines = [
        f"{package['name']}=={package['version']}"
        for package in sorted(packages, key=lambda package: package["name"].lower())
        if package["name"] != "tf-vmfvae"
    ]
    return "\n".join([HEADER, *lines]) + "\n"


if __name__ == "__main__":
    main()
