"""Killed runs: every file that the manifest names is there and right, and the next run repairs the rest."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support import OURS_COMPRESSED, RECORD, DjangoCommand, OurCommand, collect, tree, write

MANIFEST = "staticfiles.json"
# The number of times that each kind of run is killed, at moments spread over it.
KILLS = int(os.environ.get("HASHSTATIC_TEST_KILLS", "3"))
ONLY_HASHED = {"WHITENOISE_KEEP_ONLY_HASHED_FILES": True}
KINDS = {
    "app": {"command": OurCommand, "clear": True},
    "backend": {"command": DjangoCommand, "clear": True},
    "only hashed": {"backend": OURS_COMPRESSED, "settings": ONLY_HASHED, "options": {"brotli": 5}},
}
# A run in its own process, which prints when it begins.
RUN = """
import sys
sys.path.insert(0, {tests!r})
import conftest, support, test_killed
print("begins", flush=True)
run = support.collect(sys.argv[1], [sys.argv[2]], **test_killed.KINDS[sys.argv[3]])
assert run.error is None, run.error
"""


def site(source, version):
    """Writes a site: between versions a third of the files stays, a third changes, a third is replaced."""
    shutil.rmtree(source, ignore_errors=True)
    files = {f"same/{n}.css": f"a{{order:{n};color:red}}\n" * 30 for n in range(80)}
    files |= {f"changed/{n}.css": f"a{{order:{version};flex:{n}}}\n" * 30 for n in range(80)}
    files |= {f"only{version}/{n}.css": f'@import "../changed/{n}.css";\n' * 30 for n in range(80)}
    write(source, files)
    for name in files:
        os.utime(source / name, (1e9 + version, 1e9 + version))


def killed_after(seconds, root, source, kind):
    """Kills a run after these seconds (None: never). Returns whether it was killed, and how long it took."""
    command = [sys.executable, "-c", RUN.format(tests=str(Path(__file__).parent)), root, source, kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout.readline() == b"begins\n"
        begun = time.monotonic()
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            status = process.wait()
        assert status in (0, -signal.SIGKILL)
        return status != 0, time.monotonic() - begun


def is_whole(root, contents):
    """Asserts that each file that the manifest names has the right bytes."""
    for name, hashed in json.loads((root / MANIFEST).read_bytes())["paths"].items():
        assert (root / hashed).read_bytes() == contents[hashed], name


def without_records(root):
    files = tree(root)
    files.pop(RECORD, None)
    assert not [name for name in files if ".hashstatic" in name]
    return files


@pytest.mark.parametrize("kind", KINDS)
def test_killed(kind, tmp_path):
    source, root, before = tmp_path / "source", tmp_path / "root", tmp_path / "before"
    site(source, 1)
    assert collect(before, [source], **KINDS[kind]).error is None
    site(source, 2)
    shutil.copytree(before, root)
    _, duration = killed_after(None, root, source, kind)
    after = without_records(root)
    contents = {**tree(before), **after}
    killed = 0
    for number in range(KILLS):
        shutil.rmtree(root)
        shutil.copytree(before, root)
        was_killed, _ = killed_after(duration * (number + 0.5) / KILLS, root, source, kind)
        killed += was_killed
        is_whole(root, contents)
        assert collect(root, [source], **KINDS[kind]).error is None
        assert without_records(root) == after
    assert killed > 0
