"""Makes what the oracle tests need, under target/oracle: a virtual environment per Django, and the corpora.

Runs on any Python 3.8 or later and finds one that is new enough for Django 6.1. What is there with the right pins is
left alone; two runs at once wait for each other.
"""

import fcntl
import fnmatch
import glob
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent.parent / "target" / "oracle"
NEEDED = (3, 12)  # Django 6.1


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    with open(TARGET / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        pythons = find_pythons()
        # Python itself has changed urlunsplit (gh-67693): the recorded cases were made with a newer Python for Django
        # 6.1 than for 5.2.
        for django, python in (
            ("6.1", pythons[-1]), ("5.2", pythons[0]), ("6.0", pythons[-1]), ("4.2", pythons[0])
        ):
            make_venv(TARGET / f"venv-{django}", HERE / f"requirements-{django}.txt", python)
        fetch_corpora()


def found_pythons():
    """Every interpreter that is found, by version."""
    candidates = [shutil.which(name) for name in ("python3.10", "python3.11", "python3.12", "python3.13", "python3.14", "python3")]
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    candidates += sorted(glob.glob(f"{pyenv}/versions/3.*/bin/python3"))
    if shutil.which("uv"):
        found = subprocess.run(["uv", "python", "find", ">=3.12"], capture_output=True, text=True)
        candidates.append(found.stdout.strip())
    versions = {}
    for candidate in filter(None, candidates):
        ask = "import sys; print(*sys.version_info[:3])"
        answer = subprocess.run([candidate, "-c", ask], capture_output=True, text=True)
        version = tuple(map(int, answer.stdout.split())) if answer.returncode == 0 else ()
        if version:
            versions.setdefault(version, candidate)
    return versions


def find_pythons():
    """Every interpreter that is new enough, the oldest first."""
    versions = {version: path for version, path in found_pythons().items() if version >= NEEDED}
    if not versions:
        sys.exit(
            "The oracle tests run real Django, and Django 6.1 needs Python 3.12 or later: none was found as "
            "python3.12, python3.13, python3.14, python3, with pyenv or with uv."
        )
    return [versions[version] for version in sorted(versions)]


def make_venv(venv, requirements, python):
    stamp = venv / "stamp"
    wanted = f"{python}\n{requirements.read_text()}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(venv, ignore_errors=True)
    run([python, "-m", "venv", str(venv)])
    retry([str(venv / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)])
    stamp.write_text(wanted)


def fetch_corpora():
    # tomllib is there in the venv's Python, not always in the one that runs this.
    code = "import json, sys, tomllib; json.dump(tomllib.load(open(sys.argv[1], 'rb')), sys.stdout)"
    python = str(TARGET / "venv-6.1" / "bin" / "python")
    answer = subprocess.run([python, "-c", code, str(HERE / "corpora.toml")], capture_output=True, text=True, check=True)
    import json

    corpora = json.loads(answer.stdout)
    for name, (version, roots) in corpora["pypi"].items():
        fetch(name, f"{version} {roots}", lambda into, where: from_pypi(name, version, roots, into, where))
    for name, version in corpora["npm"].items():
        fetch(name, version, lambda into, where: from_npm(name, version, into, where))


def fetch(name, pin, get):
    corpus = TARGET / "corpora" / name.split("/")[-1]
    stamp = corpus.parent / f"{corpus.name}.stamp"
    if stamp.exists() and stamp.read_text() == pin:
        return
    print(f"fetching {name}", file=sys.stderr)
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=TARGET) as where:
        get(corpus, Path(where))
    stamp.write_text(pin)


def from_pypi(name, version, roots, into, where, pip=TARGET / "venv-6.1" / "bin" / "pip"):
    retry([str(pip), "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:",
           "-d", str(where), f"{name}=={version}"])
    (wheel,) = where.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for root in roots:
            for entry in archive.namelist():
                head, static, tail = entry.partition("/static/")
                if static and tail and not entry.endswith("/") and fnmatch.fnmatchcase(f"{head}/static", f"{root}"):
                    target = into / tail
                    if not target.exists():
                        target.parent.mkdir(parents=True, exist_ok=True)
                        target.write_bytes(archive.read(entry))


def from_npm(name, version, into, where):
    retry(["npm", "pack", "--silent", f"{name}@{version}"], cwd=where)
    (package,) = where.glob("*.tgz")
    with tarfile.open(package) as archive:
        for entry in archive:
            # Everything in an npm package is below one directory, which is mostly called "package".
            _, _, inside = entry.name.partition("/")
            if entry.isfile() and inside and ".." not in inside.split("/"):
                target = into / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.extractfile(entry).read())


def retry(command, **options):
    for wait in (2, 10, 30):
        if subprocess.run(command, stdout=subprocess.DEVNULL, **options).returncode == 0:
            return
        time.sleep(wait)
    run(command, stdout=subprocess.DEVNULL, **options)


def run(command, **options):
    subprocess.run(command, check=True, **options)


if __name__ == "__main__":
    main()
