"""What the binary has to say, as what Django would raise."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import SuspiciousFileOperation
from django.core.management.base import CommandError

from hashstatic._answer import Diagnostic

# How the binary writes the storage's `%r`.
STORAGE = "<django.contrib.staticfiles.storage.ManifestStaticFilesStorage>"


def exceptions(errors: Sequence[Diagnostic], storage: object) -> list[tuple[str, Exception]]:
    """(name, exception) per error. The first, with which Django's own command stops, has the others in a note."""
    made = [(error.path, _exception(error, storage)) for error in errors]
    if len(errors) > 1:
        others = "\n".join(str(error).replace(STORAGE, repr(storage)) for error in errors[1:])
        more = sum(error.count for error in errors[1:])
        count = "1 more error" if more == 1 else f"{more} more errors"
        _add_note(made[0][1], f"\n{count} found by hashstatic:\n{others}")
    return made


def _exception(error: Diagnostic, storage: object) -> Exception:
    message = error.message.replace(STORAGE, repr(storage))
    if error.code == "outside-static-root" and "located outside of the base path" in message:
        return SuspiciousFileOperation(message)
    if error.code != "django-failure":
        return CommandError(str(error))
    if message == "Max post-process passes exceeded.":
        exception = RuntimeError(message)
        if error.help:
            _add_note(exception, error.help)
        return exception
    if message.startswith("'utf-8' codec can't decode") and error.file is not None:
        return _decode_error(error.file) or ValueError(message)
    message, introduced, reference = message.partition(f"\n{error.path!r} contains this reference")
    value_error = ValueError(message)
    if introduced:
        _add_note(value_error, introduced.lstrip("\n") + reference)
    return value_error


def _decode_error(path: str) -> UnicodeDecodeError | None:
    """The very exception: it cannot be made from its text."""
    try:
        with open(path, "rb") as file:
            file.read().decode()
    except UnicodeDecodeError as error:
        return error
    return None


def _add_note(exception: Exception, note: str) -> None:
    """As ``add_note``, which came with Python 3.11."""
    notes: list[str] = getattr(exception, "__notes__", [])
    exception.__notes__ = [*notes, note]
