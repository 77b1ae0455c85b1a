"""`--js-modules` in the default mode: acorn says where the specifiers are, and Chromium loads what we make of them.

Plain copies are not kept, so that what was not rewritten is not there.
"""

import json
import re
import subprocess

import pytest
from browser import target
from builds import corpus
from harness import PROJECT, binary, build

BROWSER = PROJECT / "tests" / "browser"
ROOTS = ["three", "echarts", "swagger-ui-dist", "bootstrap", "katex", "tinymce", "Django"]
SOURCE_MAP = re.compile(rb"//[#@]\s*sourceMappingURL=(\S+)\s*\Z")


def node(script, *arguments, given):
    assert (BROWSER / "node_modules").exists(), "run `npm ci` in tests/browser first; `make test` does"
    result = subprocess.run(
        ["node", script, *map(str, arguments)], cwd=BROWSER, input=json.dumps(given), capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def modules(root, out, *arguments):
    """The static root's manifest, and the paths of scripts that could not be parsed."""
    result = build(
        root, "-o", out, "--js-modules", "--no-gzip", "--no-brotli", "--on-missing", "warn", "--keep-only-hashed",
        "--output-format", "json", *arguments, check=True,
    )
    diagnostics = json.loads(result.stdout)["report"]["diagnostics"]
    paths = json.loads((out / "staticfiles.json").read_text())["paths"]
    return paths, {d["path"] for d in diagnostics if d["code"] == "not-parsed"}


def rewritten(name, source, found, paths):
    """`source` with digests in the URLs that acorn has found, and how many those are."""
    spans = list(found)
    source_map = SOURCE_MAP.search(source)
    if source_map and not any(quote in source_map[0] for quote in b"\"'`"):
        spans.append([*source_map.span(1), "url"])
    out, copied, count = b"", 0, 0
    for start, end, kind in spans:
        url = source[start:end].decode()
        assert "\\" not in url, f"{name}: {url}: the test does not know escapes"
        begins = {"specifier": ("./", "../", "/"), "page": ("/",), "url": ("",)}[kind]
        meant = target(url, name) if url.startswith(begins) else None
        if meant in paths:
            path = re.split("[?#]", url)[0]
            assert path.endswith(meant.rsplit("/")[-1])
            hashed = path.removesuffix(meant.rsplit("/")[-1]) + paths[meant].rsplit("/")[-1]
            out += source[copied:start] + hashed.encode() + url[len(path) :].encode()
            copied, count = end, count + 1
    return out + source[copied:], count


@pytest.mark.parametrize("root", ROOTS)
def test_only_specifiers_change_and_all_of_them(root, tmp_path):
    source = corpus(root)
    paths, not_parsed = modules(source, tmp_path / "out")
    names = sorted(name for name in paths if name.lower().endswith((".js", ".mjs")))
    found = node("specifiers.mjs", given=[str(source / name) for name in names])
    total = 0
    for name, spans in zip(names, found, strict=True):
        before, after = (source / name).read_bytes(), (tmp_path / "out" / paths[name]).read_bytes()
        if spans is None or name in not_parsed:
            # What acorn reads, we must, too.
            assert spans is None, name
        expected, count = rewritten(name, before, spans or [], paths)
        assert after == expected, name
        total += count
    assert total >= {"three": 3000, "echarts": 2000}.get(root, 0)


@pytest.mark.parametrize("root", ROOTS)
def test_what_we_build_is_verified(root, tmp_path):
    modules(corpus(root), tmp_path / "out")
    command = [binary(), "verify", tmp_path / "out", "--js-modules", "--output-format", "json"]
    result = subprocess.run(command, capture_output=True, text=True)
    found = json.loads(result.stdout)["verification"]
    # Without plain copies, a digest in a URL is the only way to a file.
    assert result.returncode == 0, found["diagnostics"][:5]
    assert {d["code"] for d in found["diagnostics"]} <= {"missing-source-map"}


def hashed_url(paths, name):
    return f"/static/{paths[name]}"


def test_chromium_loads_every_module_of_three(tmp_path):
    paths, _ = modules(corpus("three"), tmp_path / "out")
    builds = {"three": "three.module.js", "three/webgpu": "three.webgpu.js", "three/tsl": "three.tsl.js"}
    imports = {bare: hashed_url(paths, f"build/{file}") for bare, file in builds.items()}
    # What the examples import from one another by the package's name.
    for name in paths:
        if name.startswith("examples/jsm/"):
            imports["three/addons/" + name.removeprefix("examples/jsm/")] = hashed_url(paths, name)
    entries = [hashed_url(paths, f"build/{file}") for file in builds.values()]
    entries += [hashed_url(paths, name) for name in sorted(paths) if re.match(r"(examples/jsm|src)/.*\.js$", name)]
    seen = node("modules.mjs", tmp_path / "out", given={"imports": imports, "entries": entries})
    assert seen["missing"] == []
    assert seen["served"] >= len(entries) > 900
    # These want what is on other hosts, a worker's scope, or WebGPU.
    assert len(seen["failed"]) < 15, seen["failed"]
    assert not any("404" in why or "Failed to resolve" in why for _, why in seen["failed"]), seen["failed"]


def test_chromium_loads_echarts(tmp_path):
    """Its `lib` imports zrender by name; `dist` has it all."""
    paths, _ = modules(corpus("echarts"), tmp_path / "out")
    entries = [hashed_url(paths, "dist/echarts.esm.js"), hashed_url(paths, "dist/echarts.esm.min.mjs")]
    seen = node("modules.mjs", tmp_path / "out", given={"imports": {}, "entries": entries})
    assert seen["missing"] == [] and seen["failed"] == []


def test_chromium_loads_cycles_assets_and_workers(tmp_path):
    source = PROJECT / "fixtures" / "cases" / "js-modules-browser" / "source"
    paths, _ = modules(source, tmp_path / "out")
    seen = node("modules.mjs", tmp_path / "out", given={"imports": {}, "entries": [hashed_url(paths, "main.js")]})
    assert seen["failed"] == [] and seen["missing"] == []
    assert seen["served"] == len(paths)


def test_the_browser_would_notice(tmp_path):
    """The premise of the above: without --js-modules, nothing is found."""
    out = tmp_path / "out"
    build(corpus("three"), "-o", out, "--no-gzip", "--no-brotli", "--keep-only-hashed", check=True)
    paths = json.loads((out / "staticfiles.json").read_text())["paths"]
    entries = [hashed_url(paths, "build/three.module.js")]
    seen = node("modules.mjs", out, given={"imports": {}, "entries": entries})
    assert seen["missing"] == ["/static/build/three.core.js"] and len(seen["failed"]) == 1
