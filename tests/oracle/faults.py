"""Kills, and crowds, hashstatic, Django's ManifestStaticFilesStorage and WhiteNoise's compressed one, on the same files, and
counts how often the manifest on disk then names a file that is missing or has other bytes than it should.

`make faults` prints the table (docs/reliability.md). A third of the kills each: a first build, a run over the finished
output of the same source, one over that of another source. The moments are spread over the run; a kill that comes too
late is not counted. What a file should hold is taken from undisturbed runs.
"""

import argparse
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COLLECTSTATIC = """
import sys
import django
from django.conf import settings
from django.core.management import call_command
backend, source, out = sys.argv[1:]
settings.configure(
    INSTALLED_APPS=["django.contrib.staticfiles"],
    STATIC_URL="/static/", STATIC_ROOT=out, STATICFILES_DIRS=[source],
    STORAGES={"staticfiles": {"BACKEND": backend}},
)
django.setup()
print("ready", flush=True)
call_command("collectstatic", interactive=False, verbosity=0)
"""
DJANGO = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
WHITENOISE = "whitenoise.storage.CompressedManifestStaticFilesStorage"


def write_source(root, edition):
    """147 images and 147 style sheets, in chains of four: Django cannot do very much deeper ones."""
    for n in range(147):
        directory = root / f"d{n % 7}"
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{n}.svg").write_text(f"image {n} of edition {edition}\n" * (200 + n))
        if n % 28 < 21 and n < 140:
            css = f'@import "{n + 7}.css";\n.a{n} {{ b : url({n}.svg) }} /* {edition} */\n'
        else:
            css = f".last {{ edition : {edition} }}\n" * 30
        (directory / f"{n}.css").write_text(css)


class Tool:
    def __init__(self, name, command, says_ready=False):
        self.name, self.command, self.says_ready = name, command, says_ready

    def start(self, source, out):
        return subprocess.Popen(
            [*self.command, str(source), *([] if self.says_ready else ["-o"]), str(out)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )

    def ready(self, process):
        """Waits until the work itself begins: Python's start is not what is to be killed."""
        if self.says_ready:
            process.stdout.readline()


def files(root):
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def broken(out, expected):
    """How many names of the manifest are broken; None without a manifest."""
    manifest = out / "staticfiles.json"
    if not manifest.exists():
        return None
    try:
        paths = json.loads(manifest.read_bytes())["paths"]
    except ValueError:
        return 1
    def right(name):
        path = out / name
        return path.is_file() and path.read_bytes() in expected.get(name, ())
    return sum(not right(name) for name in paths.values())


class Scene:
    """Two editions of the source, and what the tool makes of each without disturbance."""

    def __init__(self, tool, scratch):
        self.tool, self.out = tool, scratch / "out"
        self.sources, self.finished, self.expected = [], [], {}
        for edition in range(2):
            source, out = scratch / f"source{edition}", scratch / f"finished{edition}"
            write_source(source, edition)
            self.run(source, out)
            self.sources.append(source)
            self.finished.append(out)
            for name, content in files(out).items():
                self.expected.setdefault(name, []).append(content)
        assert broken(self.finished[0], self.expected) == 0, "the judge is wrong"

    def run(self, source, out):
        process = self.tool.start(source, out)
        self.tool.ready(process)
        start = time.monotonic()
        process.communicate()
        if process.returncode:
            sys.exit(f"{self.tool.name} fails undisturbed")
        return time.monotonic() - start

    def prepare(self, kind):
        """Puts the scene up for one kind of run; its source."""
        shutil.rmtree(self.out, ignore_errors=True)
        if kind != "first":
            shutil.copytree(self.finished[0], self.out)
        return self.sources[kind == "changed"]

    def kills(self, points):
        kinds = ("first", "same", "changed")
        whole = {kind: min(self.run(self.prepare(kind), self.out) for _ in range(2)) for kind in kinds}
        faults = killed = names = repaired = repairs = 0
        moments = random.Random(1)
        for point in itertools.count():
            if killed == points or point > 4 * points:
                break
            kind = kinds[point % 3]
            process = self.tool.start(self.prepare(kind), self.out)
            self.tool.ready(process)
            time.sleep(whole[kind] * moments.random())
            process.kill()
            process.communicate()
            if process.returncode == 0:
                continue
            killed += 1
            count = broken(self.out, self.expected)
            faults += bool(count)
            names += count or 0
            if count or killed % 10 == 0:
                repairs += 1
                self.run(self.sources[kind == "changed"], self.out)
                repaired += broken(self.out, self.expected) == 0
        return f"{faults} of {killed} ({names} files)", f"{repaired} of {repairs}"

    def pairs(self, rounds):
        failed = faults = 0
        for round_ in range(rounds):
            self.prepare("first" if round_ % 2 == 0 else "same")
            sources = self.sources if round_ % 4 < 2 else [self.sources[0]] * 2
            processes = [self.tool.start(source, self.out) for source in sources]
            for process in processes:
                self.tool.ready(process)
            for process in processes:
                process.communicate()
            failed += any(process.returncode for process in processes)
            faults += broken(self.out, self.expected) != 0
        return f"{failed} of {rounds}", f"{faults} of {rounds}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default="target/release/hashstatic")
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--only", help="tools whose name contains this", default="")
    arguments = parser.parse_args()
    hashstatic = [os.path.abspath(arguments.bin), "build"]
    python = [sys.executable, "-c", COLLECTSTATIC]
    tools = [
        Tool("hashstatic, no variants", [*hashstatic, "--no-gzip", "--no-brotli"]),
        Tool("hashstatic, gzip and Brotli", hashstatic),
        Tool("hashstatic, the same without cache", [*hashstatic, "--no-cache"]),
        Tool("Django", [*python, DJANGO], says_ready=True),
        Tool("WhiteNoise", [*python, WHITENOISE], says_ready=True),
    ]
    print("| | kills that break the manifest on disk | repaired by the next run | pairs with a failed run | pairs with a broken manifest |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["HASHSTATIC_CACHE_DIR"] = f"{scratch}/cache"
        for number, tool in enumerate(tool for tool in tools if arguments.only in tool.name):
            scene = Scene(tool, Path(scratch) / str(number))
            row = [*scene.kills(arguments.points), *scene.pairs(arguments.pairs)]
            print(f"| {tool.name} |", " | ".join(row), "|", flush=True)


if __name__ == "__main__":
    main()
