"""Builds in place while somebody works on the sources. Afterwards, with the sources at rest, one more build has to put
everything right, and the build cache must hold nothing that is not true."""

import os
import random
import shutil
import subprocess
import threading
import time

import tree
import variants

BUILDS = 160
COLOURS = ("red", "blue", "green")
TITLE = "edits during builds in place"
COLUMNS = (
    "builds", "edits", "stale variants of hashed files", "of plain files, right after", "stale variants at rest",
    "builds that came out otherwise with the cache", "failed builds at rest",
)  # fmt: skip
# The part of a build's time before its end in which an edit may come too late: of one after the build has looked for
# edits, it cannot know. The look is near the end, but a busy machine can pause the build there.
LAST_LOOK = 0.5
OPTIONS = ("-q", "--no-config", "--brotli-quality", "4")


def content(n, colour):
    """Of few kinds, so that what the cache has learnt wrongly would be asked for again."""
    rules = "".join(f".n{n}-{rule} {{ color: {colour}; margin: {rule * 7919 % 1000}px }}\n" for rule in range(1500))
    return f"{rules}.last {{ background: url(dot.png) }}\n".encode()


class Editor(threading.Thread):
    """Replaces and appends to plain files until it is told to stop."""

    def __init__(self, site, chance, until):
        super().__init__(daemon=True)
        self.site, self.chance, self.until = site, chance, until
        self.edits, self.last = 0, 0.0

    def run(self):
        while time.monotonic() < self.until:
            n = self.chance.randrange(8)
            path = self.site / f"{n}.css"
            if self.chance.random() < 0.7:
                beside = self.site / ".being-saved"
                beside.write_bytes(content(n, self.chance.choice(COLOURS)))
                beside.rename(path)
            else:
                with path.open("ab") as file:
                    file.write(b".appended { color: black }\n")
            self.edits, self.last = self.edits + 1, time.monotonic()
            time.sleep(self.chance.random() * 0.01)


def build(binary, *arguments):
    return subprocess.run([str(binary), "build", *map(str, arguments), *OPTIONS], capture_output=True, text=True)


def plain(files):
    return {
        name: files[name] for name in files if name == "dot.png" or (name.count(".") == 1 and name.endswith(".css"))
    }


def differs(binary, sources, scratch, cache):
    """Whether a new directory comes out otherwise with the cache than without it."""
    trees = []
    for name, options in (("with", ("--cache-dir", cache)), ("without", ("--no-cache",))):
        shutil.rmtree(scratch / name, ignore_errors=True)
        done = build(binary, sources, "-o", scratch / name, *options)
        trees.append(tree.read(scratch / name) if done.returncode == 0 else done.stderr)
    if trees[0] == trees[1] or isinstance(trees[0], str):
        return []
    return tree.differences(*trees)


def run(options, scratch):
    """Rows of the table, each with its failures."""
    site, cache, chance = scratch / "site", scratch / "cache", random.Random(1)
    os.makedirs(site)
    (site / "dot.png").write_bytes(b"dot")
    for n in range(8):
        (site / f"{n}.css").write_bytes(content(n, "red"))
    began = time.monotonic()
    build(options.copy, site, "--in-place", "--cache-dir", cache)
    whole = time.monotonic() - began
    edits, failures, counts = 0, [], [0] * 5
    for number in range(BUILDS):
        editor = Editor(site, chance, time.monotonic() + whole * (0.2 + chance.random()))
        editor.start()
        build(options.copy, site, "--in-place", "--cache-dir", cache)
        ended = time.monotonic()
        editor.join()
        edits += editor.edits
        found = tree.read(site)
        wrong = [[], [], [], [], []]
        for name in variants.stale(found):
            if variants.base(name, found) not in plain(found):
                wrong[0].append(name)
            elif editor.last < ended - LAST_LOOK * whole:
                wrong[1].append(name)
        done = build(options.copy, site, "--in-place", "--cache-dir", cache)
        found = tree.read(site)
        wrong[2] = variants.stale(found)
        sources = scratch / "sources"
        shutil.rmtree(sources, ignore_errors=True)
        tree.write(sources, plain(found))
        wrong[3] = differs(options.copy, sources, scratch, cache)
        wrong[4] = [done.stderr[:200]] if done.returncode != 0 else []
        counts = [count + bool(names) for count, names in zip(counts, wrong, strict=True)]
        failures += [
            f"build {number}: {column}: {', '.join(names[:3])}"
            for column, names in zip(COLUMNS[2:], wrong, strict=True)
            if names
        ]
    yield (BUILDS, edits, *counts), failures
