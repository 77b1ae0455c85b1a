"""A reader beside a loop of `--clear` builds that alternate between two editions: what the manifest names has to be
there whenever it is read."""

import json
import random
import threading

import sources
import static_site as site
import tree

READS, BUILDS, FILES = 800, 20, 150
TITLE = "readers beside builds with `--clear`"
COLUMNS = ("reads", "builds", "reads that found a file missing or wrong", "failed builds")


class Builder(threading.Thread):
    def __init__(self, binary, editions, out):
        super().__init__(daemon=True)
        self.binary, self.editions, self.out = binary, editions, out
        self.builds, self.failures, self.stop = 0, [], False

    def run(self):
        while not self.stop:
            done = site.build(self.binary, self.editions[self.builds % 2], self.out, "--clear", "--no-cache")
            self.builds += 1
            if done.returncode != 0:
                self.failures.append(f"build {self.builds} ends with {done.returncode}: {done.stderr[:200]}")


def read(out, chance):
    """Reads a file that the manifest names now. A manifest that has been replaced in between excuses it: such a reader
    would be served by the new one. The file's name if it is wrong."""
    content = site.manifest(out)
    if content is None:
        return "staticfiles.json"
    name = chance.choice(list(json.loads(content)["paths"].values()))
    if site.is_right(out / name) or site.manifest(out) != content or site.is_right(out / name):
        return None
    return name


def run(options, scratch):
    """Rows of the table, each with its failures."""
    out, editions = scratch / "out", [scratch / "old", scratch / "new"]
    for source in editions:
        tree.write(source, sources.many(FILES, source.name))
    site.must_build(options.copy, editions[1], out, "--no-cache")
    builder = Builder(options.copy, editions, out)
    builder.start()
    chance, reads, wrong = random.Random(1), 0, []
    pace = threading.Event()
    while reads < READS or builder.builds < BUILDS:
        name = read(out, chance)
        reads += 1
        if name:
            wrong.append(f"read {reads}, build {builder.builds + 1}: {name}")
        pace.wait(0.002)
    builder.stop = True
    builder.join()
    yield (reads, builder.builds, len(wrong), len(builder.failures)), wrong + builder.failures
