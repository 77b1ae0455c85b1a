"""docs/troubleshooting.md quotes messages that exist, and has every code."""

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
TEXT = (PROJECT / "docs" / "troubleshooting.md").read_text()
# Django's messages, which are not in our sources.
DJANGOS = (
    "The file '…' could not be found with …",
    "Couldn't load manifest '…' (version 1.1)",
    "Missing staticfiles manifest entry for '…'",
)
# Messages that the code assembles from parts.
ASSEMBLED = (
    "cannot make the directory",
    "cannot read",
    "cannot write",
    "the hashstatic binary is in none of the places where installers put it",
    "the manifest that was there is not readable",
    "which is not in any source root",
)


def sources():
    files = [*PROJECT.glob("src/**/*.rs"), *PROJECT.glob("src/**/*.py"), *PROJECT.glob("python/**/*.py")]
    text = "\n".join(file.read_text() for file in files)
    return text.replace('\\"', '"')


def quoted():
    for line in TEXT.splitlines():
        cell = line.removeprefix("| ").partition(" | ")[0]
        if line.startswith("| `"):
            yield from re.findall("`([^`]+ [^`]+)`", cell)


def test_messages_are_those_of_the_code():
    code = sources()
    messages = [message for message in quoted() if message not in DJANGOS]
    assert len(messages) > 40
    for message in messages:
        for part in message.split("…"):
            part = part.strip(' ":;,()')
            assert part in code or part in ASSEMBLED, (message, part)


def test_every_code_is_there():
    enum = (PROJECT / "src/diagnostic/mod.rs").read_text().partition("pub enum Code {")[2].partition("\n}")[0]
    codes = re.findall(r"^    (\w+),$", enum, re.M)
    assert len(codes) > 15
    for code in codes:
        kebab = re.sub("(?<!^)(?<![0-9])([A-Z])", r"-\1", code).lower()
        assert f"`{kebab}`" in TEXT, kebab
