"""Writing the manifest: it is replaced when it and all that it names are on the disk."""

import os

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management.base import CommandError

import hashstatic.storage
from support import OURS, SITE, DjangoCommand, OurCommand, collect, file_hash, tree, write

MANIFEST = "staticfiles.json"


@pytest.fixture
def calls(monkeypatch):
    """The calls of `fsync`, `sync` and `replace`, in their order."""
    noted = []

    def fsync(descriptor):
        noted.append(("fsync", os.readlink(f"/proc/self/fd/{descriptor}"), os.fstat(descriptor).st_size))
        original_fsync(descriptor)

    def replace(source, target):
        noted.append(("replace", str(source), str(target)))
        original_replace(source, target)

    original_fsync, original_replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(os, "sync", lambda: noted.append(("sync",)))
    return noted


@pytest.mark.parametrize("elsewhere", [False, True])
def test_it_is_synced(elsewhere, source, tmp_path, calls):
    root = manifests = tmp_path / "root"
    options = {}
    if elsewhere:
        manifests = tmp_path / "elsewhere"
        options = {"manifest_storage": FileSystemStorage(location=str(manifests))}
    assert collect(root, [source], options=options).error is None
    (synced, replaced, directory) = calls
    manifest = manifests / MANIFEST
    assert replaced == ("replace", synced[1], str(manifest))
    assert synced == ("fsync", replaced[1], manifest.stat().st_size)
    assert directory[:2] == ("fsync", str(manifests))


def test_files_that_django_wrote_are_synced_before(source, tmp_path, calls, subclass):
    assert collect(tmp_path / "root", [source], subclass(file_hash=file_hash)).error is None
    assert [call[0] for call in calls] == ["sync", "fsync", "replace", "fsync"]


def test_not_to_be_synced(source, tmp_path, calls, monkeypatch):
    arguments = []

    def build(files, given):
        arguments.extend(given)
        return original(files, given)

    original = hashstatic.storage.build
    monkeypatch.setattr(hashstatic.storage, "build", build)
    assert collect(tmp_path / "root", [source], options={"sync": False}).error is None
    assert [call[0] for call in calls] == ["replace"]
    assert "--no-sync" in arguments
    arguments.clear()
    assert collect(tmp_path / "root", [source], options={"sync": True}).error is None
    assert "--no-sync" not in arguments


@pytest.mark.parametrize("elsewhere", [False, True])
def test_leftovers_go(elsewhere, source, tmp_path):
    """Temporary files of killed runs are removed, whatever their process id, and no other files."""
    directory = tmp_path / "elsewhere"
    options = {"manifest_storage": FileSystemStorage(location=str(directory))} if elsewhere else {}
    directory = directory if elsewhere else tmp_path / "root"
    left = [f".hashstatic-{os.getpid():x}-{MANIFEST}.tmp", f".hashstatic-1-{MANIFEST}.tmp"]
    others = [f"x-{MANIFEST}.tmp", ".hashstatic-1-other.json.tmp"][: 1 + elsewhere]
    write(directory, dict.fromkeys([*left, *others], "{"))
    assert collect(tmp_path / "root", [source], options=options).error is None
    names = {path.name for path in directory.iterdir()}
    assert names.isdisjoint(left) and names.issuperset([*others, MANIFEST])


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failure_leaves_the_manifest_alone(failing, source, tmp_path, monkeypatch):
    root = tmp_path / "root"
    assert collect(root, [source]).error is None
    before = (root / MANIFEST).read_bytes()
    write(source, {"new.txt": "new"})

    def fail(*arguments):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, failing, fail)
        error = collect(root, [source]).error
    assert isinstance(error, CommandError) and "The manifest cannot be written: " in str(error)
    assert (root / MANIFEST).read_bytes() == before
    assert not [name for name in tree(root) if name.startswith(".hashstatic-") and name.endswith(".tmp")]
    assert collect(root, [source]).error is None
    assert b"new.txt" in (root / MANIFEST).read_bytes()


@pytest.mark.parametrize("command", [DjangoCommand, OurCommand])
def test_another_run_takes_the_temporary_away(command, source, tmp_path, monkeypatch):
    root = tmp_path / "root"
    taken = []

    def fsync(descriptor):
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        if name.endswith(".tmp") and len(taken) < 3:
            taken.append(name)
            os.unlink(name)

    monkeypatch.setattr(os, "fsync", fsync)
    assert collect(root, [source], command=command).error is None
    assert len(set(taken)) == 3
    assert {*SITE} < {*tree(root)}


def test_a_file_system_whose_directories_cannot_be_synced(source, tmp_path, monkeypatch):
    def fsync(descriptor):
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):
            raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "fsync", fsync)
    assert collect(tmp_path / "root", [source], OURS).error is None
