"""What the numbers were measured on and with."""

import datetime
import os
import platform
import subprocess
from pathlib import Path


def describe(scratch, binary, python, root):
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": f"{platform.system()} {platform.release()}",
        "load": os.getloadavg()[0],
        "file system": file_system(scratch),
        "versions": versions(binary, python, root),
    }


def cpu_model():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() in ("model name", "Model"):
            return value.strip()
    return platform.machine()


def file_system(path):
    """The type of the file system that holds `path`."""
    path = Path(path).resolve()
    best, kind = -1, "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, mount, found, *_ = line.split()
        mount = Path(mount.replace("\\040", " "))
        if (path == mount or mount in path.parents) and len(mount.parts) >= best:
            best, kind = len(mount.parts), found
    return kind


def kind_of(file_system):
    return "tmpfs" if file_system in ("tmpfs", "ramfs") else "disk"


def versions(binary, python, root):
    freeze = "import importlib.metadata as m, sys; print(sys.version.split()[0], *map(m.version, sys.argv[1:]))"
    packages = ["Django", "whitenoise", "brotli", "django-manifeststaticfiles-enhanced"]
    return {
        "hashstatic": f"{first_line([binary, '--version']).split()[-1]}, {built_from(binary, root)}",
        "rustc": first_line(["rustc", "--version"]).removeprefix("rustc "),
        "cp": first_line(["cp", "--version"]),
        **dict(zip(["Python", *packages], first_line([python, "-c", freeze, *packages]).split())),
    }


def built_from(binary, root):
    """`make bench` has just built the binary in `target`; of another nobody knows."""
    if Path(binary) != root / "target" / "release" / "hashstatic":
        return "another binary"
    return "commit " + first_line(["git", "-C", root, "describe", "--always", "--dirty", "--exclude=*"])


def first_line(command):
    answer = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    return answer.stdout.partition("\n")[0] if answer.returncode == 0 else "unknown"
