"""Finds the binary in the directories where installers put scripts."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator

NAME = "hashstatic"


class BinaryNotFound(FileNotFoundError):
    """The package is installed without its binary."""


def find_binary() -> str:
    """The path of the ``hashstatic`` binary that was installed with this package.

    ``PATH`` is not looked at: another version might be first there.
    """
    file_name = NAME + (sysconfig.get_config_var("EXE") or "")
    looked_in: list[str] = []
    for directory in _directories():
        if directory in looked_in:
            continue
        path = os.path.join(directory, file_name)
        if os.path.isfile(path):
            return path
        looked_in.append(directory)
    places = "".join(f"\n  {directory}" for directory in looked_in)
    raise BinaryNotFound(
        f"the {file_name} binary is in none of the places where installers put it:{places}\n"
        "It is part of the wheel: `pip install --force-reinstall hashstatic` puts it back."
    )


def _directories() -> Iterator[str]:
    """The directories where installers put scripts, the likeliest first."""
    yield sysconfig.get_path("scripts")
    package = os.path.dirname(os.path.abspath(__file__))
    packages = os.path.dirname(package)
    # `pip install --target DIR`: DIR/hashstatic and DIR/bin.
    yield os.path.join(packages, "bin")
    # `pip install --prefix DIR`: DIR/lib/pythonX.Y/site-packages/hashstatic and DIR/bin.
    prefix = os.path.dirname(os.path.dirname(os.path.dirname(packages)))
    yield os.path.join(prefix, "Scripts" if os.name == "nt" else "bin")
    yield sysconfig.get_path("scripts", scheme=sysconfig.get_preferred_scheme("user"))
    # A virtual environment with `--system-site-packages`: the scripts of its base Python.
    yield sysconfig.get_path("scripts", vars={"base": sys.base_prefix, "platbase": sys.base_prefix})
