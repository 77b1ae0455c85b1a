"""`collectstatic --clear`: Django's result, but nothing is removed until the new manifest is there."""

import os
import shutil
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.storage import FileSystemStorage
from django.core.management.base import CommandError

import hashstatic.storage
from hashstatic._build import BinaryFailed
from support import DJANGO, OURS, RECORD, SITE, DjangoCommand, OurCommand, Upper, collect, tree, write

COMMANDS = pytest.mark.parametrize("command", [DjangoCommand, OurCommand])
MANIFEST = "staticfiles.json"


def everything(root):
    """Path → bytes, or the target of a link: `tree` does not list broken links."""
    found = {}
    for path in Path(root).rglob("*"):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = "-> " + os.readlink(path)
        elif path.is_file():
            found[name] = path.read_bytes()
    found.pop(RECORD, None)
    return found


def clutter(root, outside):
    """Adds files and links that a static root may contain."""
    write(root, {"left/over.txt": "x", "old.json": "{}", ".hidden": "x", "css/app.000000000000.css": "old"})
    write(outside, {"x.txt": "x"})
    Path(root, os.fsdecode(b"latin\xff.txt")).write_text("x")
    Path(root, "link").symlink_to(outside / "x.txt")
    Path(root, "broken").symlink_to("nowhere")
    Path(root, "left/broken").symlink_to("nowhere")
    os.mkfifo(Path(root, "left/fifo"))


def change(source):
    write(source, {"css/base.css": "body{}", "new.txt": "new"})
    (source / "empty.js").unlink()


def same(tmp_path, sources, command, backend=OURS, theirs=DJANGO, **arguments):
    """Asserts that log, result and files are those of Django's storage, in any order of directories."""
    run = collect(tmp_path / "theirs", sources, theirs, verbosity=2, clear=True, **arguments)
    ours = collect(tmp_path / "ours", sources, backend, command=command, verbosity=2, clear=True, **arguments)
    assert ours.error is None and run.error is None, (ours.error, run.error)
    assert sorted(ours.out.replace("/ours", "/theirs").splitlines()) == sorted(run.out.splitlines())
    assert ours.yielded == run.yielded
    assert everything(tmp_path / "ours") == everything(tmp_path / "theirs")
    return ours


@COMMANDS
def test_in_the_end_it_is_djangos(command, source, tmp_path):
    for run in range(3):
        for root in ("ours", "theirs"):
            clutter(tmp_path / root, tmp_path / "outside")
        same(tmp_path, [source], command)
        if run == 1:
            change(source)
    assert "empty.js" not in everything(tmp_path / "ours")
    assert not os.path.lexists(tmp_path / "ours/left/fifo")
    assert (tmp_path / "outside/x.txt").exists()


@COMMANDS
def test_links_to_directories(command, source, tmp_path):
    """Django clears the directories that they lead to, and writes through them."""
    for root in ("ours", "theirs"):
        write(tmp_path / f"behind-{root}", {"app.css": "old", "stale.css": "old"})
        write(tmp_path / root, {"x.txt": "x"})
        (tmp_path / root / "css").symlink_to(tmp_path / f"behind-{root}")
        (tmp_path / root / "again").symlink_to("img")  # another name of what is there in the end
        write(tmp_path / root, {"img/logo.svg": "old"})
    for _ in range(2):
        theirs = collect(tmp_path / "theirs", [source], DJANGO, clear=True)
        ours = collect(tmp_path / "ours", [source], OURS, command=command, clear=True)
        assert ours.error is None and theirs.error is None
        assert tree(tmp_path / "behind-ours") == tree(tmp_path / "behind-theirs")
        assert {*ours.tree()} == {*theirs.tree()}


@COMMANDS
@pytest.mark.parametrize("only_hashed", [False, True])
def test_nothing_is_gone_before_the_manifest_is_there(command, only_hashed, source, tmp_path, monkeypatch):
    root = tmp_path / "root"
    options = {"keep_original_files": not only_hashed}
    collect(root, [source])
    clutter(root, tmp_path / "outside")
    before = everything(root)
    change(source)
    looked = []

    def replace(temporary, target):
        now = everything(root)
        assert [name for name in before if name not in now] == []
        assert all(now[name] == before[name] for name in before if name not in ("css/base.css", "css/app.css"))
        looked.append(target)
        original(temporary, target)

    original = os.replace
    monkeypatch.setattr(os, "replace", replace)
    assert collect(root, [source], command=command, options=options, clear=True).error is None
    assert looked == [str(root / MANIFEST)]
    after = everything(root)
    hashed = {name for name in after if name.count(".") > 1 or name.startswith("ä")}
    assert {name for name in before if name in after} <= {MANIFEST, *hashed, *([] if only_hashed else SITE)}
    assert "new.txt" not in after if only_hashed else "new.txt" in after


@COMMANDS
def test_originals_stay_until_the_manifest_is_there(command, source, tmp_path, monkeypatch):
    """Also the links of `--link`, which Django itself makes."""
    root = tmp_path / "root"
    options = {"keep_original_files": False}
    original = os.replace
    for link in (True, False):
        looked = []

        def replace(temporary, target, link=link, looked=looked):
            looked.append((root / "css/app.css").is_symlink() == link and (root / "css/app.css").exists())
            original(temporary, target)

        collect(root, [source], link=link)
        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", replace)
            assert collect(root, [source], command=command, options=options, link=link).error is None
        assert looked == [True]
        assert not os.path.lexists(root / "css/app.css")


@COMMANDS
def test_a_failed_run_changes_nothing(command, source, tmp_path):
    root = tmp_path / "root"
    collect(root, [source])
    clutter(root, tmp_path / "outside")
    before = everything(root)
    change(source)
    write(source, {"bad.css": "a{b:url(nope.png)}"})
    assert collect(root, [source], command=command, clear=True).error is not None
    assert everything(root) == before
    assert os.path.lexists(root / "left/fifo")


@COMMANDS
def test_a_run_that_ends_early_changes_nothing(command, source, tmp_path, monkeypatch):
    root = tmp_path / "root"
    collect(root, [source])
    clutter(root, tmp_path / "outside")
    before = everything(root)

    def interrupted(self, ignore_patterns):
        yield from original(self, ignore_patterns)
        raise KeyboardInterrupt

    original = FileSystemFinder.list
    with monkeypatch.context() as patched:
        patched.setattr(FileSystemFinder, "list", interrupted)
        with pytest.raises(KeyboardInterrupt):
            collect(root, [source], command=command, clear=True)
    assert everything(root) == before
    assert collect(root, [source], command=command).error is None
    assert everything(root) == before


@COMMANDS
def test_without_post_processing_it_is_djangos(command, source, tmp_path):
    for root in ("ours", "theirs"):
        collect(tmp_path / root, [source], OURS if root == "ours" else DJANGO)
        clutter(tmp_path / root, tmp_path / "outside")
    same(tmp_path, [source], command, post_process=False)
    assert MANIFEST not in everything(tmp_path / "ours")
    clutter(tmp_path / "ours", tmp_path / "outside")
    before = everything(tmp_path / "ours")
    dry = collect(tmp_path / "ours", [source], command=command, clear=True, dry_run=True, verbosity=2)
    assert dry.error is None and "Pretending to delete 'left/over.txt'" in dry.out
    assert everything(tmp_path / "ours") == before


class ClearDir(DjangoCommand):
    """Looks at what it has cleared."""

    def clear_dir(self, path):
        super().clear_dir(path)
        assert not self.storage.exists(path) or not self.storage.listdir(path)[1]


class CopyFile(DjangoCommand):
    """Knows that everything is cleared."""

    def copy_file(self, path, prefixed_path, source_storage):
        assert not self.storage.exists(prefixed_path)
        super().copy_file(path, prefixed_path, source_storage)


class DeleteFile(DjangoCommand):
    def delete_file(self, path, prefixed_path, source_storage):
        assert not self.storage.exists(prefixed_path)
        return super().delete_file(path, prefixed_path, source_storage)


class Log(DjangoCommand):
    """Overrides a method that does nothing with files: all is left to the end."""

    def log(self, msg, level=2):
        assert self.storage.exists("left/over.txt")
        super().log(msg, level)


@pytest.mark.parametrize("command", [ClearDir, CopyFile, DeleteFile])
def test_commands_that_are_not_quite_djangos_clear_at_once(command, source, tmp_path):
    for root in ("ours", "theirs"):
        clutter(tmp_path / root, tmp_path / "outside")
    same(tmp_path, [source], command)


@pytest.mark.parametrize("verbosity", [0, 2])
def test_a_command_of_which_nothing_that_matters_is_changed(verbosity, source, tmp_path):
    clutter(tmp_path / "root", tmp_path / "outside")
    run = collect(tmp_path / "root", [source], command=Log, verbosity=verbosity, clear=True)
    assert run.error is None
    assert not (tmp_path / "root/left").exists()


def test_a_storage_that_looks(source, tmp_path, subclass):
    def post_process(self, paths, **options):
        assert not self.exists("left/over.txt")
        return hashstatic.storage.ManifestStaticFilesStorage.post_process(self, paths, **options)

    for root in ("ours", "theirs"):
        clutter(tmp_path / root, tmp_path / "outside")
    same(tmp_path, [source], DjangoCommand, subclass(post_process=post_process))


@COMMANDS
def test_the_fallback_clears_first(command, source, tmp_path, monkeypatch):
    """Otherwise nothing could be copied to `a/b.css`."""

    def upper(self, ignore_patterns):
        for path, storage in original(self, ignore_patterns):
            yield path, Upper(storage.location) if path.endswith(".txt") else storage

    original = FileSystemFinder.list
    monkeypatch.setattr(FileSystemFinder, "list", upper)
    write(source, {"a/b.css": "x{}"})
    for root in ("ours", "theirs"):
        clutter(tmp_path / root, tmp_path / "outside")
        write(tmp_path / root, {"a": "was a file", "ä/☃.txt": "newer", "css/app.css": "newer"})
    ours = same(tmp_path, [source], command)
    assert "not a plain file system storage" in str(ours.warnings[0].message)


@COMMANDS
def test_a_file_becomes_a_directory_and_back(command, source, tmp_path):
    root = tmp_path / "root"
    write(source, {"a": "file", "b/c.txt": "directory", "b/d/e.txt": "deeper"})
    assert collect(root, [source], command=command, clear=True).error is None
    before = everything(root)
    (source / "a").unlink()
    shutil.rmtree(source / "b")
    write(source, {"a/b.txt": "directory", "b": "file"})
    os.utime(source / "b", (4e9, 4e9))  # Django takes an older directory for the file
    write(source, {"bad.css": "a{b:url(nope.png)}"})
    assert collect(root, [source], command=command, clear=True).error is not None
    assert everything(root) == before
    (source / "bad.css").unlink()
    assert collect(root, [source], command=command, clear=True).error is None
    now = everything(root)
    assert (now["a/b.txt"], now["b"]) == (b"directory", b"file")
    assert not {"a", "b/c.txt", "b/d/e.txt"} & {*now}


@COMMANDS
@pytest.mark.parametrize("place", ["root", "below", "elsewhere"])
def test_the_manifests_place_is_reported(command, place, source, tmp_path, subclass, monkeypatch):
    """Files are removed when the manifest is there, wherever it is written."""
    root = tmp_path / "root"
    manifests = {"root": root, "below": root / "manifests", "elsewhere": tmp_path / "elsewhere"}[place]
    backend = subclass(manifest_name="other.json")
    options = {} if place == "root" else {"manifest_storage": FileSystemStorage(location=str(manifests))}
    calls = []

    def noting(at, build):
        calls.append((at, (manifests / "other.json").exists()))
        return original(at, build)

    original = hashstatic.storage.finish
    monkeypatch.setattr(hashstatic.storage, "finish", noting)
    for number in range(2):
        write(root, {MANIFEST: "{}", "left.txt": "x"})
        write(source, {"new.txt": f"{number}"})
        os.utime(source / "new.txt", (4e9 + number, 4e9 + number))
        assert collect(root, [source], backend, options, command=command, clear=True).error is None
        assert calls.pop() == (str(root), True)
        names = {*everything(root)}
        assert names.isdisjoint({MANIFEST, "left.txt"}) and names.issuperset({*SITE, "new.txt"})
        assert (manifests / "other.json").exists()
    assert calls == []
    assert len([name for name in everything(root) if name.startswith("new.")]) == 2


def test_nothing_to_finish(source, tmp_path, monkeypatch):
    monkeypatch.setattr(hashstatic.storage, "finish", lambda *arguments: pytest.fail("nothing was left to do"))
    for clear in (False, True, True):
        assert collect(tmp_path / "root", [source], clear=clear).error is None


@COMMANDS
def test_what_could_not_be_finished_is_with_the_next_run(command, source, tmp_path, monkeypatch):
    root = tmp_path / "root"
    write(root, {"left.txt": "x"})

    def fail(root, build):
        raise BinaryFailed("no more")

    with monkeypatch.context() as patched:
        patched.setattr(hashstatic.storage, "finish", fail)
        failed = collect(root, [source], command=command, clear=True)
    assert isinstance(failed.error, CommandError) and "no more" in str(failed.error)
    assert {MANIFEST, "left.txt"} < {*everything(root)}
    assert collect(root, [source], command=command).error is None
    assert "left.txt" not in everything(root)


@COMMANDS
def test_a_manifest_with_entries_of_ones_own(command, source, tmp_path, subclass):
    """An override of `save_manifest` adds them; files are removed after it."""

    def save_manifest(self):
        self.hashed_files["own"] = "own.txt"
        hashstatic.storage.ManifestStaticFilesStorage.save_manifest(self)

    write(tmp_path / "root", {"left.txt": "x"})
    backend = subclass(save_manifest=save_manifest)
    run = collect(tmp_path / "root", [source], backend, command=command, clear=True)
    assert run.error is None
    assert run.warnings == []
    assert "left.txt" not in run.tree()
