"""Shared by the oracle tests: running Django and hashstatic, and comparing what they wrote."""

import json
import os
import re
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
ORACLE = PROJECT / "target" / "oracle"
VERSIONS = ("6.1", "5.2")
# 6.0 and 4.2 differ from these in a few patterns: what they write is not recorded, only asked for.
ALL_VERSIONS = (*VERSIONS, "6.0", "4.2")
os.environ.setdefault("HASHSTATIC_CACHE_DIR", str(ORACLE / "cache"))  # not the user's


def binary():
    path = os.environ.get("HASHSTATIC_BIN", str(PROJECT / "target" / "release" / "hashstatic"))
    if not os.path.exists(path):
        raise RuntimeError(f"{path} is not there: run `cargo build --release` first, or set HASHSTATIC_BIN")
    return path


def build(*arguments, check=False, env=None):
    """Runs `hashstatic build`."""
    result = subprocess.run(
        [binary(), "build", *map(str, arguments)], capture_output=True, text=True, env={**os.environ, **(env or {})}
    )
    assert not check or result.returncode == 0, result.stderr
    assert "panicked" not in result.stderr, result.stderr
    return result


class Django:
    """A process that answers collectstatic jobs."""

    def __init__(self, version):
        python = ORACLE / f"venv-{version}" / "bin" / "python"
        self.process = subprocess.Popen(
            [python, Path(__file__).with_name("collect.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def collect(self, source, out, **job):
        job = {"sources": [str(source)], "out": str(out), **job}
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "crash" not in answer, answer["crash"]
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def tree(root):
    """Path → bytes of every file below `root`."""
    root = os.fspath(root)
    files = {}
    for directory, _, names in os.walk(root):
        for name in names:
            path = os.path.join(directory, name)
            with open(path, "rb") as file:
                files[os.path.relpath(path, root)] = file.read()
    return files


def differences(django, ours, version):
    """What differs between two static roots: equal file by file, and the manifest byte for byte. Before Django 6.0 the
    manifest's order follows the directory's: there, as a mapping."""
    django, ours = tree(django), tree(ours)
    found = [f"only Django wrote {name}" for name in django.keys() - ours.keys()]
    found += [f"only we wrote {name}" for name in ours.keys() - django.keys()]
    for name in sorted(django.keys() & ours.keys()):
        theirs, mine = django[name], ours[name]
        if name == "staticfiles.json" and version < "6":
            theirs, mine = json.loads(theirs), json.loads(mine)
        if theirs != mine:
            found.append(f"{name}: Django {repr(theirs)[:600]}, we {repr(mine)[:600]}")
    return found


def without_storage(text):
    """Our text names the storage's class where Django's has its repr."""
    return re.sub(r"<(STORAGE|django\.contrib[^>]*)>", "<STORAGE>", text)


def exact_arguments(version, js_modules=False, static_url="/static/"):
    arguments = [f"--django-exact={version}", "--no-gzip", "--no-brotli", "--static-url", static_url]
    return arguments + (["--js-modules"] if js_modules else [])


def compare(django, version, source, scratch, js_modules=False, static_url="/static/", max_passes=5):
    """Collects `source` both ways; what differs in the outcome, as a list."""
    theirs, ours = scratch / "django", scratch / "ours"
    answer = django.collect(source, theirs, js_modules=js_modules, static_url=static_url, max_passes=max_passes)
    result = build(source, "-o", ours, *exact_arguments(version, js_modules, static_url))
    if answer["ok"]:
        if result.returncode != 0:
            return [f"Django accepts it, we say: {result.stderr}"]
        return differences(theirs, ours, version)
    return refused(answer, result, ours)


def shown(text):
    """As we show it: without raw control characters, nor what ends a line or changes its direction."""
    return re.sub(
        "[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]",
        lambda c: {"\t": "\\t", "\r": "\\r", "\n": "\\n"}.get(c[0], f"\\u{{{ord(c[0]):x}}}"),
        text,
    )


def refused(answer, result, out):
    """Django refuses: so must we, with its text, before anything of ours, and publish nothing."""
    if result.returncode != 1:
        return [f"Django refuses ({answer['error']}), we exit with {result.returncode}"]
    found = []
    text = without_storage(result.stderr)
    error = shown(answer["error"].split("\n")[0])
    # Digests of Django's passes in between are not ours.
    error, text = (re.sub(r"\.[0-9a-f]{12}(?=[.'\"])", ".DIGEST", part) for part in (error, text))
    if "located outside of the base path" in error:
        error = error.split("(")[0]  # the path shown is the static root's own
    if error not in text:
        found.append(f"Django's text {answer['error']!r} is not in ours: {text}")
    if answer["stderr"] and shown(answer["stderr"].rstrip("\n")) not in text:
        found.append(f"Django names {answer['stderr']!r}, we: {text}")
    if out.exists() and tree(out):
        found.append("we published something")
    return found
