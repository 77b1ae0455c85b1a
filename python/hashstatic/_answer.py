"""The JSON document that the binary answers with, read field by field and checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class NoAnswer(ValueError):
    """The answer does not have the form that this version of the binary gives."""


@dataclass(frozen=True)
class Asset:
    """An asset of the build."""

    path: str
    hashed: str
    # Whether the static root had no file of that hashed name before.
    new: bool
    variants: tuple[str, ...]


@dataclass(frozen=True)
class DjangoError:
    """The exception that Django raises for a diagnostic."""

    # The name of its class.
    exception: str
    message: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Diagnostic:
    """An error, a warning or a notice about a file."""

    path: str
    severity: str
    code: str
    message: str
    help: str | None
    line: int | None
    column: int | None
    # The path on disk that was given to the binary.
    file: str | None = None
    # The number of problems it stands for.
    count: int = 1
    # None: Django would not fail here.
    django: DjangoError | None = None

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}:{self.column}"
        text = f"{place}: {self.message}"
        return f"{text}\n  help: {self.help}" if self.help else text


class Fields:
    """A JSON object whose fields are read with the type that they must have."""

    def __init__(self, data: object, name: str = "it") -> None:
        if not isinstance(data, dict):
            raise NoAnswer(f"{name} is not an object")
        self._data = data
        self._name = name

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def get(self, name: str, kind: type[T]) -> T:
        """A field that is a str, an int, a float, a bool or a list."""
        value = self._data.get(name)
        if type(value) is not kind:  # isinstance would take True for an int
            raise NoAnswer(f"{self._of(name)} is not of type {kind.__name__}")
        return value

    def get_or_none(self, name: str, kind: type[T]) -> T | None:
        """Like `get`, for a field that may be null."""
        return None if self._data.get(name) is None else self.get(name, kind)

    def object(self, name: str) -> Fields:
        return Fields(self._data.get(name), self._of(name))

    def objects(self, name: str) -> list[Fields]:
        return [Fields(item, f"{self._of(name)}[{at}]") for at, item in enumerate(self.get(name, list))]

    def strings(self, name: str) -> tuple[str, ...]:
        items = self.get(name, list)
        if not all(type(item) is str for item in items):
            raise NoAnswer(f"{self._of(name)} has more than strings")
        return tuple(items)

    def _of(self, name: str) -> str:
        return name if self._name == "it" else f"{self._name}.{name}"


def parsed(answer: bytes) -> Fields:
    try:
        data = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise NoAnswer(f"it is not JSON: {error}") from error
    return Fields(data)


def asset(fields: Fields) -> Asset:
    return Asset(
        path=fields.get("path", str),
        hashed=fields.get("hashed", str),
        new=fields.get("new", bool),
        variants=fields.strings("variants"),
    )


def pending(report: Fields) -> str | None:
    """The id of the build, if `finish` has files to remove."""
    if "pending" not in report:
        raise NoAnswer("report.pending is missing")
    return None if report.get_or_none("pending", dict) is None else report.object("pending").get("build", str)


def diagnostic(fields: Fields, files: dict[str, str]) -> Diagnostic:
    """A diagnostic; ``files`` maps names to paths on disk."""
    path = fields.get("path", str)
    location = fields.object("location") if fields.get_or_none("location", dict) is not None else None
    return Diagnostic(
        path=path,
        severity=fields.get("severity", str),
        code=fields.get("code", str),
        message=fields.get("message", str),
        help=fields.get_or_none("help", str),
        line=location.get("line", int) if location else None,
        column=location.get("column", int) if location else None,
        file=files.get(path),
        count=max(fields.get("more", int), 1) if "more" in fields else 1,
        django=_django_error(fields.object("django")) if fields.get_or_none("django", dict) is not None else None,
    )


def _django_error(fields: Fields) -> DjangoError:
    return DjangoError(
        exception=fields.get("exception", str),
        message=fields.get("message", str),
        notes=fields.strings("notes"),
    )
