"""Removes what ``--clear`` removes and the binary does not know, once the manifest is there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from functools import cache

from hashstatic._rule import is_name


def remove(root: str, names: Iterable[str], kept: Iterable[str]) -> None:
    """Removes links and the like, files below linked directories, and files whose names are not UTF-8.

    Except those that are ``kept``, by any of their names. All other files are left to the binary.
    """
    # A linked directory gives a file two names.
    real_directory = cache(os.path.realpath)

    def real(name: str) -> str:
        directory, file_name = os.path.split(os.path.normpath(os.path.join(root, name)))
        return os.path.join(real_directory(directory), file_name)

    kept = set(map(real, kept))
    for name in names:
        path = real(name)
        if path in kept:
            continue
        with suppress(FileNotFoundError, NotADirectoryError):
            mode = os.lstat(path).st_mode
            is_the_binarys = stat.S_ISREG(mode) and is_name(name) and path == os.path.join(real_directory(root), name)
            if not (is_the_binarys or stat.S_ISDIR(mode)):
                os.unlink(path)
