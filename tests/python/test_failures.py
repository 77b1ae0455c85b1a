"""Exceptions are made from the data of diagnostics, and not from their texts."""

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.management.base import CommandError

from hashstatic._answer import Diagnostic, DjangoError
from hashstatic._errors import with_notes
from hashstatic._failures import STORAGE, exceptions

# Texts that once decided on the class.
TEXTS = (
    "anything",
    "Max post-process passes exceeded.",
    "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
    "The joined path (/x) is located outside of the base path component (/r)",
    "a\n'a.css' contains this reference 'b' on line 1",
)


def shown(exception):
    """The lines that a user sees: the text, and the notes, which Python 3.10 does not show."""
    return with_notes(exception).splitlines()


CLASSES = [AssertionError, RuntimeError, SuspiciousFileOperation, ValueError]


def diagnostic(text, django, code="django-failure", **more):
    error = {"path": "a.css", "severity": "error", "code": code, "message": text, "help": None}
    return Diagnostic(**{**error, "line": 1, "column": 2, "django": django, **more})


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kind", CLASSES)
def test_the_class_is_the_one_that_is_named(kind, text):
    for code in ("django-failure", "outside-static-root", "missing-reference"):
        error = diagnostic("not used", DjangoError(kind.__name__, text, ("one", "two")), code)
        ((name, exception),) = exceptions([error], "storage")
        assert (name, type(exception), shown(exception)) == ("a.css", kind, [*text.splitlines(), "one", "two"])
        assert exception.__notes__ == ["one", "two"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("code", ["django-failure", "outside-static-root", "missing-reference"])
def test_what_django_accepts_is_our_own_error(code, text):
    ((_, exception),) = exceptions([diagnostic(text, None, code)], "storage")
    assert type(exception) is CommandError and str(exception) == f"a.css:1:2: {text}"


def test_the_storage_and_the_help_are_in_the_text():
    error = diagnostic("", DjangoError("RuntimeError", f"no file with {STORAGE}", (f"in {STORAGE}",)), help="do this")
    ((_, exception),) = exceptions([error], "storage")
    assert shown(exception) == ["no file with 'storage'", "in 'storage'", "help: do this"]
    assert exception.__notes__ == ["in 'storage'", "help: do this"]


def test_a_decode_error_is_pythons(tmp_path):
    (tmp_path / "a.css").write_bytes(b"ab\xff")
    text = DjangoError("UnicodeDecodeError", "anything", ())
    ((_, exception),) = exceptions([diagnostic("", text, file=str(tmp_path / "a.css"))], "storage")
    assert type(exception) is UnicodeDecodeError and exception.start == 2
    (tmp_path / "a.css").write_bytes(b"mended meanwhile")
    ((_, exception),) = exceptions([diagnostic("", text, file=str(tmp_path / "a.css"))], "storage")
    assert type(exception) is ValueError and str(exception) == "anything"


def test_a_class_of_a_later_binary_is_a_value_error():
    ((_, exception),) = exceptions([diagnostic("", DjangoError("Other", "text", ()))], "storage")
    assert type(exception) is ValueError
