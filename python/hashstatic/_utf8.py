"""Paths as text that is the same for Python and the binary: that whose UTF-8 is the path's bytes.

Python goes by the locale. Where that is not one of UTF-8 (`LC_ALL=C`), its text for a path is another, which the binary
would take for another path.
"""

from __future__ import annotations

import os


def utf8(path: str | os.PathLike[str]) -> str:
    """The path for the binary. Bytes that are not UTF-8 are escaped, as Python does."""
    return os.fsencode(path).decode("utf-8", "surrogateescape")
