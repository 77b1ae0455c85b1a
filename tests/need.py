#!/usr/bin/env python3
"""Gets from the machine what a test target needs.

    python3 tests/need.py NEED...      some of the names in NEEDS

What is missing is installed with apt-get by root; anybody else is told in one line what to run. Any Python 3.8 or later
runs this file.
"""

import fcntl
import glob
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from ctypes.util import find_library
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"
PYTHON = (3, 12)  # Django 6 needs it

# Need → program or library → Debian package.
NEEDS = {
    "cc": {"cc": "gcc"},
    "c++": {"c++": "g++"},
    "python": {},
    "browser": {"chromium": "chromium", "node": "nodejs", "npm": "npm"},
    "faults": {
        "cc": "gcc",
        "strace": "strace",
        "unshare": "util-linux",
        "mount": "mount",
        "cp": "coreutils",
        "libbrotlidec": "libbrotli1",
    },
    "disks": {"mkfs.ext4": "e2fsprogs", "mkfs.xfs": "xfsprogs"},
}


def require(*needs):
    os.environ["PATH"] += f":{SBIN}"
    missing = {package for need in needs for name, package in NEEDS[need].items() if not is_there(name)}
    if missing:
        install(sorted(missing))
    if "python" in needs:
        new_enough_python()
    if "browser" in needs:
        browser_scripts()


def is_there(name):
    if name == "chromium" and os.environ.get("CHROMIUM"):
        return True
    return find_library(name[3:]) if name.startswith("lib") else shutil.which(name)


def install(packages):
    command = ["apt-get", "install", "--yes", "-qq", *packages]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"{', '.join(packages)}: missing; as root on Debian: {' '.join(command)}")
    with alone():
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=quiet)


@contextmanager
def alone():
    """Two targets at once do not install at once."""
    with (Path(tempfile.gettempdir()) / f"hashstatic-need-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def new_enough_python():
    if any(version >= PYTHON for version in pythons()):
        return
    wanted = [f"python3.{minor}" for minor in (14, 13, 12)]
    if shutil.which("apt-get"):
        if os.geteuid() == 0:
            subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=subprocess.DEVNULL)
        for name in wanted:
            if subprocess.run(["apt-cache", "show", f"{name}-venv"], capture_output=True).returncode == 0:
                return install([name, f"{name}-venv"])
    sys.exit(
        f"The tests run real Django, and Django 6 needs Python {'.'.join(map(str, PYTHON))} or later: "
        "none was found on PATH, with pyenv or with uv, and apt has none: pyenv install 3.13"
    )


def pythons():
    """Every interpreter that is found and that can make a virtual environment: version → path."""
    names = [f"python3.{minor}" for minor in range(10, 15)]
    candidates = [shutil.which(name) for name in (*names, "python3")]
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    candidates += sorted(glob.glob(f"{pyenv}/versions/3.*/bin/python3"))
    if shutil.which("uv"):
        found = subprocess.run(["uv", "python", "find", ">=3.12"], capture_output=True, text=True)
        candidates.append(found.stdout.strip())
    versions = {}
    for candidate in filter(None, candidates):
        ask = "import ensurepip, sys; print(*sys.version_info[:3])"
        answer = subprocess.run([candidate, "-c", ask], capture_output=True, text=True)
        version = tuple(map(int, answer.stdout.split())) if answer.returncode == 0 else ()
        if version:
            versions.setdefault(version, candidate)
    return versions


def browser_scripts():
    """What `tests/browser` has from npm."""
    directory = PROJECT / "tests" / "browser"
    stamp = directory / "node_modules" / ".hashstatic-stamp"
    wanted = (directory / "package-lock.json").read_text()
    with alone():
        if not stamp.exists() or stamp.read_text() != wanted:
            subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=directory, check=True)
            stamp.write_text(wanted)


if __name__ == "__main__":
    if not sys.argv[1:] or set(sys.argv[1:]) - NEEDS.keys():
        sys.exit(f"usage: tests/need.py NEED..., of {', '.join(NEEDS)}")
    require(*sys.argv[1:])
