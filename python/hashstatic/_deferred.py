"""Copying and deleting that ``collectstatic`` leaves to ``post_process``, where one run of the binary does it.

Nothing is copied and nothing deleted until all files are in order: a run that fails changes nothing. What ``--clear``
removes stays until the new manifest is there.

Django has no hook for this: nothing says to a storage whether ``post_process`` will follow. So `install` wraps Django's
`Command.collect`. While `collect` runs, the command has a storage that takes notes instead of saving and deleting.

This depends on two things in Django: that `collect` reaches the static root through `self.storage` alone, and that the
METHODS exist under their names. Where one of them is overridden or gone, everything is saved and deleted at once. Where
`collect` ends without calling ``post_process``, the notes are carried out in Django's way.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.contrib.staticfiles.management.commands.collectstatic import Command
from django.core.files import File
from django.core.files.storage import FileSystemStorage

from hashstatic import _copy

METHODS = ("clear_dir", "copy_file", "delete_file")
# Django's own, if nobody has replaced them before this import.
_DJANGOS = {name: vars(Command).get(name) for name in METHODS}


class Names(list[str]):
    """A list of names in which a look-up is fast: Django looks up every file."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        super().__init__(names)
        self._known = set(self)

    def append(self, name: str) -> None:
        super().append(name)
        self._known.add(name)

    def __contains__(self, name: object) -> bool:
        return name in self._known


@dataclass
class Deferred:
    """The work that is left to ``post_process``."""

    # Whether everything else in the static root is removed (`--clear`).
    clear: bool = False
    # The names that Django would have deleted before copying.
    cleared: Names = field(default_factory=Names)
    # Name in the static root → path of the file to copy there.
    copies: dict[str, str] = field(default_factory=dict)
    # Names that were saved at once, as they are not copies of files.
    saved: set[str] = field(default_factory=set)

    def catch_up(self, storage: FileSystemStorage) -> None:
        """Copies and deletes in Django's way."""
        for name in self.cleared:
            if name not in self.saved:
                storage.delete(name)
        for name, path in self.copies.items():
            if storage.exists(name):
                storage.delete(name)
            with open(path, "rb") as file:
                storage.save(name, File(file))

    def in_the_way(self) -> set[str]:
        """What has to be deleted before the binary runs: files in the place of directories, and the reverse."""
        files = {parent for name in self.copies for parent in _parents(name) if parent in self.cleared}
        return files | {name for name in self.cleared if not self.copies.keys().isdisjoint(_parents(name))}


def _parents(name: str) -> Iterator[str]:
    while (name := os.path.dirname(name)) not in ("", "/"):
        yield name


class NotingStorage:
    """The storage that ``collect`` sees: notes what to save and delete, and passes on all other calls."""

    def __init__(self, storage: Any, deferred: Deferred) -> None:
        self._storage = storage
        self._deferred = deferred

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def save(self, name: str, content: Any) -> str:
        if _copy.is_file_to_copy(name, content):
            self._deferred.copies[name] = os.path.abspath(content.file.name)
            return name
        if self._storage.exists(name):
            self._storage.delete(name)  # `collect` has called `delete` before, or `clear_dir`
        saved: str = self._storage.save(name, content)
        self._deferred.saved.add(saved)
        return saved

    def delete(self, name: str) -> None:
        if self._deferred.clear:
            self._deferred.cleared.append(name)

    def path(self, name: str) -> str:
        path: str = self._storage.path(name)
        if os.path.islink(path) and not os.path.exists(path):
            raise NotImplementedError("clear_dir then calls `delete` for broken links, too")
        return path


def install(ours: Any) -> None:
    """Makes every ``collectstatic`` leave copying and deleting to storages of this class, where it may."""
    djangos = Command.collect

    @functools.wraps(djangos)
    def collect(self: Command) -> dict[str, list[str]]:
        if not _may_leave(self, ours):
            return djangos(self)
        with _leaving(self, self.storage):
            return djangos(self)

    Command.collect = collect


def _may_leave(command: Any, ours: Any) -> bool:
    """Whether the command will call our ``post_process``, and nobody reads the static root before that."""
    storage = command.storage
    return (
        command.post_process
        and not command.dry_run
        and not command.symlink
        and isinstance(storage, ours)
        and None not in _DJANGOS.values()
        and all(getattr(getattr(command, name), "__func__", None) is _DJANGOS[name] for name in METHODS)
        and storage.may_copy_later()
    )


@contextmanager
def _leaving(command: Any, storage: Any) -> Iterator[None]:
    deferred = Deferred(command.clear)
    command.copied_files, command.unmodified_files = Names(command.copied_files), Names(command.unmodified_files)
    command.storage = NotingStorage(storage, deferred)
    if command.clear:
        command.delete_file = lambda *_: True  # after --clear there is no file to keep or to delete
    # The storage takes it when `post_process` begins.
    storage.deferred = deferred
    try:
        yield
        if storage.deferred is deferred:
            storage.deferred = None
            deferred.catch_up(storage)
    finally:
        storage.deferred = None
        command.storage = storage
        if command.clear:
            del command.delete_file
