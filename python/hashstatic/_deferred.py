"""Copying that ``collectstatic`` leaves to ``post_process``: there it is part of the one run of the binary.

Nothing is copied, and nothing deleted to make room, until all files are in order: a run that fails changes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from django.contrib.staticfiles.management.commands.collectstatic import Command
from django.core.files.storage import FileSystemStorage

# As Django has them, that is, if nobody has replaced them before this was imported.
_DJANGOS = [
    getattr(vars(Command).get(name), "__code__", None)
    for name in ("collect", "copy_file", "delete_file")
    if getattr(vars(Command).get(name), "__globals__", None) is vars(sys.modules[Command.__module__])
]


@dataclass
class Deferred:
    """What is left to ``post_process``."""

    # The collectstatic that leaves it.
    command: Any = None
    # The static root is to be emptied of everything else.
    clear: bool = False
    # What of it Django would have deleted before copying.
    cleared: list[str] = field(default_factory=list)
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
class Copying:
    """A file that Django's own ``collectstatic`` is copying."""

    # The call of `collect`; a command can be run twice.
    run: FrameType
    command: Any
    source: Any
    path: str
    name: str


def copying(caller: FrameType | None) -> Copying | None:
    """What Django's ``collectstatic`` is copying, if a storage's ``save`` or ``delete`` was called for that.

    Those have no argument that would tell what comes after them. Their caller does: Django's ``collect``, by its very
    code, goes on to ``post_process``, or ends with an exception.
    """
    if len(_DJANGOS) < 3:
        return None
    collect, copy_file, delete_file = _DJANGOS
    if caller is not None and caller.f_code is delete_file:
        caller = caller.f_back
    if caller is None or caller.f_code is not copy_file:
        return None
    if caller.f_back is None or caller.f_back.f_code is not collect:
        return None
    of = caller.f_locals
    return Copying(caller.f_back, of["self"], of["source_storage"], of["path"], of["prefixed_path"])
