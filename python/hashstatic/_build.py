"""One run of the binary: a list of files in, an account of each asset out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hashstatic._binary import find_binary


@dataclass(frozen=True)
class File:
    """A file that a finder has found."""

    name: str
    path: str
    # The plain file in the static root is not the binary's to write.
    leave_plain: bool


@dataclass(frozen=True)
class Asset:
    """What became of a file."""

    path: str
    hashed: str
    # No file of that hashed name was there before.
    new: bool
    variants: tuple[str, ...]


@dataclass(frozen=True)
class Diagnostic:
    """Something that the binary has to say about a file."""

    path: str
    file: str | None
    severity: str
    code: str
    message: str
    help: str | None
    line: int | None
    column: int | None

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}:{self.column}"
        text = f"{place}: {self.message}"
        return f"{text}\n  help: {self.help}" if self.help else text


@dataclass(frozen=True)
class Result:
    """A build that succeeded."""

    assets: tuple[Asset, ...]
    # Warnings and notices.
    diagnostics: tuple[Diagnostic, ...]


class InputErrors(Exception):
    """The files have errors, nothing was published."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.errors = [d for d in diagnostics if d.severity == "error"]
        super().__init__("\n".join(map(str, self.errors)))


class BinaryFailed(Exception):
    """The binary could not do its work, for a reason that is not in the files."""


def build(files: Sequence[File], arguments: Sequence[str]) -> Result:
    """Runs ``hashstatic build`` on these files.

    Raises InputErrors with every problem of the files, BinaryFailed if it is something else.
    """
    command = [find_binary(), "build", "--no-config", "--files-from", "-", "--output-format", "json", *arguments]
    found = [{"name": file.name, "path": file.path, "leave_plain": file.leave_plain} for file in files]
    try:
        process = subprocess.run(command, input=json.dumps(found).encode(), capture_output=True, check=False)
    except OSError as error:
        raise BinaryFailed(f"{command[0]} cannot be run: {error}") from error
    try:
        document: dict[str, Any] = json.loads(process.stdout)
        diagnostics = [_diagnostic(data) for data in document.get("report", document)["diagnostics"]]
    except (ValueError, KeyError) as error:
        raise _failed(command[0], process) from error
    if process.returncode == 0 and document["status"] == "ok":
        assets = [
            Asset(data["path"], data["hashed"], data["new"], tuple(data["variants"]))
            for data in document["report"]["assets"]
        ]
        return Result(tuple(assets), tuple(diagnostics))
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        raise InputErrors(diagnostics)
    raise BinaryFailed(f"hashstatic: {document.get('error') or 'failed'}")


def _diagnostic(data: dict[str, Any]) -> Diagnostic:
    location = data["location"] or {}
    return Diagnostic(
        path=data["path"],
        file=data["file"],
        severity=data["severity"],
        code=data["code"],
        message=data["message"],
        help=data["help"],
        line=location.get("line"),
        column=location.get("column"),
    )


def _failed(binary: str, process: subprocess.CompletedProcess[bytes]) -> BinaryFailed:
    """For a process that did not come to its document: wrong usage, or a crash."""
    said = process.stderr.decode(errors="replace").strip() or "it said nothing"
    if process.returncode < 0:
        return BinaryFailed(f"{binary} was killed by signal {-process.returncode}: {said}")
    return BinaryFailed(f"{binary} failed with status {process.returncode}: {said}")
