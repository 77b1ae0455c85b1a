"""A few hundred of the fuzzer's cases, always the same ones: what it found once must not come back."""

import subprocess
import sys
from pathlib import Path

import pytest
from harness import ALL_VERSIONS, binary

FUZZER = Path(__file__).with_name("fuzz_trees.py")


def fuzz(*arguments):
    return subprocess.run([sys.executable, FUZZER, *map(str, arguments)], capture_output=True, text=True)


# Known and still open: a NUL in a reference, and module specifiers that two patterns rewrite one after the other.
@pytest.mark.parametrize("modules, avoided", [((), ["nul"]), (("--js-modules",), ["nul", "twice"])], ids=["css", "modules"])
@pytest.mark.parametrize("version", ALL_VERSIONS)
def test_random_trees(version, modules, avoided):
    done = fuzz("--bin", binary(), "--version", version, "--seed", 1, "--cases", 300, *modules, "--avoid", *avoided)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_fuzzer_finds_nothing_in_the_same_django_and_something_in_another():
    same = fuzz("--subject", "django-6.1", "--version", "6.1", "--cases", 200)
    assert same.returncode == 0, same.stdout + same.stderr
    other = fuzz("--subject", "django-5.2", "--version", "6.1", "--cases", 200, "--max-failures", 1, "--no-shrink")
    assert other.returncode == 1 and "seed 0 case" in other.stdout
