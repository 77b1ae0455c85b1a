"""Converts paths to the text that the binary expects: the text whose UTF-8 is the path's bytes.

Python decodes paths by the locale. In a locale without UTF-8 (`LC_ALL=C`) that gives a text which the binary would take
for another path.
"""

from __future__ import annotations

import os


def utf8(path: str | os.PathLike[str]) -> str:
    """The path as the binary has it. Bytes that are not UTF-8 become surrogates, as in Python."""
    return os.fsencode(path).decode("utf-8", "surrogateescape")
