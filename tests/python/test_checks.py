"""System checks: each message appears when it should, and none for a site that is set up well."""

import json
import os
import re
from pathlib import Path

import django
import pytest
from django.core import checks
from django.core.checks import run_checks
from django.test import override_settings

from support import DJANGO, OURS, OURS_COMPRESSED, collect, storages, write

WHITENOISE = "whitenoise.middleware.WhiteNoiseMiddleware"
SECURITY = "django.middleware.security.SecurityMiddleware"
CSRF = "django.middleware.csrf.CsrfViewMiddleware"


@pytest.fixture
def site(tmp_path):
    write(tmp_path / "source", {"a.css": "a{}", "b/c.txt": "c"})
    os.utime(tmp_path / "source/a.css", (1e9, 1e9))
    os.utime(tmp_path / "source/b/c.txt", (1e9, 1e9))
    assert collect(tmp_path / "root", [tmp_path / "source"]).error is None
    return tmp_path


def found(site, backend=OURS, *, known=False, **settings):
    """The ids of our messages."""
    from django.contrib.staticfiles.finders import get_finder

    settings = {
        "STATIC_ROOT": str(site / "root"),
        "STATICFILES_DIRS": [str(site / "source")],
        "STORAGES": storages(backend),
        "MIDDLEWARE": [SECURITY, WHITENOISE, CSRF],
        **settings,
    }
    with override_settings(**settings):
        get_finder.cache_clear()
        messages = run_checks(tags=[checks.Tags.staticfiles], include_deployment_checks=True)
        assert known or not run_checks(tags=[checks.Tags.staticfiles], include_deployment_checks=False)
    ours = [message for message in messages if message.id.startswith("hashstatic.")]
    documented = (Path(__file__).parents[2] / "docs/django.md").read_text()
    for message in ours:
        assert message.hint
        assert f"`{message.id}`" in documented
    found.hints = {message.id: message.hint for message in ours}
    return {message.id: message.msg for message in ours}


@pytest.mark.parametrize("backend", [OURS, OURS_COMPRESSED, DJANGO])
def test_nothing_is_wrong_with_a_site_that_is_set_up_well(site, backend):
    assert found(site, backend) == {}


def test_no_manifest(site):
    (site / "root/staticfiles.json").unlink()
    assert list(found(site)) == ["hashstatic.E001"]


@pytest.mark.parametrize("backend", [OURS, DJANGO])
@pytest.mark.parametrize(
    "content",
    ["", "{", '{"version": "9", "paths": {}}', "[]", "null", '{"version": "1.1", "paths": {"a.css": 1}}', None],
)
def test_an_unreadable_manifest(site, content, backend):
    manifest = site / "root/staticfiles.json"
    manifest.unlink()
    manifest.mkdir() if content is None else manifest.write_text(content)
    assert list(found(site, backend)) == ["hashstatic.E002"]
    hint = found.hints["hashstatic.E002"]
    assert ("which replaces it" in hint) == (backend == OURS) and ("Remove it" in hint) == (backend == DJANGO)


@pytest.mark.skipif(django.VERSION < (5, 1), reason="override_settings loses OPTIONS")
def test_wrong_options(site):
    backends = {"staticfiles": {"BACKEND": OURS, "OPTIONS": {"minfy": "safe"}}}
    messages = found(site, STORAGES=backends)
    assert list(messages) == ["hashstatic.E002"] and "did you mean 'minify'?" in messages["hashstatic.E002"]
    assert found.hints["hashstatic.E002"] == "Correct the setting."


@pytest.mark.parametrize("backend", ["no.such.Storage", "hashstatic.storage.Nothing", "os.path.join", None])
def test_what_is_no_storage_is_djangos_to_report(site, backend):
    assert found(site, STORAGES={"staticfiles": {"BACKEND": backend}}).keys() <= {"hashstatic.W007"}
    if django.VERSION >= (5, 1):  # there is no default any more
        storages = {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
        assert found(site, STORAGES=storages, known=True) == {}


@pytest.mark.parametrize("hashed", ["../../etc/passwd", "/etc/passwd", "x" * 300, "a\0b"])
def test_names_that_are_no_files(site, hashed):
    manifest = site / "root/staticfiles.json"
    manifest.write_text(json.dumps({"version": "1.1", "paths": {"a.css": hashed, "b/c.txt": "b/c.txt"}}))
    assert list(found(site)) == ["hashstatic.E003"]


def test_the_order_of_the_apps():
    for apps, expected in [
        (["django.contrib.staticfiles", "hashstatic"], ["hashstatic.W010"]),
        (["django.contrib.staticfiles", "hashstatic.apps.HashstaticConfig"], ["hashstatic.W010"]),
        (["hashstatic", "django.contrib.staticfiles"], []),
        (["hashstatic"], []),
    ]:
        with override_settings(INSTALLED_APPS=apps):
            messages = run_checks(tags=[checks.Tags.staticfiles])
            assert [message.id for message in messages if message.id.startswith("hashstatic.")] == expected


def test_no_static_root(site):
    messages = found(site, STATIC_ROOT=None)
    assert list(messages) == ["hashstatic.E002"] and "STATIC_ROOT" in messages["hashstatic.E002"]


def test_every_check_is_documented_and_every_documented_check_is_there():
    project = Path(__file__).parents[2]
    documented = re.findall(r"^\| `(hashstatic\.\w+)` \|", (project / "docs/django.md").read_text(), re.M)
    code = (project / "python/hashstatic/checks.py").read_text()
    assert documented == sorted(set(documented), key=lambda name: name[-3:])
    assert set(documented) == set(re.findall(r'id="([^"]+)"', code)) and len(documented) == 10


def test_files_that_are_not_there(site):
    (hashed,) = site.glob("root/a.*.css")
    hashed.unlink()
    messages = found(site)
    assert list(messages) == ["hashstatic.E003"] and hashed.name in messages["hashstatic.E003"]


def test_a_storage_without_hashes(site):
    messages = found(site, "django.contrib.staticfiles.storage.StaticFilesStorage")
    assert list(messages) == ["hashstatic.W004"]


@pytest.mark.parametrize("change", ["new", "changed"])
def test_a_manifest_that_is_out_of_date(site, change):
    if change == "new":
        write(site / "source", {"new.txt": "new"})
        os.utime(site / "source/new.txt", (1e9, 1e9))
    else:
        os.utime(site / "source/a.css", (4e9, 4e9))
    messages = found(site)
    assert list(messages) == ["hashstatic.W005"]
    assert ("'new.txt'" if change == "new" else "'a.css'") in messages["hashstatic.W005"]


def test_debug(site):
    assert list(found(site, DEBUG=True)) == ["hashstatic.W006"]


def test_whitenoises_middleware(site):
    assert list(found(site, OURS_COMPRESSED, MIDDLEWARE=[SECURITY])) == ["hashstatic.W007"]
    assert found(site, OURS, MIDDLEWARE=[SECURITY]) == {}
    assert list(found(site, MIDDLEWARE=[SECURITY, CSRF, WHITENOISE])) == ["hashstatic.W008"]
    assert list(found(site, MIDDLEWARE=[CSRF, WHITENOISE])) == ["hashstatic.W008"]
    assert found(site, MIDDLEWARE=[WHITENOISE, SECURITY]) == {}


def test_trusted_origins(site):
    https = {"CSRF_COOKIE_SECURE": True}
    assert list(found(site, **https)) == ["hashstatic.W009"]
    assert found(site, **https, CSRF_TRUSTED_ORIGINS=["https://example.org"]) == {}
    assert found(site, **https, SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")) == {}
    assert found(site, **https, MIDDLEWARE=[SECURITY]) == {}
