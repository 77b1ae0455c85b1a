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


def compared(pairs, *arguments):
    """What cssom.mjs says about the style sheets of `pairs`."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "Chromium is needed (Debian's package chromium); .ci/run installs it"
    assert (BROWSER / "node_modules").exists(), "run `npm ci` in tests/browser first; `make test` does"
    result = subprocess.run(
        ["node", "cssom.mjs", *arguments], cwd=BROWSER, input=json.dumps(pairs), capture_output=True, text=True,
        env={**os.environ, "CHROMIUM": chromium},
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_the_cssom_is_the_same(pairs):
    """`safe`: all that scripts can read. `full`: what the longhands of elements come to."""
    mode, pairs = pairs
    changed = [pair for pair in pairs if open(pair[1], "rb").read() != open(pair[2], "rb").read()]
    assert len(changed) > 100
    answer = compared(changed, *(["--longhands"] if mode == "full" else []))
    assert answer["differences"] == []
    assert answer["rules"] > 50_000


# Values in odd spellings, of every kind that may be respelt.
VALUES = [
    "0.50px", "0.0px", "-0.50em 1.0%", "+.5", "007", "1.0", "1.50", "1.0e+02px", "1e0", "#FFAABB", "#AABBCCDD", "1.0px solid #FFFFFF",
    'url( "a.png" )', "url( a.png )", 'url("a.png") 0.50px 1.0px / 2.0px, linear-gradient(#FFFFFF 0.0%, red 10.0%) #AABBCC',
    "rgba(1, 2, 3, 0.50) 1.00px 2.0px", "calc((1.0px) + 0.50%)", "translate(1.0px, 0.50%) scale(1.0)", "cubic-bezier(0.10, 0.0, 1.0, 1.0) 0.50s",
    "0.50fr [a] 1.0fr", "1.0 / 2.0", '"a" 1.0', "color-mix(in srgb, #FFFFFF 50.0%, blue)", "0.50turn", "drop-shadow(0.0px 1.0px #AABBCC)",
    "a 1.0", "normal 12.0px/1.50 x", "0px 0px 0px 0px", "white white", "bold", "0 0 auto", "all 0.30s ease 0s", "red #FF0000",
]


@pytest.mark.parametrize("mode", ["safe", "full"])
def test_spelling_shows_nowhere(mode, tmp_path):
    """Each property whose values may be respelt, with values that it takes and many that it does not."""
    known = (PROJECT / "src" / "text" / "css" / "safe" / "properties.txt").read_text().split()
    names = [prefix + name for name in known for prefix in ("", "-webkit-", "-moz-")]
    source = tmp_path / "source"
    source.mkdir()
    for number, value in enumerate(VALUES):
        rules = (f".{name} {{ {name}: {value}; }}\n" for name in names)
        (source / f"{number}.css").write_text("".join(rules))
    paths = {}
    for of in ("off", mode):
        out = tmp_path / of
        build(source, "-o", out, "--minify", of, "--no-gzip", "--no-brotli", "--on-missing", "ignore", check=True)
        manifest = json.loads((out / "staticfiles.json").read_text())["paths"]
        paths[of] = {name: str(out / hashed) for name, hashed in manifest.items()}
    pairs = [[f"{name}: {VALUES[int(name[:-4])]}", path, paths[mode][name]] for name, path in paths["off"].items()]
    answer = compared(pairs, *(["--longhands"] if mode == "full" else []))
    assert answer["differences"] == []
    assert answer["rules"] > (3_000 if mode == "full" else 100_000)
