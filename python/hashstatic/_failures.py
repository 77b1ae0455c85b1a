"""Django's exceptions, made from the diagnostics of the binary."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import SuspiciousFileOperation
from django.core.management.base import CommandError

from hashstatic._answer import Diagnostic

# Stands for the `repr` of the storage in the binary's texts.
STORAGE = "<django.contrib.staticfiles.storage.ManifestStaticFilesStorage>"
# By the name that the binary gives. A decode error has to be raised anew; where that fails, it is a ValueError.
CLASSES = {kind.__name__: kind for kind in (AssertionError, RuntimeError, SuspiciousFileOperation, ValueError)}


def exceptions(errors: Sequence[Diagnostic], storage: object) -> list[tuple[str, Exception]]:
    """(name, exception) of each error. Django's command stops at the first, so its note has the others."""
    made = [(error.path, _exception(error, storage)) for error in errors]
    if len(errors) > 1:
        others = "\n".join(str(error).replace(STORAGE, repr(storage)) for error in errors[1:])
        more = sum(error.count for error in errors[1:])
        count = "1 more error" if more == 1 else f"{more} more errors"
        _add_note(made[0][1], f"\n{count} found by hashstatic:\n{others}")
    return made


def _exception(error: Diagnostic, storage: object) -> Exception:
    if error.django is None:
        return CommandError(str(error))
    message = error.django.message.replace(STORAGE, repr(storage))
    exception: Exception | None = None
    if error.django.exception == UnicodeDecodeError.__name__ and error.file is not None:
        exception = _decode_error(error.file)
    if exception is None:
        exception = CLASSES.get(error.django.exception, ValueError)(message)
    for note in error.django.notes:
        _add_note(exception, note.replace(STORAGE, repr(storage)))
    if error.help:
        _add_note(exception, error.help)
    return exception


def _decode_error(path: str) -> UnicodeDecodeError | None:
    """The exception that Python raises for this file: its arguments include the file's bytes."""
    try:
        with open(path, "rb") as file:
            file.read().decode()
    except UnicodeDecodeError as error:
        return error
    return None


def _add_note(exception: Exception, note: str) -> None:
    """Like ``add_note``, which Python 3.10 does not have."""
    notes: list[str] = getattr(exception, "__notes__", [])
    exception.__notes__ = [*notes, note]
