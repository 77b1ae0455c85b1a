"""The files that are timed: fetched once, checked, and copied to the scratch directory."""

import fnmatch
import hashlib
import os
import random
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "tests" / "oracle"))

import prepare  # noqa: E402

VIDEO_BYTES = 2 << 30


class Mismatch(Exception):
    """What was fetched is not what was pinned."""


def pins(name):
    return tomllib.loads((HERE / "corpus.toml").read_text())[name]


def fetch(name, target, pip):
    """The directory with the corpus of that name, below `target`."""
    pin = pins(name)
    into, stamp = target / name, target / f"{name}.stamp"
    if not (stamp.exists() and stamp.read_text() == repr(pin)):
        print(f"fetching the corpus {name}", file=sys.stderr)
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir(parents=True)
        for package, (version, roots) in pin.get("pypi", {}).items():
            with tempfile.TemporaryDirectory(dir=target) as where:
                prepare.from_pypi(package, version, roots, into, Path(where), pip)
        for package, (version, take, leave) in pin.get("npm", {}).items():
            with tempfile.TemporaryDirectory(dir=target) as where:
                unpacked = Path(where) / "unpacked"
                prepare.from_npm(package, version, unpacked, Path(where))
                choose(unpacked, into / package.rpartition("/")[2], take, leave)
        found = checksum(into)
        if found != pin["tree"]:
            raise Mismatch(f"{into} has the checksum {found}, corpus.toml says {pin['tree'] or 'nothing'}")
        stamp.write_text(repr(pin))
    return into


def choose(unpacked, into, take, leave):
    for name in files(unpacked):
        if any(fnmatch.fnmatchcase(name, glob) for glob in take) and not any(
            fnmatch.fnmatchcase(name, glob) for glob in leave
        ):
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            (unpacked / name).rename(into / name)


def files(root):
    """The names of all files below `root`, sorted. Hidden ones are left out: Django ignores them."""
    found = []
    for directory, directories, names in os.walk(root):
        directories[:] = [name for name in directories if not name.startswith(".")]
        found += [os.path.relpath(os.path.join(directory, name), root) for name in names if not name.startswith(".")]
    return sorted(found)


def checksum(root):
    """SHA-256 over all names and contents."""
    tree = hashlib.sha256()
    for name in files(root):
        content = hashlib.sha256((root / name).read_bytes()).hexdigest()
        tree.update(f"{name}\0{content}\n".encode())
    return tree.hexdigest()


def replicate(corpus, into, times):
    """`times` copies of a corpus side by side. Hard links: what is read is the same as with copies."""
    names = files(corpus)
    for number in range(times):
        for name in names:
            target = into / f"copy{number:02}" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(corpus / name, target)


def write_video(path):
    """2 GiB that look like a video: not compressible, the same every time."""
    block = random.Random(0).randbytes(1 << 20)
    with open(path, "wb") as video:
        for number in range(VIDEO_BYTES >> 20):
            video.write(number.to_bytes(8, "big") + block[8:])


def write_small(into):
    """A corpus that takes no time, for --smoke."""
    script = "import './b.js';\n" + "export const a = 1; // some text to compress\n" * 40
    sheet = "@import url('b.css');\n.a { background: url('../img/a.svg') }\n" + ".b { color: red }\n" * 40
    contents = {"css/a.css": sheet, "css/b.css": ".c { color: blue }\n", "js/a.js": script, "js/b.js": "export {};\n",
                "img/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>\n"}
    for name, content in contents.items():
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).write_text(content)
    return into
