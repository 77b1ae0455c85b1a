"""Power cuts: a build on a file system of its own, a while, then nothing more reaches the disk. After the next mount
the manifest, if there is one, has to name files that are whole."""

import fcntl
import os
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import sources
import static_site as site
import storage
import tree

WAITS = (0, 2, 6, 12, 25)
FILES, SIZE = 1500, "600M"  # of each kind: 3,000
MAKE = {"ext4": ("mkfs.ext4", "-q", "-F"), "xfs": ("mkfs.xfs", "-q", "-f")}
# FS_IOC_SHUTDOWN; without flushing the journal.
SHUTDOWN, NO_LOG_FLUSH = 0x8004587D, struct.pack("I", 2)
TITLE = "power cuts"
COLUMNS = ("file system", "build", "options", "cut after s", "manifest", "wrong files", "after the next build")
BUILDS = {"first": (), "changed": (), "koh": ("--keep-only-hashed",)}


@dataclass
class Disk:
    """A file system in an image, mounted or not."""

    kind: str
    image: object
    at: object

    @contextmanager
    def made(self):
        """A new file system, mounted for as long as it is used."""
        try:
            self.make()
            yield
        finally:
            if self.at.is_mount():
                self.unmount()
            self.image.unlink(missing_ok=True)

    def make(self):
        subprocess.run(["truncate", "-s", "0", self.image], check=True)
        subprocess.run(["truncate", "-s", SIZE, self.image], check=True)
        subprocess.run([*MAKE[self.kind], self.image], check=True)
        self.at.mkdir(exist_ok=True)
        self.mount()

    def mount(self):
        subprocess.run(["mount", "-o", "loop", self.image, self.at], check=True)

    def unmount(self):
        subprocess.run(["umount", self.at], check=True)

    def cut(self):
        """From now on nothing is written, not even what was said to be; then the next boot."""
        directory = os.open(self.at, os.O_RDONLY)
        try:
            fcntl.ioctl(directory, SHUTDOWN, NO_LOG_FLUSH)
        finally:
            os.close(directory)
        self.unmount()
        self.mount()


@dataclass
class Case:
    """One kind of build on one kind of file system, cut after each of the waits."""

    kind: str
    name: str
    build: object
    more: tuple
    waits: tuple
    # Whether nothing is promised: tried to see that the cut does cut.
    is_control: bool = False

    def run(self, options, scratch):
        name = "-".join((self.kind, self.name, *self.more)).replace("--", "")
        disk = Disk(self.kind, options.images / f"{name}.img", scratch / name)
        rows = []
        for wait in self.waits:
            try:
                with disk.made():
                    rows.append(self.cut(options, scratch, disk, wait))
            except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                rows.append(self.not_tried(wait, error))
        return rows

    def not_tried(self, wait, error):
        """A case that could not be built, or not on this machine, fails; the others go on."""
        row = (self.kind, self.name, " ".join(self.more), wait, "not tried", "", "")
        why = " ".join(str(error).split())
        return row, [f"{' '.join((self.name, *self.more))} cut after {wait} s: not tried: {why}"]

    def cut(self, options, scratch, disk, wait):
        old, new, out = scratch / "old", scratch / "new", disk.at / "out"
        if self.name in ("changed", "koh"):
            self.build(old, out, *self.more)
            disk.unmount()
            disk.mount()
        before = site.manifest(out)
        self.build(new, out, *self.more)
        after = site.manifest(out)
        time.sleep(wait)
        disk.cut()
        found = site.manifest(out)
        which = {before: "old", after: "new", None: "none"}.get(found, "broken")
        editions = [sources.many(FILES, edition) for edition in ("old", "new")]
        wrong = site.broken(out, *editions)
        try:
            self.build(new, out, *self.more)
            left = site.broken(out, editions[1])
        except RuntimeError as error:
            left = [str(error).strip().splitlines()[-1]]
        told = " ".join(self.more)
        what = f"{self.name} {told} cut after {wait} s: the manifest is {which}, {len(wrong)} files wrong"
        later = f"{len(left)} after the next build: {', '.join((left or wrong)[:3])}"
        failed = left or (not self.is_control and (wrong or which == "broken"))
        row = (self.kind, self.name, told, wait, which, len(wrong) or "", len(left) or "right")
        return row, [f"{what}, {later}"] if failed else []


def cases(options):
    """Everything, and with `--no-sync`, where there is that, a few in which files are lost."""

    def build(source, out, *more):
        site.must_build(options.copy, source, out, "--no-cache", *more)

    collectstatic = storage.Storage(options) if options.django else None
    has_sync = "--no-sync" in subprocess.run([options.copy, "build", "--help"], capture_output=True, text=True).stdout
    waits = WAITS[:: options.sample] * options.rounds
    for kind in MAKE:
        for name, more in BUILDS.items():
            yield Case(kind, name, build, more, waits)
        if collectstatic:
            yield Case(kind, "storage", collectstatic, (), waits)
        for name in ("first", "koh") if has_sync else ():
            yield Case(kind, name, build, (*BUILDS[name], "--no-sync"), (6, 12) * options.rounds, is_control=True)


def run(options, scratch):
    """Rows of the table, each with its failures."""
    options.images.mkdir(parents=True, exist_ok=True)
    for edition in ("old", "new"):
        tree.write(scratch / edition, sources.many(FILES, edition))
    # They mostly wait.
    with ThreadPoolExecutor(4) as pool:
        for rows in pool.map(lambda case: case.run(options, scratch), list(cases(options))):
            yield from rows
