"""Writes the manifest: renamed into place when all of it is on the disk."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from hashstatic import _manifest

# The binary removes leftovers with this prefix, too.
TEMPORARY = ".hashstatic-"
# Attempts, as another run may remove our temporary file as a leftover.
TRIES = 10
# Errors of file systems that cannot sync directories.
CANNOT_SYNC = {errno.EACCES, errno.EINVAL, errno.ENOTSUP}


class ManifestFile:
    """A storage with the methods that ``save_manifest`` calls, around another storage."""

    def __init__(self, storage: FileSystemStorage, *, sync: bool) -> None:
        self.storage = storage
        self.sync = sync

    def exists(self, name: str) -> bool:
        return False  # Django would delete the manifest first

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
            _manifest.make_way(path)
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
        """Removes temporary files of killed runs. A run that loses its own to another one tries again."""
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
