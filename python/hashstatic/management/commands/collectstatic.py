"""Django's ``collectstatic``, with copying, hashing and compressing in one run of the binary.

Finding files, the options, the log and the summary are Django's. What is new: with ``--dry-run``, everything that would
stop post-processing is told. With a storage of another kind, or ``--link`` or ``--no-post-process``, all is Django's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands.collectstatic import Command as DjangoCommand
from django.core.files.storage import FileSystemStorage
from django.core.management.base import CommandError

from hashstatic._deferred import Deferred, Names
from hashstatic.storage import ManifestStaticFilesStorage


class Command(DjangoCommand):
    storage: Any
    deferred: Deferred | None = None

    def collect(self) -> dict[str, list[str]]:
        self.deferred = None
        self.copied_files, self.symlinked_files, self.unmodified_files = Names(), Names(), Names()
        if not self.post_process or not isinstance(self.storage, ManifestStaticFilesStorage):
            return super().collect()
        if self.dry_run:
            collected = super().collect()
            self.report_broken_references()
            return collected
        if self.symlink or self.storage.why_not() is not None:
            return super().collect()
        self.deferred = Deferred(self, self.clear)
        # The storage takes it when post_process begins: all files are found by then.
        self.storage.deferred = self.deferred
        try:
            return super().collect()
        finally:
            self.storage.deferred = None

    def copy_file(self, path: str, prefixed_path: str, source_storage: Any) -> None:
        """Leaves copying to the binary, after Django's decision on whether to copy."""
        if self.deferred is None or not isinstance(source_storage, FileSystemStorage):
            if self.deferred is not None and self.clear:
                self.storage.delete(prefixed_path)  # what `clear_dir` has left
            return super().copy_file(path, prefixed_path, source_storage)
        if prefixed_path in self.copied_files:
            return self.log(f"Skipping '{path}' (already copied earlier)")
        # After --clear there is nothing that could be unmodified; the binary keeps what it would write again.
        if not self.clear:
            with self.nothing_deleted(self.deferred, _Undeletable):
                if not self.delete_file(path, prefixed_path, source_storage):
                    return None
        source_path = source_storage.path(path)
        self.log(f"Copying '{source_path}'", level=2)
        self.deferred.copies[prefixed_path] = source_storage, path, source_path
        self.copied_files.append(prefixed_path)
        return None

    def clear_dir(self, path: str) -> None:
        """Tells what is deleted, which it is once all else has succeeded."""
        if self.deferred is None:
            return super().clear_dir(path)
        with self.nothing_deleted(self.deferred, _Unclearable):
            return super().clear_dir(path)

    @contextmanager
    def nothing_deleted(self, deferred: Deferred, kind: type[_Undeletable]) -> Iterator[None]:
        """Django deletes what it is going to replace, and then there is a time without it."""
        storage = self.storage
        self.storage = kind(storage, deferred.cleared)
        try:
            yield
        finally:
            self.storage = storage

    def report_broken_references(self) -> None:
        found: dict[str, tuple[Any, str]] = {}
        for finder in get_finders():
            for path, source in finder.list(self.ignore_patterns):
                prefix = getattr(source, "prefix", None)
                found.setdefault(os.path.join(prefix, path) if prefix else path, (source, path))
        broken = self.storage.broken_references(found)
        for name, exception in broken:
            self.stderr.write(f"Post-processing '{name}' would fail: {exception}")
        if broken:
            raise CommandError(f"Post-processing would fail: {len(broken)} error{'s'[: len(broken) > 1]} found.")


class _Undeletable:
    """A storage that only notes what it was to delete."""

    def __init__(self, storage: Any, noted: Names) -> None:
        self._storage = storage
        self._noted = noted

    def delete(self, name: str) -> None:
        self._noted.append(name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)


class _Unclearable(_Undeletable):
    """And ``clear_dir``, which takes broken links away itself, leaves them to it, too."""

    def path(self, name: str) -> str:
        raise NotImplementedError("Django's clear_dir does without.")
