"""Locales without UTF-8, where Python decodes paths to another text than the binary."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import DJANGO, OURS, OURS_COMPRESSED, tree, write

SITE = {"css/app.css": 'a{background:url("../img/logo.svg")}\n' * 9, "img/logo.svg": "<svg/>"}
SETTINGS = """
import os, sys
from django.core.files.storage import FileSystemStorage
here = os.path.dirname(os.path.abspath(__file__))
backend, app, clear, elsewhere = sys.argv[1:5]
options = {}
if elsewhere:
    manifest = FileSystemStorage(location=os.path.join(here, "manifest"))
    options = {"cache_dir": os.path.join(here, "cache"), "manifest_storage": manifest, "ignore_errors": ["\\xe4:\\xe4"]}
INSTALLED_APPS = [*filter(None, [app]), "django.contrib.staticfiles"]
STATIC_ROOT = os.path.join(here, "root")
STATIC_URL = "/st\\xe4tic/"
STATICFILES_DIRS = [os.path.join(here, "source")]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {"staticfiles": {"BACKEND": backend, "OPTIONS": options}}
"""
RUN = """
import os, sys
import django
from django.core.management import call_command
sys.argv, here = sys.argv[1:], sys.argv[1]
sys.path.insert(0, here)
os.environ["DJANGO_SETTINGS_MODULE"] = "the_settings"
django.setup()
call_command("collectstatic", interactive=False, clear=bool(sys.argv[3]))
"""
LOCALES = {
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "UTF-8": {"LC_ALL": "C.UTF-8"},
}


def project(tmp_path, name=b"\xc3\xa9"):
    """A project in a directory whose name is not ASCII."""
    directory = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    write(directory / "source", SITE)
    write(directory, {"the_settings.py": SETTINGS})
    return directory


def run(project, locale, backend, app="", clear="", elsewhere=""):
    command = [sys.executable, "-c", RUN, project, backend, app, clear, elsewhere]
    return subprocess.run(command, env={**os.environ, **LOCALES[locale]}, capture_output=True)


@pytest.mark.parametrize("app", ["", "hashstatic"])
@pytest.mark.parametrize("locale", LOCALES)
def test_the_projects_path(tmp_path, locale, app):
    here = project(tmp_path)
    (here / "manifest").mkdir()
    theirs = run(here, locale, DJANGO)
    assert theirs.returncode == 0, theirs.stderr
    expected = tree(here / "root")
    manifest = expected.pop("staticfiles.json")
    for clear in ("", "clear"):
        done = run(here, locale, OURS_COMPRESSED, app, clear, "elsewhere")
        assert (done.returncode, b"Django's own code" in done.stderr) == (0, False), done.stderr
        ours = tree(here / "root")
        assert {name: ours.get(name) for name in expected} == expected
        assert json.loads((here / "manifest/staticfiles.json").read_bytes()) == json.loads(manifest)
        assert list((here / "cache").iterdir())
    assert "css/app.css.gz" in ours
    assert [path for path in tmp_path.iterdir() if path != here] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_file_that_cannot_be_decoded(tmp_path, locale):
    here = project(tmp_path)
    write(here / "source", {"bad.css": b"\xff{}"})
    theirs, ours = (run(here, locale, backend) for backend in (DJANGO, OURS))
    assert (theirs.returncode, ours.returncode) == (1, 1)
    assert b"can't decode byte 0xff" in theirs.stderr
    said = ours.stderr.splitlines()
    assert said[-2] == theirs.stderr.splitlines()[-1]
    assert said[-1] == b"help: Django reads UTF-8 only: save the file as UTF-8"


@pytest.mark.parametrize(("locale", "directory", "name"), [("C", b"\xc3\xa9", "é.txt"), ("UTF-8", b"\xe9", "e.txt")])
def test_what_json_cannot_hold_is_djangos(tmp_path, locale, directory, name):
    """Django's own code runs for names and paths that are not UTF-8."""
    here = project(tmp_path, directory)
    write(here / "source", {name: "x"})
    trees = []
    for backend in (DJANGO, OURS):
        done = run(here, locale, backend, clear="clear")
        assert done.returncode == 0, done.stderr
        assert (b"is not UTF-8" in done.stderr) == (backend == OURS)
        trees.append(tree(here / "root"))
    assert trees[0] == trees[1]
