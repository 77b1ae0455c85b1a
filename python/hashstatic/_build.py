"""Runs the binary: `build` for a list of files, and `finish` after the manifest is written."""

from __future__ import annotations

import errno
import json
import signal
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hashstatic import _answer
from hashstatic._answer import Asset, Diagnostic, Fields, NoAnswer
from hashstatic._binary import BinaryNotFound, find_binary
from hashstatic._utf8 import utf8

OF_ANOTHER_MACHINE = " (is the wheel that of this machine? `pip install --force-reinstall hashstatic`)"
OF_MEMORY = " (often for lack of memory; `jobs` in OPTIONS lowers what it needs)"
# Characters of its messages that are shown.
MOST_SAID = 2000


@dataclass(frozen=True)
class File:
    """A file that a finder found."""

    name: str
    path: str
    # Whether the binary leaves the plain file in the static root as it is.
    leave_plain: bool


@dataclass(frozen=True)
class Result:
    """A build that succeeded."""

    assets: tuple[Asset, ...]
    # Warnings and notices.
    diagnostics: tuple[Diagnostic, ...]
    # The id of the build, if `finish` has files to remove once the manifest is there.
    pending: str | None


class InputErrors(Exception):
    """The files have errors; nothing was published."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.errors = [d for d in diagnostics if d.severity == "error"]
        super().__init__("\n".join(map(str, self.errors)))


class BinaryFailed(Exception):
    """The binary failed for a reason other than the files."""


def build(files: Sequence[File], arguments: Sequence[str]) -> Result:
    """Runs ``hashstatic build`` on these files.

    Raises InputErrors with every problem of the files, BinaryFailed if it is something else.
    """
    for file in files:
        try:
            utf8(file.path).encode()
        except UnicodeEncodeError:
            raise BinaryFailed(f"the path {file.path!r} is not UTF-8") from None
    found = [{"name": file.name, "path": utf8(file.path), "leave_plain": file.leave_plain} for file in files]
    process = _run(["build", "--no-config", "--files-from", "-", "--output-format", "json", *arguments], found)
    paths = {file.name: file.path for file in files}
    try:
        document = _answer.parsed(process.stdout)
        report = document.object("report") if "report" in document else document
        diagnostics = tuple(_answer.diagnostic(fields, paths) for fields in report.objects("diagnostics"))
        if _is_done(process, document):
            assets = tuple(map(_answer.asset, report.objects("assets")))
            return Result(assets, diagnostics, _answer.pending(report))
        error = document.get_or_none("error", str)
    except NoAnswer as no_answer:
        raise _failed(process, no_answer) from no_answer
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        raise InputErrors(diagnostics)
    raise BinaryFailed(f"hashstatic: {error or 'failed'}")


def finish(root: str, pending: str) -> int:
    """Runs ``hashstatic finish``: removes the files that this build kept until its manifest was there.

    Returns the number of files; 0 if another build has begun in the meantime.
    """
    process = _run(["finish", "--no-config", "--output-format", "json", f"--build={pending}", "--", root])
    try:
        document = _answer.parsed(process.stdout)
        if not _is_done(process, document):
            raise BinaryFailed(f"hashstatic: {document.get_or_none('error', str) or 'failed'}")
        return document.get("removed", int)
    except NoAnswer as no_answer:
        raise _failed(process, no_answer) from no_answer


def _run(arguments: Iterable[str], given: object = None) -> subprocess.CompletedProcess[bytes]:
    """Runs the binary and returns its exit status and output. Arguments are passed as UTF-8 in any locale."""
    try:
        binary = find_binary()
    except BinaryNotFound as error:
        raise BinaryFailed(str(error)) from error
    command: list[str | bytes] = [binary, *(argument.encode("utf-8", "surrogateescape") for argument in arguments)]
    try:
        return subprocess.run(command, input=json.dumps(given).encode(), capture_output=True, check=False)
    except OSError as error:
        # Without its loader, a file that is there is "not found".
        of_another_machine = error.errno in (errno.ENOEXEC, errno.ENOENT)
        why = f"{error.strerror or error}{OF_ANOTHER_MACHINE if of_another_machine else ''}"
        raise BinaryFailed(f"{binary} cannot be run: {why}") from error
    except ValueError as error:  # a NUL
        raise BinaryFailed(f"{binary} cannot be run: {error}") from error


def _is_done(process: subprocess.CompletedProcess[bytes], document: Fields) -> bool:
    return document.get("status", str) == "ok" and process.returncode == 0


def _failed(process: subprocess.CompletedProcess[bytes], why: NoAnswer) -> BinaryFailed:
    """The error for a process that wrote no usable document: wrong usage, or a crash."""
    binary = process.args[0]
    said = " ".join(process.stderr.decode(errors="replace").split())
    said = said if len(said) <= MOST_SAID else f"{said[:MOST_SAID]}…"
    if process.returncode < 0:
        number = -process.returncode
        hint = OF_MEMORY if number == signal.SIGKILL else ""
        return BinaryFailed(f"{binary} was killed by signal {number}{hint}: {said or 'it said nothing'}")
    if process.stdout:
        said = f"its answer cannot be used, {why}. {said}".strip()
    return BinaryFailed(f"{binary} failed with status {process.returncode}: {said or 'it said nothing'}")
