"""With only the backend changed: when Django's `collectstatic` leaves copying to the binary, and when not."""

import os
import time

import pytest
from django.contrib.staticfiles.finders import FileSystemFinder
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage as DjangoStorage
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

import hashstatic.storage
from support import DJANGO, OURS, SITE, DjangoCommand, Upper, collect, tree, write


def change(source):
    """Changes a file, adds one, and removes one."""
    write(source, {"css/base.css": "body{}", "new.txt": "new"})
    os.utime(source / "css/base.css", (2e9, 2e9))
    (source / "empty.js").unlink()


def same(tmp_path, source, backend=OURS, command=None, **arguments):
    """Asserts that log and files of three runs are those of Django's storage."""
    for run in range(3):
        if run == 2:
            change(source)
        theirs = collect(tmp_path / "theirs", [source], DJANGO, command=command, verbosity=2, **arguments)
        ours = collect(tmp_path / "ours", [source], backend, command=command, verbosity=2, **arguments)
        assert ours.error is None, ours.error
        assert ours.out.replace("/ours", "/theirs") == theirs.out
        assert ours.tree() == theirs.tree()
    return ours


def test_nothing_is_copied_one_by_one(source, tmp_path, saved):
    same(tmp_path, source)
    assert saved == []


def test_a_failed_run_changes_nothing(source, tmp_path):
    """With Django's storage, files are replaced and copied by then."""
    root = tmp_path / "root"
    collect(root, [source])
    before = tree(root)
    change(source)
    write(source, {"bad.css": "a{b:url(nope.png)}"})
    assert collect(root, [source]).error is not None
    assert tree(root) == before


@pytest.mark.parametrize("where", ["open", "log"])
def test_a_run_that_ends_early_changes_nothing(where, source, tmp_path, monkeypatch):
    """And the next run knows nothing of it."""
    root = tmp_path / "root"
    collect(root, [source])
    before = tree(root)
    change(source)
    write(source, {"z.txt": "never collected"})
    ended = []

    def log(self, message, *arguments, **more):
        if "base.css" in message and "Copying" in message:
            ended.append(message)
            raise KeyboardInterrupt
        return original(self, message, *arguments, **more)

    def opening(path, *arguments):
        if "source/css/base.css" in path:
            ended.append(path)
            raise KeyboardInterrupt
        return open(path, *arguments)

    original = DjangoCommand.log
    with monkeypatch.context() as patched:
        if where == "log":
            patched.setattr(DjangoCommand, "log", log)
        else:
            patched.setattr("django.core.files.storage.filesystem.open", opening, raising=False)
        with pytest.raises(KeyboardInterrupt):
            collect(root, [source], verbosity=2)
    assert len(ended) == 1
    assert tree(root) == before
    (source / "z.txt").unlink()
    run = collect(root, [source])
    assert run.error is None
    assert "z.txt" not in run.tree() and run.tree()["css/base.css"] == b"body{}"


def test_one_command_twice(tmp_path):
    """The notes of a run that ended early do not reach the next run of the same command."""
    first, second, root = (tmp_path / name for name in ("first", "second", "root"))

    class Twice(DjangoCommand):
        def handle(self, **options):
            with pytest.raises(FileNotFoundError):
                super().handle(**options)
            assert self.copied_files[0] == "a.txt"
            (second / "broken.txt").unlink()
            write(first, {"a.txt": "changed"})
            write(root, {"a.txt": "newer"})  # not to be copied
            os.utime(first / "a.txt", (1e9, 1e9))
            self.copied_files = []
            return super().handle(**options)

    write(first, {"a.txt": "first"})
    write(second, {"b.txt": "b"})
    (second / "broken.txt").symlink_to("nowhere")
    run = collect(root, [first, second], command=Twice)
    assert run.error is None
    assert (run.tree()["a.txt"], run.tree()["b.txt"]) == (b"newer", b"b")


def test_what_is_replaced_is_never_missing(source, tmp_path, monkeypatch):
    root = tmp_path / "root"
    collect(root, [source])
    change(source)
    seen = []

    def looking(files, arguments):
        seen.append((root / "css/base.css").read_text())
        return build(files, arguments)

    build = hashstatic.storage.build
    monkeypatch.setattr(hashstatic.storage, "build", looking)
    assert collect(root, [source]).error is None
    assert seen == [SITE["css/base.css"]]
    assert (root / "css/base.css").read_text() == "body{}"


def test_without_post_processing_all_is_copied_at_once(source, tmp_path, saved):
    same(tmp_path, source, post_process=False)
    assert {*SITE, "new.txt"} == {*saved}


def test_sources_that_are_no_plain_files(source, tmp_path, monkeypatch, saved):
    """The binary cannot read them; the files that were left to it are copied after all."""

    def upper(self, ignore_patterns):
        for path, storage in original(self, ignore_patterns):
            yield path, Upper(storage.location) if path.endswith(".txt") else storage

    original = FileSystemFinder.list
    monkeypatch.setattr(FileSystemFinder, "list", upper)
    same(tmp_path, source)
    assert {*saved} == {*SITE, "new.txt"} - {"ä/☃.txt", "new.txt"}


class CopyFile(DjangoCommand):
    """Looks for the file that it has copied."""

    def copy_file(self, path, prefixed_path, source_storage):
        super().copy_file(path, prefixed_path, source_storage)
        assert self.dry_run or self.storage.exists(prefixed_path)


class DeleteFile(DjangoCommand):
    def delete_file(self, path, prefixed_path, source_storage):
        super().delete_file(path, prefixed_path, source_storage)
        self.storage.delete(prefixed_path)
        assert not self.storage.exists(prefixed_path)
        return True


class Collect(DjangoCommand):
    """Saves files of its own."""

    def collect(self):
        with open(__file__, "rb") as file:
            self.storage.delete("own.py")
            assert not self.storage.exists("own.py")
            assert self.storage.save("own.py", File(file)) == "own.py"
        assert self.storage.exists("own.py")
        return super().collect()


class Wrapped(DjangoCommand):
    """Has a storage that is not ours, and passes calls on to ours."""

    def collect(self):
        storage, copies = self.storage, self

        class Wrapper:
            def __getattr__(self, name):
                return getattr(storage, name)

            def post_process(self, paths, **options):
                assert all(storage.exists(name) for name in paths)
                copies.looked = True
                return storage.post_process(paths, **options)

        self.storage = Wrapper()
        try:
            return super().collect()
        finally:
            assert self.looked
            self.storage = storage


@pytest.mark.parametrize("command", [CopyFile, DeleteFile, Collect, Wrapped])
def test_other_commands_get_what_they_ask_for(command, source, tmp_path, saved):
    same(tmp_path, source, command=command)
    assert {*saved} == ({"own.py"} if command is Collect else {*SITE, "new.txt"})


@pytest.mark.parametrize("part", ["collect", "copy_file", "delete_file"])
def test_a_command_that_was_changed(part, source, tmp_path, saved, monkeypatch):
    original = getattr(DjangoCommand, part)

    def other(self, *arguments):
        return original(self, *arguments)

    monkeypatch.setattr(DjangoCommand, part, other)
    same(tmp_path, source)
    # A wrapper of `collect` runs before and after it, and sees no file in between.
    assert {*saved} == (set() if part == "collect" else {*SITE, "new.txt"})


def post_process(self, paths, **options):
    assert all(self.exists(name) for name in paths)
    return hashstatic.storage.ManifestStaticFilesStorage.post_process(self, paths, **options)


def save(self, name, content, max_length=None):
    saved = hashstatic.storage.ManifestStaticFilesStorage.save(self, name, content, max_length)
    assert self.exists(name)
    return saved


def delete(self, name):
    hashstatic.storage.ManifestStaticFilesStorage.delete(self, name)
    assert not self.exists(name)


@pytest.mark.parametrize("hook", [post_process, save, delete])
def test_a_storage_that_looks(hook, source, tmp_path, subclass, saved):
    same(tmp_path, source, subclass(**{hook.__name__: hook}))
    assert saved


@pytest.mark.parametrize("hook", ["exists", "path"])
def test_our_own_methods_are_changed(hook, source, tmp_path, saved, monkeypatch):
    """Then Django saves, and the changed method is called for all files."""
    kind = hashstatic.storage.ManifestStaticFilesStorage
    original = getattr(DjangoStorage, hook)
    called = []

    def noting(self, name):
        called.append(name)
        return original(self, name)

    monkeypatch.setattr(kind, hook, noting)
    same(tmp_path, source)
    assert saved == [] and {*SITE} < {*called}


class Lower(FileSystemStorage):
    deleted = 0

    def delete(self, name):
        Lower.deleted += 1
        super().delete(name)
        assert not self.exists(name)


class Between(hashstatic.storage.ManifestStaticFilesStorage, Lower):
    pass


def test_a_class_between_that_deletes(source, tmp_path, saved):
    same(tmp_path, source, f"{__name__}.Between")
    assert saved and Lower.deleted > 0


def test_what_nobody_touched_is_reported_once_more(source, tmp_path):
    """A build that has nothing to write repeats the report of the one before."""
    root = tmp_path / "root"
    before = collect(root, [source], verbosity=2).tree()
    time.sleep(3.1)
    read, again = (collect(root, [source], verbosity=2) for _ in range(2))
    assert read.out == again.out
    assert read.tree() == again.tree() == before

    hashed = next(root.glob("css/app.*.css"))  # not a hard link of the plain file, which Django copies
    times = hashed.stat()
    hashed.write_bytes(hashed.read_bytes()[::-1])
    os.utime(hashed, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert collect(root, [source]).tree() == before
