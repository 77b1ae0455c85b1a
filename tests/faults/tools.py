"""The programs that the harness cannot do without."""

import os
import shutil
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path

# Program → Debian package.
PACKAGES = {
    "cc": "gcc",
    "strace": "strace",
    "unshare": "util-linux",
    "mount": "mount",
    "cp": "coreutils",
    "mkfs.ext4": "e2fsprogs",
    "mkfs.xfs": "xfsprogs",
}
LIBRARIES = {"brotlidec": "libbrotli1"}
# Only the power cuts need these.
FOR_POWER = ("mkfs.ext4", "mkfs.xfs")
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"


def require(parts, install):
    """Ends the run with one line if something is missing: what cannot be tried must not count as held."""
    if sys.platform != "linux" or os.geteuid() != 0:
        sys.exit("tests/faults: needs Linux and root (name spaces, mounts, strace)")
    os.environ["PATH"] += f":{SBIN}"
    missing = [
        program for program in PACKAGES if not shutil.which(program) and ("power" in parts or program not in FOR_POWER)
    ]
    missing += [library for library in LIBRARIES if not find_library(library)]
    packages = sorted({(PACKAGES | LIBRARIES)[name] for name in missing})
    if missing and install:
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=True)
    elif missing:
        sys.exit(f"tests/faults: {', '.join(missing)} missing; --install, or: apt-get install {' '.join(packages)}")


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
