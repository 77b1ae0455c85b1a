"""The package without Django: finding and running the binary."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hashstatic


def test_the_binary_is_found():
    binary = hashstatic.find_binary()
    assert os.access(binary, os.X_OK)
    printed = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    assert printed.startswith("hashstatic ")


def test_python_m():
    def run(*arguments):
        return subprocess.run([sys.executable, "-m", "hashstatic", *arguments], capture_output=True, text=True)

    assert run("--version").stdout.startswith("hashstatic ")
    wrong = run("build", "--nonsense")
    assert wrong.returncode == 2 and "--nonsense" in wrong.stderr


def test_the_package_needs_no_django():
    code = "import sys, hashstatic, hashstatic._build; assert 'django' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("layout", ["target", "prefix"])
def test_other_ways_of_installing(layout, tmp_path):
    packages = tmp_path if layout == "target" else tmp_path / "lib/python3/site-packages"
    packages.mkdir(parents=True, exist_ok=True)
    shutil.copytree(Path(hashstatic.__file__).parent, packages / "hashstatic")
    (tmp_path / "bin").mkdir()
    code = "import hashstatic; print(hashstatic.find_binary())"
    # Isolated from the package that is installed.
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(packages)!r}); {code}"]
    binary = tmp_path / "bin/hashstatic"
    hidden = "import sysconfig; sysconfig.get_path = lambda *a, **k: '/nowhere'; "
    command[-1] = hidden + command[-1]
    lost = subprocess.run(command, capture_output=True, text=True)
    assert lost.returncode == 1 and "BinaryNotFound" in lost.stderr and str(binary.parent) in lost.stderr
    binary.write_text("")
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == str(binary)
