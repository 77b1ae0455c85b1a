"""Runs the tests of examples/django-docker: the stages of its Dockerfile natively, then gunicorn and Chromium.

    python3 tests/example/run.py [PYTEST ARGUMENTS]
    python3 tests/example/run.py deploy-check     builds the example below target/example and checks that deployment
    python3 tests/example/run.py docker           builds the Dockerfiles with buildah, see docker.py

Needs the binary's wheel, which it builds if HASHSTATIC_WHEEL does not name one; Node.js and Chromium. nginx and Caddy
are fetched, see servers.py.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
TARGET = PROJECT / "target" / "example"
sys.path[:0] = [str(HERE.parent / "oracle"), str(HERE.parent / "python")]
import prepare  # noqa: E402

import servers  # noqa: E402
from run import given_or_built_wheel  # noqa: E402


def main(arguments):
    TARGET.mkdir(parents=True, exist_ok=True)
    if arguments[:1] == ["docker"]:
        sys.exit(subprocess.run([sys.executable, str(HERE / "docker.py")]).returncode)
    python = make_environment(given_or_built_wheel())
    if arguments[:1] == ["deploy-check"]:
        command = [python, HERE / "deployment.py", TARGET / "deployment"]
    else:
        command = [python, "-m", "pytest", "-q", "--basetemp", TARGET / "tmp", *(arguments or [HERE])]
        prepare.need.require("python", "browser")
        servers.prepare()
    sys.exit(subprocess.run([*map(str, command)], cwd=PROJECT).returncode)


def make_environment(wheel):
    venv = TARGET / "venv"
    python = venv / "bin" / "python"
    if not python.exists():
        newest = max(version for version in prepare.found_pythons() if version[:2] >= (3, 12))
        prepare.run([str(prepare.found_pythons()[newest]), "-m", "venv", str(venv)])
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    example = PROJECT / "examples" / "django-docker" / "requirements.txt"
    prepare.run([*pip, "-r", str(example), "-r", str(HERE / "requirements.txt")])
    prepare.run([*pip, "--no-deps", "--no-index", "--force-reinstall", str(wheel)])
    return python


if __name__ == "__main__":
    main(sys.argv[1:])
