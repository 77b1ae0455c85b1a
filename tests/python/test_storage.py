"""Our storage beside Django's, on the recorded cases and on a site: what it yields, writes and prints."""

import base64
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import django
import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage as DjangoStorage
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

import hashstatic.storage
from support import DJANGO, OURS, SITE, DjangoCommand, OurCommand, Upper, collect, file_hash, tree, write

CASES = json.loads((Path(__file__).parents[2] / "fixtures" / "django-cases.json").read_text())


class Modules(hashstatic.storage.ManifestStaticFilesStorage):
    support_js_module_import_aggregation = True


class DjangoModules(DjangoStorage):
    support_js_module_import_aggregation = True


def recorded(name, root):
    """Writes a recorded case below `root`. Returns whether it has modules, and its STATIC_URL."""
    case = CASES[name]
    for path, content in case["source"].items():
        # The name of this file's output depends on the Python that runs Django, not on Django (gh-67693).
        if path != "http:x.png":
            text = content["text"].encode() if "text" in content else base64.b64decode(content["base64"])
            write(root, {path: text})
    return case["js_modules"], case["static_url"]


def outcome(exception):
    """The parts of an exception that can be compared: class, text and Django's note."""
    notes = [note for note in getattr(exception, "__notes__", []) if "hashstatic" not in note and "help:" not in note]
    text = "\n".join([str(exception), *notes]).partition("\nhelp:")[0]  # CommandErrors have the notes in their text
    text = re.sub(r"<[\w.]*Storage[^>]*>|<[\w.]*Modules[^>]*>", "STORAGE", text.partition("\n\n")[0])
    # Digests of Django's intermediate passes differ from ours, and so does the static root.
    text = re.sub(r"\.[0-9a-f]{12}(?=[.'\"])", ".DIGEST", text)
    return type(exception), re.sub(r"path \(.*|component \(.*", "", text)


@pytest.mark.parametrize("command", [DjangoCommand, OurCommand])
@pytest.mark.parametrize("name", CASES)
def test_recorded_case(name, command, tmp_path):
    modules, static_url = recorded(name, tmp_path / "source")
    backends = (f"{__name__}.DjangoModules", f"{__name__}.Modules") if modules else (DJANGO, OURS)
    settings = {"STATIC_URL": static_url}
    sources = [tmp_path / "source"]
    theirs = collect(tmp_path / "theirs", sources, backends[0], settings=settings)
    ours = collect(tmp_path / "ours", sources, backends[1], settings=settings, command=command)
    assert ours.warnings == []
    if theirs.error is None:
        assert ours.error is None, ours.error
        assert ours.yielded == theirs.yielded
        assert ours.tree() == theirs.tree()
        assert ours.out.replace("ours'", "theirs'") == theirs.out
        return
    assert ours.error is not None
    (failed,) = [item for item in theirs.yielded if isinstance(item[2], Exception)] or [None]
    expected_class = CommandError if command is OurCommand else type(theirs.error)
    if failed is None:  # raised and not yielded
        assert outcome(ours.error) == (expected_class, outcome(theirs.error)[1])
        return
    our_failures = [item for item in ours.yielded if isinstance(item[2], Exception)]
    assert (our_failures[0][0], outcome(our_failures[0][2])) == (failed[0], outcome(failed[2]))
    assert ours.err == theirs.err
    assert type(ours.error) is expected_class
    assert not (tmp_path / "ours" / "staticfiles.json").exists()


def test_a_second_run_yields_what_djangos_does(source, tmp_path):
    for run in range(3):
        if run == 2:
            write(source, {"img/logo.svg": "<svg/>", "js/app.js.map": "{1}"})
            for name in ("img/logo.svg", "js/app.js.map"):
                os.utime(source / name, (2e9, 2e9))
        theirs = collect(tmp_path / "theirs", [source], DJANGO)
        ours = collect(tmp_path / "ours", [source], OURS)
        assert ours.yielded == theirs.yielded
        assert ours.tree() == theirs.tree()
        assert ours.out.replace("ours'", "theirs'") == theirs.out


def test_prefixed_directories_and_links(source, tmp_path):
    sources = [("pre/fix", str(source)), source]
    for name in ("theirs", "ours"):
        for _ in range(2):
            backend = DJANGO if name == "theirs" else OURS
            assert collect(tmp_path / name, sources, backend, link=True).error is None
    assert tree(tmp_path / "ours") == tree(tmp_path / "theirs")
    assert (tmp_path / "ours/css/app.css").is_symlink()
    assert not any(path.is_symlink() for path in (tmp_path / "ours").rglob("app.*.css"))


@pytest.mark.parametrize("modes", [(0o640, 0o750), (None, None), (0o604, None)])
def test_modes_are_djangos(source, tmp_path, modes):
    settings = {"FILE_UPLOAD_PERMISSIONS": modes[0], "FILE_UPLOAD_DIRECTORY_PERMISSIONS": modes[1]}
    before = os.umask(0o027)
    try:
        collect(tmp_path / "theirs", [source], DJANGO, settings=settings)
        collect(tmp_path / "ours", [source], OURS, settings=settings)
        collect(tmp_path / "command", [source], OURS, settings=settings, command=OurCommand)
    finally:
        os.umask(before)

    def found(root):
        paths = sorted(Path(tmp_path, root).rglob("*"))
        return {str(path.relative_to(tmp_path / root)): stat.S_IMODE(path.stat().st_mode) for path in paths}

    assert found("ours") == found("theirs")
    assert found("command") == found("theirs")


@pytest.mark.parametrize("command", [DjangoCommand, OurCommand])
def test_a_failed_run_leaves_the_last_one_alone(command, source, tmp_path):
    root = tmp_path / "root"
    collect(root, [source])
    before = tree(root)
    write(source, {"css/bad.css": "a{b:url(nope.png)}", "img/new.png": "new"})
    assert collect(root, [source], command=command).error is not None
    assert tree(root) == before


def test_all_problems_are_reported_at_once(source, tmp_path):
    write(source, {"a.css": "a{b:url(one.png)}\nc{d:url(two.png)}", "b.css": "e{f:url(three.png)}"})
    failed = collect(tmp_path / "root", [source])
    assert failed.err.startswith("Post-processing '") and failed.err.endswith("failed!\n\n")
    yielded = [exception for _, _, exception in failed.yielded if isinstance(exception, Exception)]
    text = "\n".join([str(yielded[0]), *yielded[0].__notes__])
    for name in ("one.png", "two.png", "three.png"):
        assert f"'{name}'" in text
    assert "2 more errors found by hashstatic" in text
    if django.VERSION >= (6, 1):
        assert isinstance(failed.error, CommandError) and "three.png" in str(failed.error)


def test_errors_that_are_folded_are_counted(tmp_path):
    write(tmp_path / "source", {"a.css": "".join(f"a{{b:url(nope{n}.png)}}\n" for n in range(50))})
    failed = collect(tmp_path / "root", [tmp_path / "source"])
    notes = [note for *_, exception in failed.yielded for note in getattr(exception, "__notes__", [])]
    (note,) = [note for note in notes if "found by hashstatic" in note]
    assert "49 more errors found by hashstatic" in note
    assert note.count("could not be found") <= 20


def hashed_name(self, name, content=None, filename=None):
    return super(type(self), self).hashed_name(name, content, filename)


FALLBACKS = {
    "file_hash": {"file_hash": file_hash},
    "hashed_name": {"hashed_name": hashed_name},
    "_save": {"_save": lambda self, name, content: DjangoStorage._save(self, name, content)},
    "url_converter": {
        "url_converter": lambda self, *args, **kwargs: DjangoStorage.url_converter(self, *args, **kwargs)
    },
    "patterns": {"patterns": DjangoStorage.patterns[:1]},
    "intermediate": {"keep_intermediate_files": True},
    "max_post_process_passes": {"max_post_process_passes": 4},
}


@pytest.mark.parametrize("hook", FALLBACKS)
def test_what_a_subclass_changes_is_done_by_django(hook, source, tmp_path, subclass):
    theirs = collect(tmp_path / "theirs", [source], subclass(DjangoStorage, **FALLBACKS[hook]))
    backend = subclass(**FALLBACKS[hook])
    for number, command in enumerate((DjangoCommand, OurCommand)):
        root = tmp_path / f"ours{number}"
        ours = collect(root, [source], backend, command=command)
        assert ours.error is None
        (warning,) = ours.warnings
        assert warning.category is hashstatic.storage.FallbackWarning
        assert hook in str(warning.message) and "Django's own code" in str(warning.message)
        assert ours.yielded == theirs.yielded
        assert ours.tree() == theirs.tree()


def test_sources_that_are_no_plain_files_are_read_by_django(source, tmp_path, monkeypatch):
    from django.contrib.staticfiles.finders import FileSystemFinder

    def upper(self, ignore_patterns):
        for path, storage in original(self, ignore_patterns):
            yield path, Upper(storage.location) if path.endswith(".txt") else storage

    original = FileSystemFinder.list
    monkeypatch.setattr(FileSystemFinder, "list", upper)
    theirs = collect(tmp_path / "theirs", [source], DJANGO)
    for number, command in enumerate((DjangoCommand, OurCommand)):
        root = tmp_path / f"ours{number}"
        write(root, {"left.txt": "from before"})
        ours = collect(root, [source], command=command, clear=True)
        assert ours.tree() == theirs.tree()
        assert ours.yielded == theirs.yielded
        assert "not a plain file system storage" in str(ours.warnings[0].message)
        assert (root / "ä/☃.txt").read_bytes() == b"SNOW"


def test_the_manifest_may_lie_elsewhere(source, tmp_path):
    elsewhere = StaticFilesStorage(location=str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").mkdir()
    theirs = collect(tmp_path / "theirs", [source], DJANGO, {"manifest_storage": elsewhere})
    manifest = tree(tmp_path / "elsewhere")
    (tmp_path / "elsewhere/staticfiles.json").unlink()
    ours = collect(tmp_path / "ours", [source], OURS, {"manifest_storage": elsewhere})
    assert ours.tree() == theirs.tree()
    assert tree(tmp_path / "elsewhere") == manifest
    assert "staticfiles.json" not in ours.tree()


def test_there_is_always_a_manifest(source, tmp_path, monkeypatch):
    root = tmp_path / "root"
    collect(root, [source])
    before = (root / "staticfiles.json").read_bytes()
    write(source, {"new.txt": "new"})

    def killed(*names):
        assert (root / "staticfiles.json").read_bytes() == before
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        collect(root, [source])
    monkeypatch.undo()
    collect(root, [source])
    assert not [name for name in tree(root) if ".hashstatic-" in name]
    assert "new.txt" in json.loads((root / "staticfiles.json").read_bytes())["paths"]


def test_ignored_errors(source, tmp_path):
    write(source, {"vendor.css": "a{b:url(nope.png)}"})
    assert collect(tmp_path / "a", [source]).error is not None
    ignored = collect(tmp_path / "b", [source], options={"ignore_errors": ["vendor.css:*.png"]})
    assert ignored.error is None
    with pytest.raises(ImproperlyConfigured, match="list of strings"):
        raise collect(tmp_path / "c", [source], options={"ignore_errors": "*:*"}).error


@pytest.mark.parametrize("command", [DjangoCommand, OurCommand])
def test_prehashed_files_keep_their_names(source, tmp_path, command):
    write(source, {"vite/app-x8F3b2.js": "import './other-abc123.js'\n" * 9, "vite/app-x8F3b2.css": "a{}"})
    collected = collect(tmp_path / "root", [source], options={"prehashed": ["vite/*"]}, command=command)
    assert collected.error is None
    paths = json.loads((tmp_path / "root/staticfiles.json").read_bytes())["paths"]
    assert paths["vite/app-x8F3b2.js"] == "vite/app-x8F3b2.js"
    assert paths["css/base.css"] != "css/base.css"
    assert sorted(name for name in collected.tree() if name.startswith("vite/")) == [
        "vite/app-x8F3b2.css",
        "vite/app-x8F3b2.js",
    ]


def test_only_hashed_files(source, tmp_path):
    options = {"keep_original_files": False, "keep_original": ["img/*"]}
    for number, command in enumerate((DjangoCommand, OurCommand)):
        for link in (False, True):
            root = tmp_path / f"{number}{link}"
            collected = collect(root, [source], options=options, command=command, link=link)
            assert collected.error is None
            manifest = json.loads((root / "staticfiles.json").read_bytes())["paths"]
            assert set(collected.tree()) == {*manifest.values(), "img/logo.svg", "staticfiles.json"}


def test_all_problems_are_in_the_text_of_a_command_error(source, tmp_path):
    """Django's commands show no notes of those."""
    write(source, {"a.css": "a{b:url(one.png)}\nc{d:url(two.png)}", "b.css": "e{f:url(img/logo.sgv)}"})
    failed = collect(tmp_path / "root", [source], options={"minify": "safe"})
    assert isinstance(failed.error, CommandError)
    for name in ("one.png", "two.png", "2 more errors found by hashstatic", "did you mean img/logo.svg?"):
        assert name in str(failed.error)


def test_help_comes_after_djangos_text(source, tmp_path):
    write(source, {"a.css": "a{b:url(img/lgo.svg)}"})
    theirs = collect(tmp_path / "theirs", [source], DJANGO)
    (failed,) = [exception for _, _, exception in theirs.yielded if isinstance(exception, Exception)]
    ours = collect(tmp_path / "ours", [source])
    (exception,) = [exception for _, _, exception in ours.yielded if isinstance(exception, Exception)]
    assert type(exception) is type(failed) is ValueError
    *notes, note = exception.__notes__
    text = str(exception).partition("\nhelp:")[0]
    assert re.sub("<[^>]*>", "", text) == re.sub("<[^>]*>", "", str(failed))
    assert notes == getattr(failed, "__notes__", [])
    assert note == f"help: did you mean img/logo.svg? ({source}/img/logo.svg)"
    assert f"with <{OURS}>." in str(exception)
    by_our_command = collect(tmp_path / "app", [source], command=OurCommand)
    assert type(by_our_command.error) is CommandError
    assert str(by_our_command.error) == "\n".join([text, *exception.__notes__])
    dry = collect(tmp_path / "dry", [source], command=OurCommand, dry_run=True)
    assert note in dry.err


def test_hashstatics_own_way(source, tmp_path):
    options = {"minify": "safe", "hash": "blake3", "hash_length": 16, "jobs": 1}
    collected = collect(tmp_path / "root", [source], options=options)
    assert collected.error is None
    paths = json.loads((tmp_path / "root/staticfiles.json").read_bytes())["paths"]
    assert re.fullmatch(r"css/base\.[0-9a-f]{16}\.css", paths["css/base.css"])
    assert len(collected.tree()[paths["css/base.css"]]) < len(SITE["css/base.css"])
    write(source, {"css/bad.css": "a{b:url(nope.png)}"})
    failed = collect(tmp_path / "root", [source], options=options)
    assert isinstance(failed.error, CommandError)
    assert 'css/bad.css:1:9: "nope.png" resolves to css/nope.png' in str(failed.error)
    assert collect(tmp_path / "root", [source], options={**options, "on_missing": "ignore"}).error is None


def test_a_missing_binary_is_reported(source, tmp_path, monkeypatch):
    monkeypatch.setattr("hashstatic._binary.NAME", "no-such-binary")
    with pytest.raises(CommandError, match="(?s)in none of the places.*bin.*pip install"):
        raise collect(tmp_path / "root", [source]).error


SHELL = "#!/bin/sh\n"


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (f"{SHELL}kill -9 $$\n", "was killed by signal 9 (often for lack of memory; `jobs` in OPTIONS"),
        (f"{SHELL}kill -11 $$\n", "was killed by signal 11: it said nothing"),
        (f"{SHELL}echo no space >&2; exit 3\n", "status 3: no space"),
        (f"{SHELL}echo one >&2; echo two >&2; exit 3\n", "status 3: one two"),
        (f"{SHELL}exit 0\n", "failed with status 0: it said nothing"),
        ("not a program", "Exec format error (is the wheel that of this machine?"),
        ("#!/no/such/loader\n", "No such file or directory (is the wheel that of this machine?"),
        (f"{SHELL}echo '{{}}'\n", "failed with status 0: its answer cannot be used"),
        (f"{SHELL}echo '[1]'\n", "its answer cannot be used, it is not an object"),
        (f'{SHELL}echo \'{{"status": "o\'; kill -9 $$\n', "was killed by signal 9"),
        (f"{SHELL}printf '\\377\\000'\n", "its answer cannot be used, it is not JSON"),
        (f'{SHELL}echo \'{{"status": "error", "error": "disk full", "diagnostics": []}}\'\n', "hashstatic: disk full"),
    ],
)
def test_a_broken_binary_is_reported_in_one_line(script, text, source, tmp_path, monkeypatch):
    broken = tmp_path / "broken"
    broken.write_text(script)
    broken.chmod(0o755)
    monkeypatch.setattr("hashstatic._build.find_binary", lambda: str(broken))
    failed = collect(tmp_path / "root", [source])
    assert isinstance(failed.error, CommandError) and text in str(failed.error)
    assert "\n" not in str(failed.error)


def test_a_binary_that_may_not_be_run_is_reported(source, tmp_path, monkeypatch):
    monkeypatch.setattr("hashstatic._build.find_binary", lambda: str(tmp_path))
    failed = collect(tmp_path / "root", [source])
    assert (
        isinstance(failed.error, CommandError) and str(failed.error) == f"{tmp_path} cannot be run: Permission denied"
    )


def test_an_unknown_django_does_the_work_itself(source, tmp_path, monkeypatch):
    theirs = collect(tmp_path / "theirs", [source], DJANGO)
    monkeypatch.setattr(django, "VERSION", (99, 0, 0, "final", 0))
    ours = collect(tmp_path / "ours", [source])
    assert "does not know Django" in str(ours.warnings[0].message)
    assert ours.tree() == theirs.tree()


def test_names_that_are_not_utf8(source, tmp_path):
    Path(os.fsdecode(os.fsencode(source) + b"/\xff.txt")).write_text("latin")
    theirs = collect(tmp_path / "theirs", [source], DJANGO)
    ours = collect(tmp_path / "ours", [source])
    assert ours.yielded == theirs.yielded
    assert "not UTF-8" in str(ours.warnings[0].message)


def test_the_storage_is_djangos(source, tmp_path):
    """It is a subclass of Django's, and `{% static %}` works with what it has written."""
    assert issubclass(hashstatic.storage.ManifestStaticFilesStorage, DjangoStorage)
    collect(tmp_path / "root", [source])
    code = f"""
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.staticfiles"],
    STATIC_ROOT={str(tmp_path / "root")!r},
    STATIC_URL="/s/",
    STORAGES={{"staticfiles": {{"BACKEND": {OURS!r}}}}},
)
django.setup()
from django.templatetags.static import static
print(static("css/base.css"), static("img/logo.svg?a#b"))
"""
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert re.fullmatch(r"/s/css/base\.\w{12}\.css /s/img/logo\.\w{12}\.svg\?a#b\n", printed)
