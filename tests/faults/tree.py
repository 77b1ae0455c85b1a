"""What lies in a directory, as a dictionary: files with their bytes, links with their targets, directories."""

import json
import os


def write(root, files):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def read(root, without=()):
    """Relative name → bytes; a directory's name ends in a slash. Links to directories are told and followed. Nothing
    below the names in `without`."""
    found = {}
    pending = [""]
    while pending:
        at = pending.pop()
        with os.scandir(root / at) as entries:
            for entry in entries:
                name = f"{at}{entry.name}"
                if name in without:
                    continue
                if entry.is_symlink():
                    found[name] = b"link to " + os.fsencode(os.readlink(entry.path))
                if entry.is_dir():
                    found[f"{name}/"] = b""
                    pending.append(f"{name}/")
                elif entry.is_file(follow_symlinks=False):
                    with open(entry.path, "rb") as file:
                        found[name] = file.read()
    return found


def is_temporary(name):
    return name.rsplit("/", 1)[-1].startswith(".hashstatic-")


def comparable(name, content):
    """Content without what may differ between two right results: the times in a record of generations, and
    generations without files, of which an interrupted run may leave one."""
    if not name.endswith(".generations.json"):
        return content
    try:
        record = json.loads(content)
        return sorted(str(sorted(generation["files"])) for generation in record["generations"] if generation["files"])
    except (ValueError, KeyError, TypeError):
        return content


def differences(found, expected):
    """Names that are missing, too many or have other bytes, as `- name`, `+ name` and `~ name`."""
    lines = []
    for name in sorted(found.keys() | expected.keys()):
        if name not in found:
            lines.append(f"- {name}")
        elif name not in expected:
            lines.append(f"+ {name}")
        elif comparable(name, found[name]) != comparable(name, expected[name]):
            lines.append(f"~ {name}")
    return lines
