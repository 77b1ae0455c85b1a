"""`OPTIONS` of the storages: wrong names and values are reported, all at once; Django's attributes are options, too."""

import json
import os
import subprocess
import sys

import django
import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage as DjangoStorage
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.test import override_settings

import hashstatic.storage
from hashstatic._values import CHECKS
from support import DJANGO, OURS, OURS_COMPRESSED, WHITENOISE, collect, file_hash, write

# Wrong values of each option → what the message has.
WRONG = {
    "keep_original_files": ([1, None, "no"], "True or False"),
    "keep_original": (["*", 1, [1], [""], None, {"a": "b"}, ["\0"]], "a list of strings"),
    "ignore_errors": (["*:*", ["a.css"], [("a", "b")]], 'a list of strings "FILE_GLOB:URL_GLOB"'),
    "prehashed": ([lambda name: True, "*"], "a list of strings"),
    "require": (["css/a.css", [b"a"]], "a list of strings"),
    "jobs": ([-1, "4", 1.5, True], "a whole number, 0 or more"),
    "cache_dir": ([None, 1, b"x", "", "\0"], "True, False, or the path of a directory"),
    "sync": ([0, "yes", None], "True or False"),
    "minify": (["much", True, False, 1, ["safe"]], "one of 'safe', 'full', 'off'"),
    "targets": ([["chrome 90"], 1, ""], "a string that is not empty"),
    "hash": (["sha1", "MD5", 1], "one of 'blake3', 'md5'"),
    "hash_length": ([3, 65, "12", 12.0, True], "a whole number from 4 to 64"),
    "on_missing": (["fail", True, False], "one of 'error', 'warn', 'ignore'"),
    "missing_source_map": (["no", False], "one of 'error', 'warn', 'ignore'"),
    "gzip": ([0, 13, "9", None], "True, False, or a level from 1 to 12"),
    "brotli": ([-1, 12, 5.5], "True, False, or a level from 0 to 11"),
    "zstd": ([0, 23, "x"], "True, False, or a level from 1 to 22"),
    "manifest_name": ([None, "", 1, b"x"], "a string that is not empty"),
    "manifest_strict": (["no", 0, None], "True or False"),
    "support_js_module_import_aggregation": ([1, "yes"], "True or False"),
}


def test_every_option_is_checked():
    options = {*hashstatic.storage.StorageOptions.__dataclass_fields__} - {"compressed"}
    assert CHECKS.keys() == WRONG.keys() == options | {*hashstatic.storage.ATTRIBUTES}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in WRONG for value in WRONG[name][0]])
def test_a_wrong_value(name, value, source, tmp_path):
    failed = collect(tmp_path / "root", [source], OURS_COMPRESSED, {name: value})
    assert isinstance(failed.error, ImproperlyConfigured) and isinstance(failed.error, CommandError)
    assert f"'{name}' must be {WRONG[name][1]}, not " in str(failed.error)
    assert not (tmp_path / "root").exists()


def test_more_digits_than_the_hash_has(source, tmp_path):
    failed = collect(tmp_path / "root", [source], options={"hash": "md5", "hash_length": 33})
    assert "'hash_length' must be a whole number from 4 to 32 with MD5, not 33." in str(failed.error)


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("missing_source_mp", "did you mean 'missing_source_map'?"),
        ("missing-source-map", "did you mean 'missing_source_map'?"),
        ("MINIFY", "did you mean 'minify'?"),
        ("manifest_stric", "did you mean 'manifest_strict'?"),
        ("file_permission_mode", "did you mean 'file_permissions_mode'?"),
        ("sourcemap_strict", "did you mean 'missing_source_map'?"),
        ("compressed", "did you mean "),
        ("bucket", "it has allow_overwrite, " if django.VERSION >= (5, 1) else "it has base_url, "),
        ("gzip", "it is one of CompressedManifestStaticFilesStorage"),
    ],
)
def test_an_unknown_name(name, help, source, tmp_path):
    failed = collect(tmp_path / "root", [source], options={name: True})
    assert isinstance(failed.error, ImproperlyConfigured)
    assert f"'{name}' is no option of {OURS}: {help}" in str(failed.error)


def test_all_of_them_at_once(source, tmp_path):
    failed = collect(tmp_path / "root", [source], options={"minfy": "safe", "hash": "sha1", "jobs": "2", "rot": 1})
    for name in ("minfy", "hash", "jobs", "rot"):
        assert f"'{name}' " in str(failed.error)


def test_the_names_of_classes_behind_ours(source, tmp_path, monkeypatch):
    """What a class takes that is neither Django's nor ours is not known; ours do not refuse it."""
    import support

    class Mixin(DjangoStorage):
        def __init__(self, *args, bucket="", **kwargs):
            self.bucket, self.region = bucket, kwargs.pop("region")
            super().__init__(*args, **kwargs)

    class Both(hashstatic.storage.ManifestStaticFilesStorage, Mixin):
        pass

    Both.__module__ = support.__name__
    monkeypatch.setattr(support, "Both", Both, raising=False)
    done = collect(tmp_path / "root", [source], f"{support.__name__}.Both", {"bucket": "b", "region": "r"})
    assert done.error is None


def test_a_subclass_with_options_of_its_own(source, tmp_path, subclass):
    def __init__(self, *args, bucket, **kwargs):
        hashstatic.storage.ManifestStaticFilesStorage.__init__(self, *args, **kwargs)

    backend = subclass(__init__=__init__)
    assert collect(tmp_path / "root", [source], backend, {"bucket": "b", "jobs": 1}).error is None
    failed = collect(tmp_path / "root", [source], backend, {"bucket": "b", "job": 1})
    assert "did you mean 'jobs'?" in str(failed.error)


@pytest.mark.skipif(django.VERSION < (5, 1), reason="override_settings loses OPTIONS")
@pytest.mark.parametrize("backend", [OURS, OURS_COMPRESSED])
def test_djangos_attributes_are_options(backend, source, tmp_path):
    write(source, {"m.js": 'import "./n.js";\n', "n.js": "export {}\n"})
    options = {"manifest_name": "own.json", "manifest_strict": False, "support_js_module_import_aggregation": True}
    done = collect(tmp_path / "root", [source], backend, options)
    assert done.error is None and done.warnings == []
    paths = json.loads((tmp_path / "root/own.json").read_bytes())["paths"]
    assert f'import"./{paths["n.js"]}";' in (tmp_path / "root" / paths["m.js"]).read_text()
    assert not (tmp_path / "root/staticfiles.json").exists()
    from django.contrib.staticfiles.storage import staticfiles_storage

    settings = {"STATIC_ROOT": str(tmp_path / "root"), "WHITENOISE_MANIFEST_STRICT": True}
    stores = {"staticfiles": {"BACKEND": backend, "OPTIONS": options}}
    with override_settings(**settings, STORAGES=stores):
        assert staticfiles_storage.url("img/logo.svg") == f"/static/{paths['img/logo.svg']}"
        write(tmp_path / "root", {"later.txt": "x"})
        assert staticfiles_storage.url("later.txt").startswith("/static/later.")


@pytest.mark.parametrize("options", [{"missing_source_map": "warn"}, {"on_missing": "warn"}, {"on_missing": "error"}])
@pytest.mark.parametrize(("theirs", "ours"), [(DJANGO, OURS), (WHITENOISE, OURS_COMPRESSED)])
def test_policies_change_no_names_and_no_bytes(theirs, ours, options, source, tmp_path):
    djangos = collect(tmp_path / "theirs", [source], theirs).tree()
    done = collect(tmp_path / "ours", [source], ours, options)
    assert done.error is None and done.warnings == []
    encoded = (".gz", ".br")  # encoders differ
    assert {name for name in done.tree() if name[-3:] not in encoded} == {n for n in djangos if n[-3:] not in encoded}
    assert all(done.tree()[name] == djangos[name] for name in djangos if name[-3:] not in encoded)


def test_policies_let_references_pass(source, tmp_path):
    (source / "js/app.js.map").unlink()
    write(source, {"css/m.css": "a{}\n/*# sourceMappingURL=m.css.map*/\n"})
    assert collect(tmp_path / "a", [source]).error is not None
    assert collect(tmp_path / "b", [source], options={"on_missing": "warn"}).error is not None
    done = collect(tmp_path / "c", [source], options={"missing_source_map": "warn"})
    assert done.error is None
    said = [str(warning.message) for warning in done.warnings]
    assert len(said) == 2 and all("which is not in any source root" in text for text in said)
    (hashed,) = (tmp_path / "c/js").glob("app.*.js")
    assert hashed.read_bytes() == (source / "js/app.js").read_bytes()
    assert collect(tmp_path / "d", [source], options={"missing_source_map": "ignore"}).warnings == []
    write(source, {"css/n.css": "a{b:url(no.png)}"})
    assert collect(tmp_path / "e", [source], options={"missing_source_map": "warn"}).error is not None
    both = {"missing_source_map": "warn", "on_missing": "warn"}
    assert len(collect(tmp_path / "f", [source], options=both).warnings) == 3


@pytest.mark.parametrize("own", [{}, {"file_hash": file_hash}])
@pytest.mark.parametrize(
    ("content", "problem"), [(None, "required, but in no source root"), ("", "required, but empty")]
)
def test_require(own, content, problem, source, tmp_path, subclass):
    if content is not None:
        write(source, {"css/output.css": content})
    options = {"require": ["img/logo.svg", "css/output.css"]}
    failed = collect(tmp_path / "root", [source], subclass(**own), options)
    assert isinstance(failed.error, CommandError) and f"css/output.css: {problem}" in str(failed.error)
    write(source, {"css/output.css": "a{}"})
    assert collect(tmp_path / "root", [source], subclass(**own), options).error is None


def test_an_empty_style_sheet_is_a_warning(source, tmp_path):
    write(source, {"css/output.css": ""})
    done = collect(tmp_path / "root", [source])
    assert done.error is None
    (warning,) = done.warnings
    assert str(warning.message).startswith("css/output.css: the style sheet is empty\n  help: ")


def test_options_that_djangos_own_code_does_not_know(source, tmp_path, subclass):
    options = {"minify": "safe", "prehashed": ["x/*"], "jobs": 1}
    done = collect(tmp_path / "root", [source], subclass(file_hash=file_hash), options)
    (warning,) = done.warnings
    assert str(warning.message).endswith("post-processes the files. Without effect: prehashed, minify.")


SETTINGS = """
SECRET_KEY = "x"
INSTALLED_APPS = [*{apps}, "django.contrib.staticfiles"]
STATIC_URL = "/static/"
STATIC_ROOT = {root}
STATICFILES_DIRS = ["source"]
STORAGES = {{"staticfiles": {{"BACKEND": "{backend}", "OPTIONS": {options}}}}}
"""


@pytest.mark.parametrize("apps", [[], ["hashstatic"]])
@pytest.mark.parametrize(
    ("options", "root", "text"),
    [
        ({"minfy": "safe"}, "root", "did you mean 'minify'?"),
        ({}, None, "without having set the STATIC_ROOT"),
        ({"targets": "nonsense 1", "minify": "full"}, "root", "--targets"),
    ],
)
def test_wrong_settings_are_no_traceback(apps, options, root, text, source, tmp_path):
    write(tmp_path, {"the_settings.py": SETTINGS.format(apps=apps, root=repr(root), backend=OURS, options=options)})
    command = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--settings=the_settings"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and text in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_warnings_are_lines_of_text(source, tmp_path):
    write(source, {"css/output.css": ""})
    write(tmp_path, {"the_settings.py": SETTINGS.format(apps=[], root="'root'", backend=OURS, options={})})
    command = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--settings=the_settings"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    first, second = done.stderr.splitlines()
    assert first == "warning: css/output.css: the style sheet is empty" and second.startswith("  help: ")
