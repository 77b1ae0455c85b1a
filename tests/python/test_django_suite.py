"""Django's own tests of staticfiles, with our storage in place of its manifest storage."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import django

# Version → (tests, calls of post_process, calls that ran the binary). In the other calls Django's own code runs, for
# storages with overrides, or it is a dry run.
EXPECTED = {(4, 2): (169, 52, 46), (5, 2): (190, 57, 51), (6, 0): (197, 59, 53), (6, 1): (215, 59, 53)}


def test_staticfiles_tests(tmp_path):
    counts = tmp_path / "counts"
    environment = {**os.environ, "COUNTS": str(counts), "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "runtests.py", "staticfiles_tests", "--settings=django_suite_settings", "--parallel=1"]
    done = subprocess.run(command, cwd=os.environ["DJANGO_TESTS"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    tests, calls, through_the_binary = EXPECTED[django.VERSION[:2]]
    assert int(re.search(r"Ran (\d+) tests", done.stderr)[1]) == tests
    assert re.search(r"^OK", done.stderr, re.MULTILINE)
    counted = Counter(counts.read_text().split())
    assert counted["call"] + counted["dry-run"] == calls
    assert counted["binary"] == through_the_binary
    fallbacks = set(re.findall(r"warning: (\S+) .*Django's own code", done.stderr))
    names = ("ExtraPatterns", "NoneHash", "NoPostProcessReplacedPath", "Simple")
    assert fallbacks == {f"staticfiles_tests.storage.{name}Storage" for name in names}
