"""Answers of the binary with anything wrong in them end in an error that says so."""

import json

import pytest
from django.core.management.base import CommandError

from hashstatic._build import BinaryFailed, File, build, finish
from support import DjangoCommand, OurCommand, collect, tree, write

ASSET = {"path": "a.txt", "hashed": "a.0cc175b9c0f1.txt", "new": True, "variants": []}
DIAGNOSTIC = {
    "path": "a.txt",
    "file": None,
    "severity": "error",
    "code": "some-code",
    "message": "It is broken.",
    "help": None,
    "location": {"line": 1, "column": 2},
    "django": {"exception": "ValueError", "message": "It is broken.", "notes": ["A note."]},
}
DONE = {"status": "ok", "report": {"assets": [ASSET], "diagnostics": [], "pending": None}}
BROKEN = {"status": "error", "error": "1 error found", "diagnostics": [DIAGNOSTIC]}
WRONG = [None, [], {}, 7, 1.5, True, "x", [None], [[]], [7], {"x": None}]


def places(document, at=()):
    """The path of each value in a document."""
    if at:
        yield at
    items = document.items() if isinstance(document, dict) else enumerate(document) if type(document) is list else ()
    for key, value in items:
        yield from places(value, (*at, key))


def changed(document, at, change):
    copy = json.loads(json.dumps(document))
    inside = copy
    for key in at[:-1]:
        inside = inside[key]
    change(inside, at[-1])
    return copy


@pytest.fixture
def answering(tmp_path, monkeypatch):
    """Replaces the binary by a program with one answer."""

    def answer(text, status=0):
        (tmp_path / "answer").write_bytes(text if isinstance(text, bytes) else text.encode())
        binary = tmp_path / "binary"
        binary.write_text(f"#!/bin/sh\ncat > /dev/null\ncat '{tmp_path}/answer'\nexit {status}\n")
        binary.chmod(0o755)
        monkeypatch.setattr("hashstatic._build.find_binary", lambda: str(binary))

    return answer


ANSWERS = {
    "nothing": b"",
    "null": b"null",
    "a number": b"7",
    "a string": b'"ok"',
    "an array": b"[]",
    "an array of documents": json.dumps([DONE]).encode(),
    "no fields": b"{}",
    "half of it": json.dumps(DONE).encode()[:-5],
    "two of them": json.dumps(DONE).encode() * 2,
    "bytes": b"\xff\xfe\x00",
    "too deep": b"[" * 100_000,
    "too long a number": b"1" * 10_000,
}


@pytest.mark.parametrize("status", [0, 1])
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("command", [DjangoCommand, OurCommand])
def test_no_document_at_all(answer, status, command, answering, tmp_path):
    write(tmp_path / "source", {"a.txt": "a"})
    write(tmp_path / "root", {"staticfiles.json": '{"paths": {}, "version": "1.1"}', "old.txt": "old"})
    before = tree(tmp_path / "root")
    answering(ANSWERS[answer], status)
    failed = collect(tmp_path / "root", [tmp_path / "source"], command=command)
    assert isinstance(failed.error, CommandError)
    assert f"failed with status {status}" in str(failed.error)
    assert tree(tmp_path / "root") == before


def test_an_answer_that_is_right(answering):
    answering(json.dumps(DONE))
    (asset,) = build([File("a.txt", "/a.txt", False)], []).assets
    assert asset.hashed == ASSET["hashed"]


@pytest.mark.parametrize(("document", "status"), [(DONE, 0), (BROKEN, 1)], ids=["done", "broken"])
def test_fields_that_are_wrong(document, status, answering, monkeypatch):
    """Each field left out, and each with a value of another type, is an error or does not matter."""
    answering("")
    told = 0
    for at in places(document):
        changes = [lambda inside, key: inside.pop(key)]
        changes += [lambda inside, key, wrong=wrong: inside.__setitem__(key, wrong) for wrong in WRONG]
        for change in changes:
            answer = json.dumps(changed(document, at, change))
            monkeypatch.setattr("subprocess.run", lambda *args, answer=answer, **more: Process(answer, status))
            try:
                build([File("a.txt", "/a.txt", False)], [])
            except BinaryFailed as failed:
                told += 1
                assert "cannot be used" in str(failed) or "hashstatic: " in str(failed)
            except Exception as error:
                assert status == 1 and type(error).__name__ == "InputErrors", (at, answer)
    assert told > 50


class Process:
    """A process that has ended."""

    def __init__(self, answer, status):
        self.args, self.returncode = ["hashstatic"], status
        self.stdout, self.stderr = answer.encode(), b""


def test_a_file_of_which_nothing_is_reported(answering, tmp_path):
    write(tmp_path / "source", {"a.txt": "a", "b.txt": "b"})
    answering(json.dumps(DONE))
    failed = collect(tmp_path / "root", [tmp_path / "source"])
    assert isinstance(failed.error, CommandError) and "'b.txt'" in str(failed.error)
    assert not (tmp_path / "root/staticfiles.json").exists()


@pytest.mark.parametrize("answer", [*ANSWERS, "not ok", "wrong type"])
def test_finishing_reported_nothing(answer, answering):
    more = {"not ok": b'{"status": "error", "error": "no space"}', "wrong type": b'{"status": ["ok"]}'}
    answering({**ANSWERS, **more}[answer])
    with pytest.raises(BinaryFailed, match="no space" if answer == "not ok" else "failed with status 0"):
        finish("/root", "0123456789abcdef")
