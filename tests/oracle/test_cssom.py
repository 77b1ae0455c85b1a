"""Minifying changes nothing that a browser makes of a style sheet."""

import json
import os
import shutil
import subprocess

import pytest
from builds import CORPORA
from harness import PROJECT, build

BROWSER = PROJECT / "tests" / "browser"


@pytest.fixture(scope="module", params=["safe", "full"])
def pairs(request, corpora, tmp_path_factory):
    """The mode, and [name, not minified, minified] of every style sheet."""
    found = []
    for corpus in CORPORA:
        roots = {}
        for mode in ("off", request.param):
            out = tmp_path_factory.mktemp("cssom") / "out"
            build(corpora[corpus], "-o", out, "--minify", mode, "--no-gzip", "--no-brotli", "--on-missing", "warn", check=True)
            paths = json.loads((out / "staticfiles.json").read_text())["paths"]
            roots[mode] = {logical: str(out / hashed) for logical, hashed in paths.items()}
        found += [
            [f"{corpus}/{name}", path, roots[request.param][name]] for name, path in roots["off"].items() if name.endswith(".css")
        ]
    return request.param, found


def test_the_cssom_is_the_same(pairs):
    """`safe`: all that scripts can read. `full`: what the longhands of elements come to."""
    mode, pairs = pairs
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "Chromium is needed (Debian's package chromium); .ci/run installs it"
    assert (BROWSER / "node_modules").exists(), "run `npm ci` in tests/browser first; `make test` does"
    changed = [pair for pair in pairs if open(pair[1], "rb").read() != open(pair[2], "rb").read()]
    assert len(changed) > 100
    result = subprocess.run(
        ["node", "cssom.mjs", *(["--longhands"] if mode == "full" else [])], cwd=BROWSER, input=json.dumps(changed), capture_output=True, text=True,
        env={**os.environ, "CHROMIUM": chromium},
    )
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["differences"] == []
    assert answer["rules"] > 50_000
