"""Django's exceptions, made from the diagnostics of the binary."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import SuspiciousFileOperation
from django.core.management.base import CommandError

from hashstatic._answer import Diagnostic
from hashstatic._errors import add_note

# Stands for the `repr` of the storage in the binary's texts.
STORAGE = "<django.contrib.staticfiles.storage.ManifestStaticFilesStorage>"
# By the name that the binary gives. A decode error has to be raised anew; where that fails, it is a ValueError.
CLASSES = {kind.__name__: kind for kind in (AssertionError, RuntimeError, SuspiciousFileOperation, ValueError)}
# The attribute of an exception that was made here.
MADE = "__made_by_hashstatic__"


def exceptions(errors: Sequence[Diagnostic], storage: object) -> list[tuple[str, Exception]]:
    """(name, exception) of each error. Django's command stops at the first, so that has the others, too."""
    first, *others = errors
    more = ""
    if others:
        counted = sum(error.count for error in others)
        texts = "\n".join(str(error).replace(STORAGE, repr(storage)) for error in others)
        more = f"\n{counted} more error{'s'[: counted > 1]} found by hashstatic:\n{texts}"
    return [(first.path, _exception(first, storage, more)), *one_by_one(others, storage)]


def one_by_one(errors: Sequence[Diagnostic], storage: object) -> list[tuple[str, Exception]]:
    """(name, exception) of each error, for a caller that shows all of them."""
    return [(error.path, _exception(error, storage)) for error in errors]


def is_made(exception: Exception) -> bool:
    """Whether it reports a problem of the files, found by the binary."""
    return getattr(exception, MADE, False)


def _exception(error: Diagnostic, storage: object, more: str = "") -> Exception:
    exception: Exception | None = None
    if error.django is None:
        # Django's command shows no notes of a CommandError.
        exception = CommandError(f"{error}\n{more}" if more else str(error))
    else:
        if error.django.exception == UnicodeDecodeError.__name__ and error.file is not None:
            exception = _decode_error(error.file)
        if exception is None:
            kind = CLASSES.get(error.django.exception, ValueError)
            exception = kind(error.django.message.replace(STORAGE, repr(storage)))
        for note in error.django.notes:
            add_note(exception, note.replace(STORAGE, repr(storage)))
        if error.help:
            add_note(exception, f"help: {error.help}")
        if more:
            add_note(exception, more)
    setattr(exception, MADE, True)
    return exception


def _decode_error(path: str) -> UnicodeDecodeError | None:
    """The exception that Python raises for this file: its arguments include the file's bytes."""
    try:
        with open(path, "rb") as file:
            file.read().decode()
    except UnicodeDecodeError as error:
        return error
    return None
