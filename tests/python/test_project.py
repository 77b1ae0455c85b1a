"""A real project (admin, rest_framework, debug_toolbar, wagtail), built by collectstatic and by the binary alone."""

import gzip
import json
import os
import subprocess
import sys
import sysconfig
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import django
import pytest

import hashstatic
from support import DJANGO, OURS, OURS_COMPRESSED, WHITENOISE, decoded, tree, write

APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "debug_toolbar",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "polls",
]
SETTINGS = f"""
import os
SECRET_KEY = os.environ["SECRET_KEY"]
print("settings are loaded")  # as some do
DEBUG = False
ALLOWED_HOSTS = ["*"]
BASE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT_URLCONF = "site_.urls"
WSGI_APPLICATION = "site_.wsgi.application"
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "whitenoise.middleware.WhiteNoiseMiddleware"]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}}
INSTALLED_APPS = os.environ.get("FIRST", "").split() + {APPS!r}
MEDIA_ROOT = os.path.join(BASE, "media")
STATIC_URL = "/static/"
STATIC_ROOT = os.environ["ROOT"]
STATICFILES_DIRS = [os.path.join(BASE, "assets"), ("extra", os.path.join(BASE, "more"))]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders." + name for name in os.environ["FINDERS"].split()
]
STORAGES = {{
    "default": {{"BACKEND": "django.core.files.storage.FileSystemStorage"}},
    "staticfiles": {{"BACKEND": os.environ["BACKEND"]}},
}}
if "SKIP_COMPRESS" in os.environ:
    WHITENOISE_SKIP_COMPRESS_EXTENSIONS = os.environ["SKIP_COMPRESS"].split()
"""
MANAGE = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")
def main():
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
if __name__ == "__main__":
    main()
"""
WSGI = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = tmp_path_factory.mktemp("project")
    write(
        project,
        {
            "manage.py": MANAGE,
            "site_/__init__.py": "",
            "site_/settings.py": SETTINGS,
            "site_/urls.py": "urlpatterns = []",
            "site_/wsgi.py": WSGI,
            "polls/__init__.py": "",
            "polls/static/polls/style.css": "a{background:url(../img/own.png)}",
            "polls/static/img/own.png": "png",
            "assets/app.css": "@import 'polls/style.css';" + "b{color:red}\n" * 99,
            "more/x.txt": "x",
            "media/.hidden": "never",
            "more/.hidden": "never",
        },
    )
    return project


def environment(root, backend, finders="FileSystemFinder AppDirectoriesFinder", **more):
    environment = {**os.environ, "ROOT": str(root), "BACKEND": backend, "FINDERS": finders, "SECRET_KEY": "x", **more}
    environment.pop("VIRTUAL_ENV", None)
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return environment


def run(project, command, env):
    done = subprocess.run([*map(str, command)], cwd=project, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def collected(project, root, backend, **more):
    command = [sys.executable, "manage.py", "collectstatic", "--no-input"]
    return run(project, command, environment(root, backend, **more)), tree(root)


def built(project, root, backend, *arguments, **more):
    env = environment(root, backend, **more)
    run(project, [hashstatic.find_binary(), "build", *arguments], env)
    return tree(root)


@pytest.fixture(scope="module")
def djangos(project, tmp_path_factory):
    return collected(project, tmp_path_factory.mktemp("djangos"), DJANGO)


def test_only_the_backend_changed(project, djangos, tmp_path):
    summary, files = collected(project, tmp_path / "ours", OURS)
    assert files == djangos[1]
    assert len(files) > 500
    assert summary.split("'")[2] == djangos[0].split("'")[2]


def test_with_the_app(project, djangos, tmp_path):
    summary, files = collected(project, tmp_path / "ours", OURS, FIRST="hashstatic")
    assert files == djangos[1]
    assert summary.split("'")[2] == djangos[0].split("'")[2]


@pytest.mark.parametrize("backend", [DJANGO, OURS])
def test_from_django(project, djangos, tmp_path, backend):
    assert same(built(project, tmp_path / "ours", backend, "--from-django"), djangos[1])


def test_from_django_with_other_finders(project, djangos, tmp_path):
    finders = "FileSystemFinder AppDirectoriesFinder DefaultStorageFinder"
    env = environment(tmp_path / "ours", OURS, finders)
    (project / "empty").mkdir(exist_ok=True)
    run(project / "empty", [hashstatic.find_binary(), "build", "--from-django", "--manage", "../manage.py"], env)
    assert same(tree(tmp_path / "ours"), djangos[1])


def test_from_django_options_win(project, djangos, tmp_path):
    root = tmp_path / "elsewhere"
    arguments = ["--from-django", "--settings", "site_.settings", "--out", root, "--manifest", "m.json", "--gzip"]
    built(project, tmp_path / "not-used", OURS, *arguments)
    files = tree(root)
    files["staticfiles.json"] = files.pop("m.json")
    assert same({name: files[name] for name in files if name in djangos[1]}, djangos[1])
    assert "app.css.gz" in files and not (tmp_path / "not-used").exists()


def test_check_from_django(project, tmp_path):
    env = environment(tmp_path / "ours", OURS)
    assert "no errors" in run(project, [hashstatic.find_binary(), "check", "--from-django"], env)
    assert not (tmp_path / "ours").exists()


def test_site_packages_without_settings(project, djangos, tmp_path):
    root = tmp_path / "ours"
    env = {"PATH": "/nowhere"}
    command = [hashstatic.find_binary(), "build", "assets", "extra=more", "--out", root, "--no-gzip", "--no-brotli"]
    command += ["--site-packages", sysconfig.get_path("purelib"), "--site-packages", ".", "--apps", ",".join(APPS)]
    version = ".".join(map(str, django.VERSION[:2]))
    run(project, [*command, f"--django-exact={version}", "--no-cache"], env)
    assert same(tree(root), djangos[1])


def same(ours, theirs):
    """Asserts equal trees. Before Django 6.0 the order in the manifest is that of processing, and does not count."""
    if django.VERSION < (6, 0):
        for files in (ours, theirs):
            files["staticfiles.json"] = json.dumps(json.loads(files["staticfiles.json"]), sort_keys=True).encode()
    assert {name: ours.get(name) == theirs.get(name) for name in {*ours, *theirs}} == dict.fromkeys(theirs, True)
    return True


def test_the_project_cannot_be_asked(project, tmp_path):
    binary = hashstatic.find_binary()

    def error(*arguments, cwd=project, **more):
        env = environment(tmp_path / "ours", OURS, **more)
        env = {name: value for name, value in env.items() if value is not None}
        done = subprocess.run(
            [binary, "build", "--from-django", *arguments], cwd=cwd, env=env, capture_output=True, text=True
        )
        assert done.returncode == 2, done.stderr
        return done.stderr

    assert "SECRET_KEY" in error(SECRET_KEY=None)
    assert "cannot be run" in error("--python", "nowhere/python")
    assert "--manage: x.py is not a file" in error("--manage", "x.py")
    assert "there is no manage.py here" in error(cwd=tmp_path)
    assert "No module named 'nope'" in error("--settings", "nope")
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    assert f"the staticfiles storage is {plain}" in error(BACKEND=plain)


def test_with_whitenoise_only_the_backend_changed(project, tmp_path):
    """Compares the trees, and fetches every file from gunicorn with WhiteNoise's middleware."""
    more = {"SKIP_COMPRESS": "js map svg png gif jpg ico woff woff2 ttf"}  # WhiteNoise needs a minute for them
    summary, theirs = collected(project, tmp_path / "theirs", WHITENOISE, **more)
    our_summary, ours = collected(project, tmp_path / "ours", OURS_COMPRESSED, **more)
    assert our_summary.split("'")[2] == summary.split("'")[2]
    assert decoded(ours) == decoded(theirs)
    assert sum(name.endswith(".br") for name in ours) > 50
    paths = json.loads(ours["staticfiles.json"])["paths"]
    assert len(paths) > 200
    with served(project, environment(tmp_path / "ours", OURS_COMPRESSED, **more)) as url:
        for name, hashed in paths.items():
            for encoding, suffix, decode in (("", "", bytes), ("gzip", ".gz", gzip.decompress)):
                if hashed + suffix not in ours:
                    continue
                headers, body = fetched(f"{url}/static/{quote(hashed)}", encoding)
                assert (headers["Content-Encoding"] or "") == encoding
                # Where no extension follows the hash, WhiteNoise takes the hash for the extension.
                assert ("immutable" in headers["Cache-Control"]) == ("." in name.rpartition("/")[2])
                assert decode(body) == ours[hashed]
            headers, body = fetched(f"{url}/static/{quote(name)}", "")
            assert "immutable" not in headers["Cache-Control"] and body == ours[name]


def fetched(url, encoding):
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Encoding": encoding})) as answer:
        return answer.headers, answer.read()


def test_whitenoise_and_gunicorn_serve_what_the_binary_built(project, tmp_path):
    root = tmp_path / "ours"
    theirs = built(project, tmp_path / "theirs", WHITENOISE, "--from-django", "--brotli-quality", "5")
    files = built(project, root, OURS_COMPRESSED, "--from-django", "--brotli-quality", "5")
    assert {name for name in theirs if name not in files} == set()
    (name,) = [name for name in files if name.startswith("app.") and name.endswith(".css") and name != "app.css"]
    with served(project, environment(root, OURS_COMPRESSED)) as url:
        headers, body = fetched(f"{url}/static/{name}", "gzip")
        assert "immutable" in headers["Cache-Control"]
        assert headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(body) == decoded(files)[name]


def test_manage_py_check_deploy(project, tmp_path):
    """`manage.py check --deploy` runs our checks."""
    command = [sys.executable, "manage.py", "check", "--deploy", "--tag", "staticfiles"]
    env = environment(tmp_path / "ours", OURS_COMPRESSED, FIRST="hashstatic", SKIP_COMPRESS="js css svg map")

    def said(*more):
        return subprocess.run([*command, *more], cwd=project, env=env, capture_output=True, text=True)

    failed = said()
    assert failed.returncode == 1 and "hashstatic.E001" in failed.stderr
    assert "HINT: Run `manage.py collectstatic`" in failed.stderr
    run(project, [sys.executable, "manage.py", "collectstatic", "--no-input"], env)
    done = said("--fail-level", "WARNING")
    assert (done.returncode, "hashstatic" in done.stderr) == (0, False), done.stderr


@contextmanager
def served(project, env):
    command = [str(Path(sys.executable).with_name("gunicorn")), "site_.wsgi", "--bind", "127.0.0.1:0", "--workers", "1"]
    with subprocess.Popen(command, cwd=project, env=env, stderr=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stderr:
                if "Listening at: " in line:
                    yield line.split("Listening at: ")[1].split()[0]
                    break
            else:
                raise AssertionError("gunicorn did not start")
        finally:
            process.terminate()
