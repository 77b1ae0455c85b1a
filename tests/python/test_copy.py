"""Our storage's `save` beside Django's: the same name or exception and the same file; and who copies."""

# ruff: noqa: SIM115  (what is opened here is closed after `save`)

import errno
import io
import os
import pathlib
import stat
import threading
from unittest import mock

import django.core.files.storage.base
import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage as DjangoStorage
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.test import override_settings

from hashstatic import _copy
from hashstatic.storage import ManifestStaticFilesStorage
from support import collect, tree, write

BYTES = bytes(range(256)) * 5000  # more than a chunk of theirs, and of ours


@pytest.fixture
def copied(monkeypatch):
    """The files that our own code copied."""
    names = []

    def noting(source, descriptor):
        names.append(source.name)
        copy(source, descriptor)

    copy = _copy._copy
    monkeypatch.setattr(_copy, "_copy", noting)
    return names


@pytest.fixture(autouse=True)
def predictable(monkeypatch):
    """What Django appends to a name that is taken."""
    monkeypatch.setattr(django.core.files.storage.base, "get_random_string", lambda length: "x" * length)


def prepare(root):
    write(root, {"dir/taken.css": "before", "file": "not a directory"})
    (root / "dir/broken").symlink_to("nowhere")
    (root / "dir/inside").mkdir()
    (root / "link").symlink_to("dir")


def outcome(storage, save):
    """(name or exception, position in the content, files, modes and groups) after `save`."""
    root = storage.location
    after = None
    try:
        result, after = save(storage)
    except Exception as error:
        result = type(error), str(error).replace(str(root), "ROOT")
    modes = {
        str(path.relative_to(root)): (stat.S_IMODE(path.lstat().st_mode), path.lstat().st_gid)
        for path in sorted(pathlib.Path(root).rglob("*"))
    }
    return result, after, tree(root) if not os.path.islink(f"{root}/dir/broken") else files(root), modes


def files(root):
    """Like tree(), without broken links."""
    paths = [path for path in pathlib.Path(root).rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


def both(tmp_path, save, **options):
    """Asserts that the outcome of `save` with our storage is that with Django's, and returns it."""
    outcomes = []
    for storage, name in ((DjangoStorage, "theirs"), (ManifestStaticFilesStorage, "ours")):
        root = tmp_path / name
        prepare(root)
        outcomes.append(outcome(storage(location=str(root), **options), save))
    assert outcomes[1] == outcomes[0]
    return outcomes[1]


# Name → whether our own code copies it.
NAMES = {
    "dir/new.css": True,
    "new": True,
    ".hidden": True,
    "..two": True,
    "dir/ä ☃.txt": True,
    "link/through.css": True,
    "dir/taken.css": False,
    "dir/broken": False,
    "dir/inside": False,
    "no/such/directory.css": True,
    "file/below": False,
    "dir//new": False,
    "dir/./new": False,
    "dir/../new": False,
    "../outside": False,
    "..": False,
    ".": False,
    "": False,
    "dir/": False,
    "/absolute": False,
    "dir\\new": False,
    "nul\0": False,
    "dir/" + "long" * 100: False,
}


@pytest.mark.parametrize("name", NAMES)
def test_names(name, tmp_path, copied):
    (tmp_path / "source").write_bytes(BYTES)

    def save(storage):
        with open(tmp_path / "source", "rb") as file:
            return storage.save(name, File(file)), file.tell()

    both(tmp_path, save)
    assert len(copied) == NAMES[name]


def opened(mode, **options):
    return lambda path: File(open(path, mode, **options))


def in_the_middle(path):
    file = open(path, "rb")
    file.read(7)
    return File(file)


def with_chunks_of_its_own(path):
    file = File(open(path, "rb"))
    file.chunks = lambda: [b"own"]
    return file


def closed(path):
    file = open(path, "rb")
    file.close()
    return File(file)


def uploaded(path):
    file = TemporaryUploadedFile("a", "text/css", 3, None)
    file.file.write(b"abc")
    file.file.flush()
    return file


class Subclass(File):
    def chunks(self, chunk_size=None):
        yield b"own"


class Raw(io.FileIO):
    def readinto(self, buffer):
        buffer[:3] = b"own"
        return 3 if super().readinto(bytearray(len(buffer))) else 0


def pipe(path):
    reading, writing = os.pipe()
    os.write(writing, b"piped")
    os.close(writing)
    return File(open(reading, "rb"), "name")


CONTENTS = {
    "a file": (opened("rb"), True),
    "from the middle": (in_the_middle, True),
    "for reading and writing": (opened("r+b"), False),
    "without a buffer": (opened("rb", buffering=0), False),
    "text": (opened("r", encoding="latin-1", newline=""), False),
    "closed": (closed, False),
    "not a File": (lambda path: open(path, "rb"), False),
    "in memory": (lambda path: ContentFile(b"abc"), False),
    "in a temporary file": (uploaded, False),
    "a subclass": (lambda path: Subclass(open(path, "rb")), False),
    "chunks of its own": (with_chunks_of_its_own, False),
    "a raw file of its own": (lambda path: File(io.BufferedReader(Raw(path))), False),
    "a pipe": (pipe, False),
}


@pytest.mark.parametrize("size", [0, 1, 65536, 1 << 20, len(BYTES)])
@pytest.mark.parametrize("kind", CONTENTS)
def test_contents(kind, size, tmp_path, copied):
    (tmp_path / "source").write_bytes(BYTES[:size])
    make, ours = CONTENTS[kind]

    def save(storage):
        content = make(str(tmp_path / "source"))
        try:
            name = storage.save("dir/new.css", content)
            return name, content.tell() if content.seekable() else None
        finally:
            content.close()

    both(tmp_path, save)
    assert len(copied) == ours


def test_other_arguments(tmp_path, copied):
    (tmp_path / "source").write_bytes(b"abc")

    def saving(*arguments, **more):
        def save(storage):
            with open(tmp_path / "source", "rb") as file:
                return storage.save(*arguments, File(file, "dir/its-own.css"), **more), None

        return save

    assert both(tmp_path / "1", saving(None))[0] == "dir/its-own.css"
    assert both(tmp_path / "2", saving("dir/new.css", max_length=9))[0][0].__name__ == "SuspiciousFileOperation"
    assert both(tmp_path / "3", saving(pathlib.Path("dir/new.css")))[0] == "dir/new.css"
    assert copied == []


@pytest.mark.parametrize("directory_mode", [None, 0o750, 0o705])
@pytest.mark.parametrize("file_mode", [None, 0o640, 0o604])
def test_modes(file_mode, directory_mode, tmp_path, copied):
    (tmp_path / "source").write_bytes(b"abc")
    (tmp_path / "source").chmod(0o755)

    def save(storage):
        with open(tmp_path / "source", "rb") as file:
            return storage.save("a/b/c/new.css", File(file)), None

    before = os.umask(0o027)
    settings = {"FILE_UPLOAD_PERMISSIONS": file_mode, "FILE_UPLOAD_DIRECTORY_PERMISSIONS": directory_mode}
    try:
        with override_settings(**settings):
            modes = both(tmp_path, save)[3]
    finally:
        os.umask(before)
    assert modes["a/b/c/new.css"][0] == (0o640 if file_mode is None else file_mode)
    assert {modes[name][0] for name in ("a", "a/b", "a/b/c")} == {directory_mode or 0o750}
    assert len(copied) == (directory_mode is None)


def test_the_group_is_the_roots(tmp_path, copied, monkeypatch):
    """Django sets the group, which takes effect only as root."""
    asked = []
    monkeypatch.setattr(FileSystemStorage, "_ensure_location_group_id", lambda self, path: asked.append(path))
    assert saved(ManifestStaticFilesStorage(location=str(tmp_path)), tmp_path) == "new.css"
    assert asked == [str(tmp_path / "new.css")] and len(copied) == 1


class Upper(FileSystemStorage):
    def save(self, name, content, max_length=None):
        return super().save(name.upper(), content, max_length)


class Between(ManifestStaticFilesStorage, Upper):
    pass


def saved(storage, tmp_path, name="new.css"):
    (tmp_path / "source").write_bytes(b"abc")
    with open(tmp_path / "source", "rb") as file:
        return storage.save(name, File(file))


@pytest.mark.parametrize("hook", _copy.HOOKS)
@pytest.mark.parametrize("where", ["subclass", "instance", "Django's"])
def test_what_is_overridden_is_called(hook, where, tmp_path, copied, monkeypatch):
    if not callable(getattr(DjangoStorage, hook)):
        changed = type("Changed", (ManifestStaticFilesStorage,), {hook: os.O_WRONLY | os.O_CREAT})
        with pytest.warns() if django.VERSION >= (5, 1) else monkeypatch.context():
            storage = changed(location=str(tmp_path))
        assert (saved(storage, tmp_path), copied) == ("new.css", [])
        return
    called = []
    original = getattr(ManifestStaticFilesStorage, hook)

    def changed(self, *arguments, **more):
        called.append(arguments)
        return original(self, *arguments, **more)

    kind = ManifestStaticFilesStorage
    if where == "subclass":
        kind = type("Changed", (kind,), {hook: changed})
    elif where == "Django's":
        bases = [base for base in DjangoStorage.__mro__ if hook in vars(base)]
        base = bases[-2 if bases[-1] is Storage and len(bases) > 1 else -1]
        original = getattr(base, hook)
        monkeypatch.setattr(base, hook, changed)
    storage = kind(location=str(tmp_path))
    if where == "instance":
        storage.__dict__[hook] = changed.__get__(storage)
    called.clear()
    assert saved(storage, tmp_path) == "new.css"
    assert called and copied == []


def test_a_class_between_is_called(tmp_path, copied):
    assert saved(Between(location=str(tmp_path)), tmp_path) == "NEW.CSS"
    assert copied == []


def test_a_save_that_was_replaced_is_called(tmp_path, copied):
    storage = ManifestStaticFilesStorage(location=str(tmp_path))
    with mock.patch.object(Storage, "save", return_value="other"):
        assert saved(storage, tmp_path) == "other"
    assert copied == []
    assert saved(storage, tmp_path) == "new.css" and len(copied) == 1


def test_another_location_is_used(tmp_path, copied):
    storage = ManifestStaticFilesStorage(location=str(tmp_path))
    storage.location = str(tmp_path / "a/../elsewhere")
    write(tmp_path, {"elsewhere/x": "", "deep/elsewhere/x": "", "deep/er/x": ""})
    (tmp_path / "a").symlink_to("deep/er")
    assert saved(storage, tmp_path) == "new.css"
    assert (tmp_path / "elsewhere/new.css").read_bytes() == b"abc" and len(copied) == 1


def test_nothing_is_left_of_a_copy_that_failed(tmp_path, monkeypatch):
    """Django leaves half a copy, newer than its source, which its next run takes for an unmodified one."""
    write(tmp_path / "source", {"a.txt": "a", "b.txt": BYTES})
    root = tmp_path / "root"
    write(root, {"before.txt": "before"})
    os_write = os.write

    def full(descriptor, data):
        if len(data) < 1000 or full.written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        full.written = os_write(descriptor, data[:1000])
        return full.written

    full.written = 0
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        failed = collect(root, [tmp_path / "source"], post_process=False)
    assert isinstance(failed.error, OSError) and failed.error.errno == errno.ENOSPC
    assert {*tree(root)} <= {"before.txt"}
    assert collect(root, [tmp_path / "source"]).error is None
    assert tree(root)["b.txt"] == BYTES


def test_all_is_written_even_in_small_parts(tmp_path, copied, monkeypatch):
    (tmp_path / "source").write_bytes(BYTES)
    storage = ManifestStaticFilesStorage(location=str(tmp_path))
    os_write = os.write
    with open(tmp_path / "source", "rb") as file, monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda descriptor, data: os_write(descriptor, data[:77_777]))
        assert storage.save("new", File(file)) == "new"
    assert (tmp_path / "new").read_bytes() == BYTES and len(copied) == 1


def test_one_name_at_once_from_many(tmp_path, monkeypatch, copied):
    monkeypatch.undo()  # alternative names have to differ
    storage = ManifestStaticFilesStorage(location=str(tmp_path / "root"))
    (tmp_path / "root").mkdir()
    contents = [bytes([number]) * 100_000 for number in range(8)]
    write(tmp_path, {f"source{number}": content for number, content in enumerate(contents)})
    names = []

    def save(number):
        with open(tmp_path / f"source{number}", "rb") as file:
            names.append((storage.save("same.bin", File(file)), number))

    threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(dict(names)) == 8 and "same.bin" in dict(names)
    assert {name: (tmp_path / "root" / name).read_bytes() for name, _ in names} == {
        name: contents[number] for name, number in names
    }


def test_collectstatic_copies_by_it(tmp_path, copied):
    write(tmp_path / "source", {f"{directory}/{number}.txt": "x" for directory in "ab" for number in range(10)})
    assert collect(tmp_path / "root", [tmp_path / "source"], post_process=False).error is None
    assert len(copied) == 20
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o644 for path in (tmp_path / "root").rglob("*.txt"))
