"""Saves a copy of a file as ``FileSystemStorage.save`` does, with fewer system calls.

``collectstatic`` saves every file, and with Django's ``save`` that takes longer than all the work of the binary.
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
# The methods and flags that Django's `save` uses for a new name.
HOOKS = frozenset(
    hook
    for hook in ("OS_OPEN_FLAGS", "_save", "exists", "get_available_name", "is_name_available", "path")
    if hasattr(DjangoStorage, hook)
)
# The attributes of an unchanged File.
ATTRIBUTES = {"file", "mode", "name", "size"}
# Bytes that are read at a time.
CHUNK = 1 << 20


def save(storage: FileSystemStorage, name: str | None, content: Any) -> bool:
    """Saves the file and returns True; returns False, with nothing done, where Django has to save it.

    Django has to save it wherever it does more than copy: the name is taken, directories need a mode, a method is
    overridden, the content is no file.
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
        # Django leaves half a copy, which its next run takes for an unmodified one.
        os.unlink(path)
        raise
    return True


def is_file_to_copy(name: str | None, content: Any) -> TypeGuard[str]:
    """Whether to save the content under the name is to copy a file to exactly that path."""
    return _is_simple(name) and _is_file(content)


def _create(path: str, directory_mode: int | None) -> int:
    """Opens a new file as Django does. Django first checks whether the name is free; here O_EXCL does."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(path, flags, 0o666)
    except FileNotFoundError:
        if directory_mode is not None:
            raise  # Django versions differ in how they make directories with a mode
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.open(path, flags, 0o666)


def _is_simple(name: str | None) -> TypeGuard[str]:
    """Whether Django would use the name unchanged as a path below the location."""
    return (
        type(name) is str
        and os.path.normpath(name) == name
        and "\\" not in name
        and not name.startswith("/")
        and name.partition("/")[0] != ".."
    )


def _is_file(content: Any) -> bool:
    """Whether the content is a regular file, which Django would read from its beginning to its end."""
    return (
        type(content) is File
        and vars(content).keys() <= ATTRIBUTES
        and type(content.file) is io.BufferedReader
        and not content.file.closed
        and type(content.file.raw) is io.FileIO
        and stat.S_ISREG(os.fstat(content.file.fileno()).st_mode)
    )


def is_djangos(storage: FileSystemStorage) -> bool:
    """Whether Django's `save` would call nothing but Django's own methods.

    Checked for each file, as tests replace methods at any time.
    """
    return os.name == "posix" and bool(storage.location) and not _rule.overrides(storage, HOOKS)


def _copy(source: io.BufferedReader, descriptor: int) -> None:
    source.seek(0)
    while data := source.read(CHUNK):
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
