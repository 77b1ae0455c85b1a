"""The programs that the harness cannot do without."""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import need


def require(parts):
    """Ends the run with one line if something is missing: what cannot be tried must not count as held."""
    if sys.platform != "linux" or os.geteuid() != 0:
        sys.exit("tests/faults: needs Linux and root (name spaces, mounts, strace)")
    need.require("faults", *(["disks"] if "power" in parts else []))


def preload(scratch):
    """Makes the library that takes the randomness out of a run."""
    library = scratch / "same_random.so"
    source = Path(__file__).with_name("same_random.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source], check=True)
    os.environ["SAME_RANDOM"] = str(library)


def alone():
    """Goes on in a mount name space of its own: a disk that somebody else's name space has a copy of stays mounted."""
    if "HASHSTATIC_FAULTS_ALONE" not in os.environ:
        os.environ["HASHSTATIC_FAULTS_ALONE"] = "1"
        os.execvp("unshare", ["unshare", "--mount", sys.executable, *sys.argv])
