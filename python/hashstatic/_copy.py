"""Saving a file of the file system as ``FileSystemStorage`` does, with fewer system calls.

``collectstatic`` has its storage save every file, which then costs more than all that the binary does.
"""

from __future__ import annotations

import io
import os
import stat
from typing import Any, TypeGuard

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage as DjangoStorage
from django.core.files import File, locks
from django.core.files.storage import FileSystemStorage, Storage

from hashstatic import _rule

DJANGOS_SAVE = Storage.save
# What Django's `save` comes to for a new name.
HOOKS = frozenset(
    hook
    for hook in ("OS_OPEN_FLAGS", "_save", "exists", "get_available_name", "is_name_available", "path")
    if hasattr(DjangoStorage, hook)
)
# What a File of Django's has of its own; more would be somebody's change to it.
ATTRIBUTES = {"file", "mode", "name", "size"}
# So much of a file is in memory at a time.
CHUNK = 1 << 20


def save(storage: FileSystemStorage, name: str | None, content: Any) -> bool:
    """Whether the file was saved, under this very name; otherwise nothing has happened, and it is Django's to save.

    That is so wherever Django would do more than copy: the name is taken, directories have to be made with a mode,
    something is overridden, the content is not that of a file.
    """
    if not (is_file_to_copy(name, content) and is_djangos(storage)):
        return False
    path = os.path.join(os.path.abspath(storage.location), name)
    try:
        descriptor = _create(path, storage.directory_permissions_mode)
    except OSError:
        return False
    try:
        try:
            locks.lock(descriptor, locks.LOCK_EX)
            _copy(content.file, descriptor)
            if storage.file_permissions_mode is not None:
                os.fchmod(descriptor, storage.file_permissions_mode)
        finally:
            os.close(descriptor)
        storage._ensure_location_group_id(path)
    except BaseException:
        # Django leaves the half of it, which its next run takes for an unmodified copy.
        os.unlink(path)
        raise
    return True


def is_file_to_copy(name: str | None, content: Any) -> TypeGuard[str]:
    """Whether saving the content under the name is to copy a file to just that path."""
    return _is_simple(name) and _is_file(content)


def _create(path: str, directory_mode: int | None) -> int:
    """Opens the file as Django does. Django has asked before whether the name is free, this open tells."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(path, flags, 0o666)
    except FileNotFoundError:
        if directory_mode is not None:
            raise  # each Django has its own way of making directories with a mode
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.open(path, flags, 0o666)


def _is_simple(name: str | None) -> TypeGuard[str]:
    """Whether the name goes into the path as it is: neither the location nor the file's name has to be made safe."""
    return (
        type(name) is str
        and os.path.normpath(name) == name
        and "\\" not in name
        and not name.startswith("/")
        and name.partition("/")[0] != ".."
    )


def _is_file(content: Any) -> bool:
    """Whether Django would read from a regular file, from its beginning to its end."""
    return (
        type(content) is File
        and vars(content).keys() <= ATTRIBUTES
        and type(content.file) is io.BufferedReader
        and not content.file.closed
        and type(content.file.raw) is io.FileIO
        and stat.S_ISREG(os.fstat(content.file.fileno()).st_mode)
    )


def is_djangos(storage: FileSystemStorage) -> bool:
    """Whether all that Django's `save` calls is Django's own.

    Asked for each file: somebody may change a class or an instance at any time, in tests above all.
    """
    return os.name == "posix" and bool(storage.location) and not _rule.overrides(storage, HOOKS)


def _copy(source: io.BufferedReader, descriptor: int) -> None:
    source.seek(0)
    while data := source.read(CHUNK):
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
