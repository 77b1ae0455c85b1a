"""Errors and warnings of ours, in the form in which ``manage.py`` shows them without a traceback."""

from __future__ import annotations

import sys
import warnings

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

TEXT_HAS_NOTES = sys.version_info < (3, 11)


class Misconfigured(ImproperlyConfigured, CommandError):
    """Wrong settings. Django's commands show a CommandError as its text alone."""


def warn(text: str, category: type[Warning] = UserWarning) -> None:
    """Warns by Python's rules, but shows the text alone: the line of our code that warns helps nobody."""

    def formatted(message: Warning | str, *more: object, **others: object) -> str:
        return f"warning: {message}\n"

    pythons, warnings.formatwarning = warnings.formatwarning, formatted
    try:
        warnings.warn(text, category, stacklevel=3)
    finally:
        warnings.formatwarning = pythons


def add_note(exception: Exception, note: str) -> None:
    """Like ``add_note``, which Python 3.10 does not have. It shows no notes either: there, the text has them."""
    notes: list[str] = getattr(exception, "__notes__", [])
    exception.__notes__ = [*notes, note]
    if TEXT_HAS_NOTES:
        _add_to_text(exception, f"\n{note}")


def with_notes(exception: Exception) -> str:
    """The exception's text with its notes, as Django's command shows it since 6.1."""
    notes = [] if TEXT_HAS_NOTES else getattr(exception, "__notes__", [])
    return "\n".join([str(exception), *notes])


def _add_to_text(exception: Exception, text: str) -> None:
    if isinstance(exception, UnicodeError) and len(exception.args) > 1:
        exception.reason += text  # type: ignore[attr-defined]
    elif isinstance(exception, OSError) and exception.strerror:
        exception.strerror += text
    else:
        first, *others = exception.args or ("",)
        exception.args = (f"{first}{text}", *others)
