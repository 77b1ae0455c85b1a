"""Where a run can be disturbed: every system call that touches its world, by name, path and number."""

import re
from collections import Counter
from dataclasses import dataclass

CHANGING = (
    "creat", "write", "pwrite64", "writev", "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat",
    "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "utimensat", "chmod", "fchmod", "fchmodat", "fsync", "fdatasync",
    "syncfs", "truncate", "ftruncate", "fallocate", "ioctl", "copy_file_range", "sendfile",
)  # fmt: skip
OPENING = ("open", "openat", "openat2")
READING = ("read", "pread64", "readv", "statx", "newfstatat", "getdents64", "readlink", "readlinkat", "flock", "fcntl")
# `-y` puts the path behind each descriptor; a call's name and its first two places, which are what `strace -P` goes by.
CALL = re.compile(r'(\d+) +(\w+)\((?:(?:AT_FDCWD|\d+)<(?P<fd>[^>]*)>)?(?:, )?(?:"(?P<name>[^"]*)")?(?P<rest>.*)')


@dataclass(frozen=True)
class Point:
    """The `number`-th `call` of a thread on `path`, which is relative to the world."""

    call: str
    path: str
    number: int
    changes: bool

    def injecting(self, effect, world, to="/dev/null"):
        """The strace command that has `effect` (`signal=KILL`, `error=EIO`) there."""
        inject = f"inject={self.call}:{effect}:when={self.number}"
        path = str(world.seen / self.path)
        return ("strace", "-D", "-f", "-qq", "-o", str(to), "-P", path, "-e", f"trace={self.call}", "-e", inject)

    def __str__(self):
        return f"{self.call}:{self.path}:{self.number}"


def of_run(world, command, log):
    """Runs the command undisturbed; how it ended, and its points in order."""
    calls = ",".join(f"?{call}" for call in (*CHANGING, *OPENING, *READING))
    ended = world.run(command, ("strace", "-D", "-f", "-qq", "-y", "-s", "0", "-o", str(log), "-e", f"trace={calls}"))
    return ended, list(dict.fromkeys(parse(log.read_text().splitlines(), str(world.seen))))


def parse(lines, world):
    seen = Counter()
    for line in lines:
        found = CALL.match(line)
        if not found:
            continue  # a call resumed, an exit
        thread, call = found[1], found[2]
        # A name that is relative to a directory counts for the directory; what is read or written is no name.
        path = found["name"] if (found["name"] or "").startswith("/") else found["fd"]
        if not path or not path.startswith(f"{world}/"):
            continue
        if "/cache/" in path and call in READING:
            continue  # the cache's own reading: very many points, and none that could do harm
        seen[thread, call, path] += 1
        if call == "fcntl" and "LK" not in found["rest"]:
            continue  # only locks
        opens = call in OPENING
        changes = "O_CREAT" in found["rest"] if opens else call in CHANGING
        yield Point(call, path.removeprefix(f"{world}/"), seen[thread, call, path], changes)
