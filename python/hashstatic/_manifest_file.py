"""The manifest's file: replaced as a whole, and not before all of it is on the disk."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

# The binary knows such names, and takes them away as well.
TEMPORARY = ".hashstatic-"
# As often as other runs may take a temporary for one that was left.
TRIES = 10
# How file systems say that their directories are not for syncing.
CANNOT_SYNC = {errno.EACCES, errno.EINVAL, errno.ENOTSUP}


class ManifestFile:
    """The part of a storage that ``save_manifest`` uses, on top of another one."""

    def __init__(self, storage: FileSystemStorage, *, sync: bool) -> None:
        self.storage = storage
        self.sync = sync

    def exists(self, name: str) -> bool:
        return False  # so that it is not deleted first

    def _save(self, name: str, content: File[bytes]) -> str:
        directory, file_name = os.path.split(name)
        self._remove_leftovers(directory, f"-{file_name}.tmp")
        for _ in range(TRIES - 1):
            with suppress(FileNotFoundError):
                return self._replace(name, content)
        return self._replace(name, content)

    def _replace(self, name: str, content: File[bytes]) -> str:
        directory, file_name = os.path.split(name)
        temporary = os.path.join(directory, f"{TEMPORARY}{secrets.token_hex(4)}-{file_name}.tmp")
        path = self.storage.path(name)
        try:
            self.storage._save(temporary, content)
            if self.sync:
                _sync(self.storage.path(temporary))
            os.replace(self.storage.path(temporary), path)
        except BaseException:
            with suppress(OSError):
                os.unlink(self.storage.path(temporary))
            raise
        if self.sync:
            try:
                _sync(os.path.dirname(path))
            except OSError as error:
                if error.errno not in CANNOT_SYNC:
                    raise
        return name

    def _remove_leftovers(self, directory: str, ending: str) -> None:
        """Of runs that were killed. Another one that is just now running makes itself a new one."""
        path = self.storage.path(directory)
        with suppress(OSError):
            for name in os.listdir(path):
                if name.startswith(TEMPORARY) and name.endswith(ending):
                    os.unlink(os.path.join(path, name))


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
