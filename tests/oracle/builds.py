"""Builds of the corpora that several test files look at, made once."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from harness import ORACLE, build

CORPORA = [
    "Django", "djangorestframework", "django-debug-toolbar", "wagtail", "bootstrap", "fontawesome-free", "bootstrap-icons", "katex",
    "leaflet", "jquery-ui-dist", "tinymce", "swagger-ui-dist", "three", "echarts",
]
# What --quick runs.
QUICK = ["Django", "django-debug-toolbar", "jquery-ui-dist"]


def corpus(name):
    path = ORACLE / "corpora" / name
    assert path.is_dir(), f"{path} is not there: run tests/oracle/prepare.py first"
    return path


@functools.cache
def scratch():
    """A directory for this run. Beside the corpora, so that it is on the same file system."""
    path = Path(tempfile.mkdtemp(prefix="builds-", dir=ORACLE))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


@functools.cache
def default_build(name):
    """The static root of a build as it is without options, but for brotli's quality: 11 takes minutes and says no more."""
    out = scratch() / f"{name}-default"
    build(corpus(name), "-o", out, "--brotli-quality", 5, check=True)
    return out
