"""`hashstatic build --from-django` builds what `collectstatic` collects, or says which override it cannot do."""

import json
import os
import subprocess
import sys

import django
import pytest

import hashstatic
from support import DJANGO, MANIFESTS, OURS, OURS_COMPRESSED, RECORD, WHITENOISE, tree, write

SETTINGS = """
import os
BASE = os.path.dirname(os.path.abspath(__file__))
SECRET_KEY = "x"
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_URL = "/static/"
STATIC_ROOT = os.environ["ROOT"]
STATICFILES_DIRS = [os.path.join(BASE, "assets")]
STATICFILES_FINDERS = [os.environ.get("FINDER", "django.contrib.staticfiles.finders.FileSystemFinder")]
STORAGES = {"staticfiles": {"BACKEND": os.environ["BACKEND"], "OPTIONS": {}}}
if "MANIFESTS" in os.environ:
    STORAGES["staticfiles"]["OPTIONS"]["manifest_storage"] = __import__("site_storages").Upper(location=BASE)
"""
MANAGE = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
STORAGES = """
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from {module} import {name} as Base

class Mixin:
    def post_process(self, paths, dry_run=False, **options):
        self._save("bundle.css", ContentFile(b"bundle"))
        yield from super().post_process(paths, dry_run=dry_run, **options)
class Processes(Mixin, Base):
    pass
class Saves(Base):
    def save(self, name, content, max_length=None):
        return super().save(name, ContentFile(content.read().upper()))
class WritesManifest(Base):
    def save_manifest(self):
        self.hashed_files["own"] = "own.txt"
        super().save_manifest()
class Names(Base):
    def hashed_name(self, name, content=None, filename=None):
        return "v1/" + super().hashed_name(name, content, filename)
class OnInstance(Base):
    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.save = self.save
class Versions(Base):
    manifest_version = "1.0"
class Lists(Base):
    def listdir(self, path):
        return super().listdir(path)
class Patterns(Base):
    patterns = ()
class Harmless(Base):
    manifest_strict = False
    support_js_module_import_aggregation = True
    manifest_name = "other.json"
    def url(self, name, force=False):
        return "https://cdn.test/" + name
    def own(self):
        pass
class Upper(FileSystemStorage):
    def _open(self, name, mode="rb"):
        with super()._open(name, mode) as file:
            return ContentFile(file.read().upper())
    def _save(self, name, content):
        return super()._save(name, ContentFile(content.read().upper()))
class Finder(FileSystemFinder):
    def list(self, ignore_patterns):
        for path, storage in super().list(ignore_patterns):
            yield path, Upper(storage.location)
"""
# The class that is refused → how it is named.
REFUSED = {
    "Processes": "site_storages.Mixin overrides post_process",
    "Saves": "site_storages.Saves overrides save",
    "WritesManifest": "site_storages.WritesManifest overrides save_manifest",
    "Names": "site_storages.Names overrides hashed_name",
    "OnInstance": "site_storages.OnInstance overrides save",
    "Versions": "site_storages.Versions overrides manifest_version",
    "Lists": "site_storages.Lists overrides listdir",
    "Patterns": "site_storages.Patterns has its own patterns",
}


@pytest.fixture(params=[OURS, OURS_COMPRESSED, DJANGO, WHITENOISE])
def project(request, tmp_path):
    module, _, name = request.param.rpartition(".")
    write(
        tmp_path,
        {
            "manage.py": MANAGE,
            "site_settings.py": SETTINGS,
            "site_storages.py": STORAGES.format(module=module, name=name),
            "assets/css/a.css": "a{background:url(../img/logo.svg)}\n" * 9,
            "assets/img/logo.svg": "<svg/>",
            "assets/js/a.js": 'import "./b.js";\n',
            "assets/js/b.js": "export {}\n",
        },
    )
    return tmp_path


def run(project, command, root, backend, **more):
    env = {**os.environ, "ROOT": str(project / root), "BACKEND": f"site_storages.{backend}", **more}
    return subprocess.run([*map(str, command)], cwd=project, env=env, capture_output=True, text=True)


def built(project, backend, command="build", **more):
    arguments = [hashstatic.find_binary(), command, "--from-django", "--python", sys.executable]
    return run(project, arguments, "built", backend, **more)


@pytest.mark.parametrize(("backend", "command"), [*((backend, "build") for backend in REFUSED), ("Processes", "check")])
def test_an_override_that_only_collectstatic_can_do(backend, command, project):
    done = built(project, backend, command)
    assert done.returncode == 2, done.stderr
    expected = (
        f"--from-django: {REFUSED[backend]}, which the binary cannot do without Django: run `manage.py collectstatic`"
    )
    assert expected in done.stderr
    assert not (project / "built").exists()


def test_a_storage_of_sources_that_only_collectstatic_can_do(project):
    done = built(project, "Base", FINDER="site_storages.Finder")
    assert done.returncode == 2 and "comes from site_storages.Upper" in done.stderr, done.stderr
    assert "run `manage.py collectstatic`" in done.stderr and not (project / "built").exists()


def test_a_storage_of_manifests_that_only_collectstatic_can_do(project):
    done = built(project, "Base", MANIFESTS="1")
    assert done.returncode == 2 and "site_storages.Upper stores the manifest" in done.stderr, done.stderr
    assert not (project / "built").exists()


@pytest.mark.parametrize("backend", ["Base", "Harmless"])
def test_what_does_not_matter_is_not_refused(backend, project):
    done = run(project, [sys.executable, "manage.py", "collectstatic", "--no-input"], "collected", backend)
    assert done.returncode == 0, done.stderr
    done = built(project, backend)
    assert done.returncode == 0, done.stderr
    trees = [tree(project / "collected"), tree(project / "built")]
    for files in trees:
        for name in [name for name in files if name in (RECORD, MANIFESTS) or name.endswith((".gz", ".br"))]:
            del files[name]
        for name in [name for name in files if name.endswith(".json") and django.VERSION < (6, 0)]:
            files[name] = json.loads(files[name])  # in the order of processing
    assert trees[0] == trees[1]
    assert ("other.json" in trees[1]) == (backend == "Harmless")
