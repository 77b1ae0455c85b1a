"""Makes what the oracle tests need, under target/oracle: a virtual environment per Django, and the corpora.

Runs on any Python 3.8 or later and finds one that is new enough for Django 6.1. What is there with the right pins is
left alone; two runs at once wait for each other.
"""

import fcntl
import fnmatch
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent.parent / "target" / "oracle"
sys.path.insert(0, str(HERE.parent))
import need  # noqa: E402

found_pythons = need.pythons


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    with open(TARGET / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        pythons = find_pythons()
        # Python itself has changed urlunsplit (gh-67693): the recorded cases were made with a newer Python for Django
        # 6.1 than for 5.2.
        versions = {"6.1": pythons[-1], "5.2": pythons[0], "6.0": pythons[-1], "4.2": pythons[0]}

        def venv(version):
            make_venv(TARGET / f"venv-{version}", HERE / f"requirements-{version}.txt", versions[version])

        at_once(venv, versions)
        fetch_corpora()


def find_pythons():
    """Every interpreter that is new enough for Django 6.1, the oldest first."""
    need.new_enough_python()
    versions = {version: path for version, path in need.pythons().items() if version >= need.PYTHON}
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

    def pypi(corpus):
        name, (version, roots) = corpus
        fetch(name, f"{version} {roots}", lambda into, where: from_pypi(name, version, roots, into, where))

    def npm(corpus):
        name, version = corpus
        fetch(name, version, lambda into, where: from_npm(name, version, into, where))

    at_once(pypi, corpora["pypi"].items())
    at_once(npm, corpora["npm"].items())


def at_once(work, items):
    """As many at once as there are cores; they mostly wait for the network. An error of one is raised."""
    with ThreadPoolExecutor(max(2, os.cpu_count())) as pool:
        list(pool.map(work, items))


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
