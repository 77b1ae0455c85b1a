"""Whether outputs agree. Runs in the benchmark's virtual environment; exits 1 with the first few differences.

    agree.py equal A B           two static roots, byte for byte
    agree.py complete ROOT SOURCE [--keep-only-hashed]
                                 every file of SOURCE is in the manifest and in place, every variant decodes to its file
"""

import gzip
import json
import os
import sys
from pathlib import Path

import brotli
from corpus import files


def equal(a, b):
    in_a, in_b = set(files(a)), set(files(b))
    yield from (f"only in {a}: {name}" for name in sorted(in_a - in_b))
    yield from (f"only in {b}: {name}" for name in sorted(in_b - in_a))
    for name in sorted(in_a & in_b):
        if (a / name).read_bytes() != (b / name).read_bytes():
            yield f"different: {name}"


def complete(root, source, keep_only_hashed=False):
    paths = json.loads((root / "staticfiles.json").read_text())["paths"]
    if load_with_django(root) != paths:
        yield "Django reads another manifest"
    sources = set(files(source))
    yield from (f"not in the manifest: {name}" for name in sorted(sources - paths.keys()))
    yield from (f"in the manifest, but no source: {name}" for name in sorted(paths.keys() - sources))
    there = set(files(root))
    for name, hashed in paths.items():
        if hashed not in there:
            yield f"missing: {hashed}"
        if not keep_only_hashed and (name not in there or (root / name).read_bytes() != (source / name).read_bytes()):
            yield f"missing or different: {name}"
    for name in sorted(there):
        stem, extension = os.path.splitext(name)
        decode = {".gz": gzip.decompress, ".br": brotli.decompress}.get(extension)
        if decode and stem in there and decode((root / name).read_bytes()) != (root / stem).read_bytes():
            yield f"does not decode to its file: {name}"


def load_with_django(root):
    from django.conf import settings

    settings.configure(STATIC_ROOT=str(root), STATIC_URL="/static/")
    from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

    return dict(ManifestStaticFilesStorage(location=str(root)).hashed_files)


def main():
    check, first, second, *options = sys.argv[1:]
    if check == "equal":
        differences = equal(Path(first), Path(second))
    else:
        differences = complete(Path(first), Path(second), "--keep-only-hashed" in options)
    shown = [difference for _, difference in zip(range(10), differences)]
    if shown:
        sys.exit("\n".join(shown))


main()
