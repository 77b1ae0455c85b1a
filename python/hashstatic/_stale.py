"""Plain copies that differ from their sources.

Django takes a copy for unmodified if it is not older than its source. A source may be older and have other bytes: from
a checkout, or an older release of a package. The hashed file then has the new bytes, and the plain copy the old ones.
"""

from __future__ import annotations

import filecmp
import os
from collections.abc import Container, Mapping
from typing import Any

# The number of names that a message shows.
SHOWN = 3


def stale(root: str, paths: Mapping[str, tuple[Any, str]], copied: Container[str]) -> list[str]:
    """The names whose plain copy is kept, and newer than its source, and different."""
    return [name for name in paths if name not in copied and _is_stale(os.path.join(root, name), *paths[name])]


def _is_stale(copy: str, source: Any, path: str) -> bool:
    try:
        original = source.path(path)
        there, wanted = os.lstat(copy), os.stat(original)
        # The binary gives copies the times of their sources: those need not be read.
        return there.st_mtime_ns != wanted.st_mtime_ns and not filecmp.cmp(original, copy, shallow=False)
    except OSError:
        return False  # not there, or not to be read: the build reports that


def text(names: list[str]) -> str:
    shown = ", ".join(map(repr, names[:SHOWN]))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return (
        f"{shown}{more}: the plain copy is newer than its source, and different: it stays as it is, as with Django\n"
        "  help: `manage.py collectstatic --clear` writes it anew"
    )
