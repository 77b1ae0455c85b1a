"""A manifest that is damaged: `collectstatic` warns and replaces it; a running site gets Django's error, with help."""

import json
import os
import subprocess
import sys

import pytest
from django.core.management.base import CommandError
from django.test import override_settings

import hashstatic
from support import (
    DJANGO,
    OURS,
    OURS_COMPRESSED,
    WHITENOISE,
    DjangoCommand,
    OurCommand,
    collect,
    file_hash,
    storages,
    tree,
    write,
)

MANIFEST = "staticfiles.json"
DAMAGED = {
    "empty": b"",
    "truncated": b'{"paths": {"a.css": "a.1',
    "no-json": b"<html>",
    "a-list": b"[]",
    "a-string": b'"x"',
    "null": b"null",
    "version": b'{"paths": {}, "version": "9", "hash": ""}',
    "no-version": b"{}",
    "paths-list": b'{"paths": [], "version": "1.1", "hash": ""}',
    "paths-null": b'{"paths": null, "version": "1.1", "hash": ""}',
    "paths-numbers": b'{"paths": {"a.css": 1}, "version": "1.1", "hash": ""}',
    "version-list": b'{"paths": {}, "version": [], "hash": ""}',
    "not-utf-8": b'{"paths": {"\xff": ""}}',
    "utf-16": '{"paths": {}}'.encode("utf-16"),
    "bom": b'\xef\xbb\xbf{"paths": {}, "version": "1.1", "hash": ""}',
    "deep": b"[" * 200_000,
}


def damage(root, kind):
    root.mkdir(exist_ok=True)
    path = root / MANIFEST
    if kind == "directory":
        path.unlink(missing_ok=True)
        path.mkdir()
    else:
        path.write_bytes(DAMAGED[kind])


@pytest.mark.parametrize("command", [DjangoCommand, OurCommand])
@pytest.mark.parametrize("kind", [*DAMAGED, "directory"])
@pytest.mark.parametrize("clear", [False, True])
def test_it_is_replaced_with_a_warning(kind, command, clear, source, tmp_path):
    root = tmp_path / "root"
    assert collect(root, [source]).error is None
    expected = tree(root)
    damage(root, kind)
    done = collect(root, [source], command=command, clear=clear)
    assert done.error is None
    (warning,) = done.warnings
    assert str(warning.message).startswith(f"{MANIFEST}: the manifest that was there is not readable: ")
    assert tree(root)[MANIFEST] == expected[MANIFEST]
    assert {*tree(root)} >= {*expected}
    assert collect(root, [source], command=command).warnings == []


@pytest.mark.parametrize("kind", ["truncated", "a-list", "directory"])
def test_where_djangos_own_code_does_the_work(kind, source, tmp_path, subclass):
    damage(tmp_path / "root", kind)
    done = collect(tmp_path / "root", [source], subclass(file_hash=file_hash))
    assert done.error is None and len(done.warnings) == 2
    assert "css/app.css" in json.loads((tmp_path / "root" / MANIFEST).read_bytes())["paths"]


@pytest.mark.parametrize("clear", [False, True])
def test_a_directory_with_files_is_not_removed(clear, source, tmp_path):
    write(tmp_path / "root", {f"{MANIFEST}/kept.txt": "kept"})
    failed = collect(tmp_path / "root", [source], clear=clear)
    assert isinstance(failed.error, CommandError) and "is a directory with files" in str(failed.error)
    assert tree(tmp_path / "root") == {f"{MANIFEST}/kept.txt": b"kept"}


@pytest.mark.parametrize("backend", [OURS, OURS_COMPRESSED])
@pytest.mark.parametrize("kind", [*DAMAGED, "directory"])
def test_a_running_site_gets_djangos_error(backend, kind, source, tmp_path):
    from django.contrib.staticfiles.storage import staticfiles_storage

    root = tmp_path / "root"
    assert collect(root, [source], backend).error is None
    good = (root / MANIFEST).read_bytes()
    damage(root, kind)
    with override_settings(STATIC_ROOT=str(root), STORAGES=storages(backend)):
        for _ in range(2):
            with pytest.raises((ValueError, OSError)) as caught:
                staticfiles_storage.url("css/app.css")
            assert "help: Run `manage.py collectstatic`, which replaces it." in caught.value.__notes__
        if kind == "directory":
            (root / MANIFEST).rmdir()
        (root / MANIFEST).write_bytes(good)
        assert staticfiles_storage.url("css/app.css") != "/static/css/app.css"


@pytest.mark.parametrize("backend", [OURS, WHITENOISE, DJANGO])
@pytest.mark.parametrize("kind", DAMAGED)
def test_from_django(backend, kind, source, tmp_path):
    settings = {"STATIC_ROOT": str(tmp_path / "root"), "STATICFILES_DIRS": [str(source)], "STATIC_URL": "/static/"}
    settings |= {"INSTALLED_APPS": ["django.contrib.staticfiles"], "STORAGES": storages(backend), "SECRET_KEY": "x"}
    write(tmp_path, {"the_settings.py": "".join(f"{name} = {value!r}\n" for name, value in settings.items())})
    damage(tmp_path / "root", kind)
    command = [hashstatic.find_binary(), "build", "--from-django", "--settings=the_settings", "--no-cache"]
    command += ["--python", sys.executable]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    readable = kind == "bom" and "not readable" not in done.stderr
    assert readable or f"warning: {MANIFEST}: the manifest that was there is not readable: " in done.stderr
    assert "css/app.css" in json.loads((tmp_path / "root" / MANIFEST).read_bytes())["paths"]


# Runs a command without the capabilities with which root reads everything.
AS_A_USER = """
import ctypes, os, sys
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.parametrize("clear", [[], ["--clear"]])
@pytest.mark.parametrize(("command", "backend"), [("collectstatic", OURS), ("build", OURS), ("build", DJANGO)])
def test_one_that_may_not_be_read(command, backend, clear, source, tmp_path):
    settings = {"STATIC_ROOT": str(tmp_path / "root"), "STATICFILES_DIRS": [str(source)], "STATIC_URL": "/static/"}
    settings |= {"INSTALLED_APPS": ["django.contrib.staticfiles"], "STORAGES": storages(backend), "SECRET_KEY": "x"}
    write(tmp_path, {"the_settings.py": "".join(f"{name} = {value!r}\n" for name, value in settings.items())})
    damage(tmp_path / "root", "truncated")
    (tmp_path / "root" / MANIFEST).chmod(0)
    if command == "build":
        run = [hashstatic.find_binary(), "build", "--from-django", "--settings=the_settings", "--no-cache"]
        run += ["--python", sys.executable]
    else:
        run = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--settings=the_settings"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    started = [sys.executable, "-c", AS_A_USER, *run, *clear]
    done = subprocess.run(started, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "the manifest that was there is not readable: " in done.stderr and "ermission denied" in done.stderr
    assert "Traceback" not in done.stderr
    (tmp_path / "root" / MANIFEST).chmod(0o644)
    assert "css/app.css" in json.loads((tmp_path / "root" / MANIFEST).read_bytes())["paths"]
