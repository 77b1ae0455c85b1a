"""What ``collectstatic`` leaves to ``post_process``: there, copying is part of the one run of the binary.

Nothing is copied, and nothing deleted, until all files are in order: a run that fails changes nothing. What ``--clear``
is to take away stays until the new manifest is there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

from django.contrib.staticfiles.management.commands.collectstatic import Command
from django.core.files.storage import FileSystemStorage

METHODS = ("clear_dir", "collect", "copy_file", "delete_file")
# As Django has them, that is, if nobody has replaced them before this was imported.
_DJANGOS: dict[str, CodeType] = {
    name: vars(Command)[name].__code__
    for name in METHODS
    if getattr(vars(Command).get(name), "__globals__", None) is vars(sys.modules[Command.__module__])
}


class Names(list[str]):
    """Names in their order. Django asks for each file whether it is there, and with a list that takes ever longer."""

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
    """What is left to ``post_process``."""

    # The collectstatic that leaves it.
    command: Any = None
    # The static root is to be emptied of everything else.
    clear: bool = False
    # What of it Django would have deleted before copying.
    cleared: Names = field(default_factory=Names)
    # Name in the static root → (source storage, path there, absolute path) of what is to be copied.
    copies: dict[str, tuple[Any, str, str]] = field(default_factory=dict)

    def catch_up(self, storage: FileSystemStorage) -> None:
        """Does it all in Django's way after all."""
        if self.clear:
            there = {*self.command.copied_files, *self.command.unmodified_files} - self.copies.keys()
            for name in self.cleared:
                if name not in there:
                    storage.delete(name)
        for name, (source, path, _) in self.copies.items():
            if storage.exists(name):
                storage.delete(name)
            with source.open(path) as file:
                storage.save(name, file)

    def in_the_way(self) -> set[str]:
        """What is to be cleared and has to go first: a file where a directory is to be, or the other way round."""
        files = {parent for name in self.copies for parent in _parents(name) if parent in self.cleared}
        return files | {name for name in self.cleared if not self.copies.keys().isdisjoint(_parents(name))}


def _parents(name: str) -> Iterator[str]:
    while (name := os.path.dirname(name)) not in ("", "/"):
        yield name


@dataclass
class Run:
    """A run of Django's own ``collectstatic`` that a storage was called in."""

    # The call of `collect`; a command can be run twice.
    frame: FrameType
    command: Any


@dataclass
class Copying(Run):
    """It is copying this file."""

    source: Any
    path: str
    name: str


def copying(caller: FrameType | None) -> Copying | None:
    """What Django's ``collectstatic`` is copying, if the storage's method was called for that.

    The method has no argument that shows what comes after it. Its caller does: Django's ``collect``, by its very
    code, goes on to ``post_process``, or ends with an exception.
    """
    if len(_DJANGOS) < len(METHODS):
        return None
    if caller is not None and caller.f_code is _DJANGOS["delete_file"]:
        caller = caller.f_back
    if caller is None or caller.f_code is not _DJANGOS["copy_file"]:
        return None
    if caller.f_back is None or caller.f_back.f_code is not _DJANGOS["collect"]:
        return None
    of = caller.f_locals
    return Copying(caller.f_back, of["self"], of["source_storage"], of["path"], of["prefixed_path"])


def clearing(caller: FrameType | None) -> Run | None:
    """The run of Django's ``collectstatic --clear`` that is clearing, if the storage's method was called for that.

    And then Django's own code goes on to copy all files: nobody will look for what should be gone.
    """
    if caller is None or len(_DJANGOS) < len(METHODS) or caller.f_code is not _DJANGOS["clear_dir"]:
        return None
    command = caller.f_locals["self"]
    frame: FrameType | None = caller
    while frame is not None and frame.f_code is _DJANGOS["clear_dir"]:
        frame = frame.f_back
    if frame is None or frame.f_code is not _DJANGOS["collect"] or command.symlink:
        return None
    methods = (getattr(command, name, None) for name in METHODS)
    if [getattr(method, "__code__", None) for method in methods] != [_DJANGOS[name] for name in METHODS]:
        return None
    return Run(frame, command)
