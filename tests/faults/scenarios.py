"""What is disturbed: a command, and the state it begins in."""

from dataclasses import dataclass, field

import sources
import tree

QUIET = ("-q", "--no-config")
OUT = ("{world}/src", "-o", "{world}/out")
SITE = ("{world}/site",)


@dataclass(frozen=True)
class Scenario:
    name: str
    before: tuple
    command: tuple
    # Relative to the world. `None`: the command writes none, and none is there.
    manifest: "str | None" = "out/staticfiles.json"
    # Of the undisturbed run. With 1, nothing may change.
    status: int = 0
    # Whether there is a build cache, which must not be poisoned either.
    cached: bool = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "cached", "--cache-dir" in self.command)

    @property
    def root(self):
        """The static root, relative to the world."""
        return "site" if "{world}/site" in self.command else "out"


@dataclass(frozen=True)
class Write:
    """Files put below a directory of the world, as a user would."""

    directory: str
    files: dict

    def __call__(self, world):
        tree.write(world.path / self.directory, self.files)


@dataclass(frozen=True)
class Edition:
    """The sources replaced by another edition."""

    name: str
    circular: bool = True

    def __call__(self, world):
        world.remove("src")
        tree.write(world.path / "src", sources.edition(self.name, self.circular))


@dataclass(frozen=True)
class Sources:
    """The sources replaced by these files."""

    files: dict

    def __call__(self, world):
        world.remove("src")
        tree.write(world.path / "src", self.files)


@dataclass(frozen=True)
class Link:
    """A directory moved elsewhere, with a link to it in its place."""

    name: str
    to: str

    def __call__(self, world):
        (world.path / self.name).rename(world.path / self.to)
        (world.path / self.name).symlink_to(world.path / self.to)


def command(name, *arguments):
    return (name, *arguments, *QUIET)


def build(*options, where=OUT, cache=("--no-cache",)):
    return command("build", *where, "-j1", *cache, *options)


def in_place(*options):
    return build("--in-place", *options, where=SITE)


KOH = "--keep-only-hashed"
CACHE = ("--cache-dir", "{world}/cache")
OLD, NEW = Edition("old"), Edition("new")
FLAT = (Edition("old", circular=False), Edition("new", circular=False))
FLAT_SITE = Write("site", sources.edition("old", circular=False))
OLD_SITE = Write("site", sources.edition("old"))
CHANGED_SITE = Write("site", sources.changed())
FLAT_CHANGED = Write("site", sources.changed(circular=False))
FOREIGN = Write("out", sources.FOREIGN)
BROKEN = Write("src", {"css/broken.css": b"p { background: url(nowhere.png) }\n"})
SITE_MANIFEST = "site/staticfiles.json"
# What is a file in one is a directory in the other.
CSS = b"p { color: red }\n" * 40
FILE = Sources({"a.css": CSS, "x": b"a file", "d/y/z/b.css": CSS, "d/y/c.css": b"@import 'z/b.css';\n"})
DIRECTORY = Sources({"a.css": CSS, "x/b.css": CSS, "x/z/c.css": b"@import '../b.css';\n", "d/y": b"a file"})


def changed(name, *options, manifest="out/staticfiles.json", editions=(OLD, NEW), **more):
    """The new edition over the finished output of the old one."""
    old, new = editions
    return Scenario(name, (old, build(*options, **more), new), build(*options, **more), manifest)


SCENARIOS = [
    Scenario("first", (OLD,), build()),
    Scenario("again", (OLD, build()), build()),
    changed("changed"),
    Scenario("koh first", (OLD,), build(KOH)),
    changed("koh changed", KOH),
    Scenario("koh switched on", (OLD, build()), build(KOH)),
    Scenario("koh switched on, changed", (OLD, build(), NEW), build(KOH)),
    Scenario("clear", (OLD, build(), NEW, FOREIGN), build("--clear")),
    Scenario("clear, same sources", (OLD, build(), FOREIGN), build("--clear")),
    Scenario("clear koh", (OLD, build(), NEW, FOREIGN), build("--clear", KOH)),
    Scenario("file to directory", (FILE, build(), DIRECTORY), build()),
    Scenario("directory to file", (DIRECTORY, build(), FILE), build()),
    Scenario("file to directory, clear koh", (FILE, build(), DIRECTORY), build("--clear", KOH)),
    Scenario("no gzip", (OLD, build()), build("--no-gzip")),
    Scenario("in place", (OLD_SITE,), in_place(), SITE_MANIFEST),
    Scenario("in place again", (OLD_SITE, in_place()), in_place(), SITE_MANIFEST),
    Scenario("in place changed", (OLD_SITE, in_place(), CHANGED_SITE), in_place(), SITE_MANIFEST),
    Scenario("in place koh", (OLD_SITE,), in_place(KOH), SITE_MANIFEST),
    Scenario("in place koh, no circle", (FLAT_SITE,), in_place(KOH), SITE_MANIFEST),
    Scenario("in place koh again", (OLD_SITE, in_place(KOH)), in_place(KOH), SITE_MANIFEST),
    Scenario("in place koh changed", (OLD_SITE, in_place(KOH), CHANGED_SITE), in_place(KOH), SITE_MANIFEST),
    Scenario("in place koh changed, no circle", (FLAT_SITE, in_place(KOH), FLAT_CHANGED), in_place(KOH), SITE_MANIFEST),
    Scenario("in place koh switched on", (OLD_SITE, in_place(), CHANGED_SITE), in_place(KOH), SITE_MANIFEST),
    changed("headers", "--headers", "nginx"),
    Scenario("headers switched off", (OLD, build("--headers", "nginx"), NEW), build()),
    changed("manifest in a directory", "--manifest", "sub/m.json", manifest="out/sub/m.json"),
    changed("manifest elsewhere", "--manifest", "{world}/elsewhere/m.json", manifest="elsewhere/m.json"),
    changed("no manifest", "--no-manifest", manifest=None),
    changed("exact", "--django-exact", editions=FLAT),
    changed("exact koh", "--django-exact", KOH, editions=FLAT),
    changed("copy", "--link-mode", "copy"),
    changed("hardlink", "--link-mode", "hardlink"),
    changed("cache", cache=CACHE),
    Scenario("cache again", (OLD, build(cache=CACHE)), build(cache=CACHE)),
    Scenario("cache first", (OLD,), build(cache=CACHE)),
    Scenario("clean", (OLD, build(), NEW, build()), command("clean", "{world}/out", "--keep", "1")),
    Scenario("cache clear", (OLD, build(cache=CACHE)), command("cache", "clear", *CACHE)),
    # Builds that fail by themselves.
    Scenario(
        "in place koh, no place for the manifest",
        (OLD_SITE, Write("", {"file": b""})),
        in_place(KOH, "--manifest", "{world}/file/m.json"),
        "file/m.json",
        status=1,
    ),
    Scenario(
        "clear, no place for the manifest",
        (OLD, build(), NEW, Write("", {"file": b""})),
        build("--clear", "--manifest", "{world}/file/m.json"),
        status=1,
    ),
    Scenario(
        "error below a link",
        (FLAT[0], build(), Link("out/css", "shared"), BROKEN),
        build(),
        status=1,
    ),
]
