"""A virtual environment for what PyPI has."""

import subprocess
import sys


def install(work, package, program):
    """Installs a package into the environment, unless its program is there; returns the program."""
    environment = work / "venv"
    path = environment / "bin" / program
    if not (environment / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    marker = environment / f"{package}.installed"
    if not marker.exists():
        pip = [str(environment / "bin/python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--disable-pip-version-check", package], check=True)
        marker.touch()
    return path
