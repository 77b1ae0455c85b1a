"""Static roots that prove themselves: built with `--hash md5`, so that each name says what the file holds."""

import hashlib
import json
import subprocess

import tree
import variants

OPTIONS = ("--hash", "md5", "--no-config", "--no-brotli", "--gzip-level", "1")


def build(binary, source, out, *options, before=()):
    """Not quiet: a warning is a part of the answer."""
    command = [*before, str(binary), "build", str(source), "-o", str(out), *OPTIONS, *options]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)


def must_build(*arguments, **more):
    done = build(*arguments, **more)
    if done.returncode != 0:
        raise RuntimeError(f"an undisturbed build fails: {done.stderr}")


def manifest(out):
    """Its bytes, `None` if there is none."""
    try:
        return (out / "staticfiles.json").read_bytes()
    except FileNotFoundError:
        return None


def is_right(path):
    """Whether a hashed file is there and has the digest in its name. Any of the name's parts may be the digest: one in
    front of it is the asset's own."""
    try:
        digest = hashlib.md5(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return False
    return digest[:12] in path.name.split(".")


def named(out):
    """What the manifest names and is not right; the manifest itself if it cannot be read."""
    content = manifest(out)
    if content is None:
        return []
    try:
        paths = json.loads(content)["paths"]
    except (ValueError, KeyError):
        return ["staticfiles.json"]
    return [name for name in paths.values() if not is_right(out / name)]


def broken(out, *editions):
    """What is wrong with a static root with a manifest: what that names, plain files that are of none of the editions,
    and variants of other bytes."""
    if manifest(out) is None:
        return []
    files = tree.read(out)
    plain = {name for edition in editions for name in edition} & files.keys()
    other = [name for name in plain if files[name] not in [edition.get(name) for edition in editions]]
    return named(out) + other + variants.stale(files)
