"""The directory that one run lives in, and the binary run in it.

Always under the same path and the same process number, so that the n-th call of one run is that of the next, and the
names of temporary files too.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import tree

TIMEOUT = 30
# In a name space of its own: the world always lies under the same path, whichever worker's it is, the shell is process
# 1, `mount` 2 and the binary 3. The tracer is not waited for (`strace -D`): it gets a moment where its output is read.
NAMESPACE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c")
SCRIPT = """
mount --bind "$1" "$2" && cd "$2" && first=$3 && last=$4 && shift 4 || exit 99
$first; "$@"; status=$?; $last; exit $status
"""
# Not a part of what is judged by name: the cache is judged by what comes out of it.
UNJUDGED = ("cache",)


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    status: int
    stderr: str

    @property
    def killed(self):
        return self.status == 137


class World:
    """`path` is where it lies, `seen` where the binary finds it."""

    def __init__(self, path, seen, binary):
        self.path, self.seen, self.binary = Path(path), Path(seen), str(binary)

    def remove(self, name=""):
        shutil.rmtree(self.path / name, ignore_errors=True)

    def begin(self, scenario):
        """The state before the command, made step by step."""
        self.remove()
        self.path.mkdir(parents=True)
        for step in scenario.before:
            if callable(step):
                step(self)
            else:
                ended = self.run(step)
                if ended.status != 0:
                    raise RuntimeError(f"{scenario.name}: {step} fails undisturbed: {ended.stderr}")

    def copy(self, template):
        """The state of a template; times and hard links stay."""
        self.remove()
        subprocess.run(["cp", "-a", template, self.path], check=True)

    def filled_in(self, command):
        return [self.binary, *(argument.format(world=self.seen) for argument in command)]

    def run(self, command, strace=(), as_another=False):
        """`as_another`: with another process number and other random numbers than the other runs have."""
        self.seen.mkdir(parents=True, exist_ok=True)
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.seen)}
        if not as_another:
            environment["LD_PRELOAD"] = os.environ["SAME_RANDOM"]
        first = "/bin/true" if as_another else ":"
        last = "sleep 0.05" if "-o" in strace and "/dev/null" not in strace else ":"
        script = (SCRIPT, "sh", self.path, self.seen, first, last)
        try:
            done = subprocess.run(
                [*NAMESPACE, *script, *strace, *self.filled_in(command)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=TIMEOUT,
                env=environment,
            )
        except subprocess.TimeoutExpired:
            return Ended(-1, f"still running after {TIMEOUT} s")
        return Ended(done.returncode, done.stderr.decode(errors="replace"))

    def read(self):
        """What is judged."""
        return tree.read(self.path, UNJUDGED)
