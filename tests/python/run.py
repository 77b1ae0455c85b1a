"""Builds the wheel, installs it into a clean virtual environment per Django, and runs the tests there.

    python3 tests/python/run.py [ENVIRONMENT...] [-- PYTEST ARGUMENTS]
    python3 tests/python/run.py wheel DIRECTORY [--sdist]
    python3 tests/python/run.py lint        ruff and mypy

HASHSTATIC_WHEEL names a wheel that is there already. Runs on any Python 3.8 or later. Everything is below target/wheel;
what is there with the right pins is left alone.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
TARGET = PROJECT / "target" / "wheel"
sys.path.insert(0, str(HERE.parent / "oracle"))
import prepare  # noqa: E402

TOOLS = ["maturin==1.16.0", "ruff==0.17.6", "mypy==2.4.1"]
COMMON = [
    "whitenoise==6.12.0",
    "brotli==1.2.1",
    "django-pipeline==4.1.0",
    "pytest==9.1.1",
    "pytest-timeout==2.4.0",
    "Jinja2==3.1.6",
]
# Name → (Django, the oldest and the newest Python that it runs with, further packages). Django 6 is tested with the
# newest Python that is found, the others with the oldest.
ENVIRONMENTS = {
    "4.2": ("4.2.30", (3, 10), (3, 12), []),
    "5.2": ("5.2.19", (3, 10), (3, 13), []),
    "6.0": ("6.0.10", (3, 12), (3, 14), []),
    "6.1": ("6.1.3", (3, 12), (3, 14), []),
    "project": (
        "5.2.19",
        (3, 11),
        (3, 13),
        ["wagtail==8.0.1", "djangorestframework==3.18.3", "django-debug-toolbar==8.0.0", "gunicorn==27.0.1"],
    ),
}


def main(arguments):
    at = arguments.index("--") if "--" in arguments else len(arguments)
    names, pytest = arguments[:at], arguments[at + 1 :]
    TARGET.mkdir(parents=True, exist_ok=True)
    if arguments == ["lint"]:
        return lint()
    if arguments[:1] == ["wheel"]:
        return print(build_wheel(PROJECT / arguments[1], *arguments[2:]))
    wheel = given_or_built_wheel()
    failed = []
    for name in names or ENVIRONMENTS:
        python = make_environment(name, wheel)
        tests = [HERE / "test_project.py"] if name == "project" else sorted(HERE.glob("test_*.py"))
        if name != "project":
            tests.remove(HERE / "test_project.py")  # runs in its own environment
        print(f"--- {name}", flush=True)
        command = [python, "-m", "pytest", "-q", *scratch(), *(pytest or tests)]
        environment = {
            "HASHSTATIC_CACHE_DIR": str(TARGET / "cache"),  # not the user's
            **os.environ,
            "DJANGO_TESTS": str(django_tests(python, ENVIRONMENTS[name][0])),
        }
        if subprocess.run([*map(str, command)], cwd=PROJECT, env=environment).returncode != 0:
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def scratch():
    """pytest's option for its directory: in memory where possible, as the tests write thousands of small files.

    One directory per checkout, which pytest empties first: killed runs leave no more than one.
    """
    memory = Path("/dev/shm")
    name = f"hashstatic-tests-{zlib.crc32(bytes(PROJECT)):08x}"
    return ["--basetemp", memory / name if os.access(memory, os.W_OK) else TARGET / "tmp"]


def tools():
    """The directory with maturin, ruff and mypy."""
    venv = TARGET / "venv-tools"
    environment(venv, max(prepare.found_pythons().items())[1], TOOLS)
    return venv / "bin"


def lint():
    ruff = str(tools() / "ruff")
    prepare.run([ruff, "check", "--quiet"], cwd=PROJECT)
    prepare.run([ruff, "format", "--quiet", "--check"], cwd=PROJECT)
    prepare.run([str(tools() / "mypy"), "--no-error-summary"], cwd=PROJECT)


def given_or_built_wheel():
    given = os.environ.get("HASHSTATIC_WHEEL")
    return PROJECT / given if given else build_wheel(TARGET / "dist")


def build_wheel(dist, *options):
    """Builds the wheel into `dist`, with the project's lock file and target directory."""
    shutil.rmtree(dist, ignore_errors=True)
    maturin = [str(tools() / "maturin"), "build", "--release", "--locked", "--quiet"]
    prepare.run([*maturin, *options, "--out", str(dist)], cwd=PROJECT)
    # maturin moves the binary away; this links it again, without compiling.
    prepare.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=PROJECT)
    (wheel,) = dist.glob("*.whl")
    return wheel


def make_environment(name, wheel):
    django, oldest, newest, more = ENVIRONMENTS[name]
    venv = TARGET / f"venv-{name}"
    environment(venv, find_python(name, oldest, newest), [f"Django=={django}", *COMMON, *more])
    python = venv / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]
    prepare.run([*pip, "--force-reinstall", str(wheel)])
    return python


def find_python(name, oldest, newest):
    found = {version: path for version, path in prepare.found_pythons().items() if oldest <= version[:2] <= newest}
    if not found:
        sys.exit(f"The tests with Django {name} need a Python from {oldest} to {newest}: none was found.")
    return found[max(found) if name.startswith("6") else min(found)]


def environment(venv, python, requirements):
    """Makes a virtual environment with these packages, unless it is there."""
    stamp = venv / "stamp"
    wanted = "\n".join([str(python), *requirements])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(venv, ignore_errors=True)
    prepare.run([str(python), "-m", "venv", str(venv)])
    pip = [str(venv / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    prepare.retry([*pip, *requirements])
    stamp.write_text(wanted)


def django_tests(python, version):
    """The directory of Django's own tests, from its sdist."""
    source = TARGET / f"django-{version}"
    if not source.exists():
        download = TARGET / "sdist"
        pip = [str(python), "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        prepare.retry([*pip, "--no-binary", "Django", "-d", str(download), f"Django=={version}"])
        with tarfile.open(download / f"django-{version}.tar.gz") as archive:
            inside = [m for m in archive.getmembers() if m.name.startswith(f"django-{version}/tests/")]
            archive.extractall(TARGET / "unpacked", inside)
        (TARGET / "unpacked" / f"django-{version}").rename(source)
    return source / "tests"


if __name__ == "__main__":
    main(sys.argv[1:])
