"""`verify` proves what we and real Django write over real packages, and finds each kind of break in it."""

import json
import os
import random
import shutil
import subprocess

import pytest
from builds import CORPORA, corpus, default_build
from harness import binary, build, exact_arguments

VARIANTS = (".br", ".gz")


def verify(root, *arguments):
    command = [binary(), "verify", str(root), "--output-format", "json", *arguments]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode in (0, 1), result.stderr
    found = json.loads(result.stdout)["verification"]
    assert (result.returncode == 1) == any(d["severity"] == "error" for d in found["diagnostics"])
    return found


def errors(root, *arguments):
    return [d for d in verify(root, *arguments)["diagnostics"] if d["severity"] == "error"]


@pytest.mark.parametrize("name", CORPORA)
def test_default_builds_are_verified(name):
    found = verify(default_build(name))
    assert [d for d in found["diagnostics"] if d["code"] != "missing-source-map"] == []
    assert found["assets"] > 0 and found["variants"]["files"] > 0


@pytest.mark.parametrize("name", CORPORA)
def test_what_django_writes_is_verified(name, djangos, tmp_path):
    """Django's own output: names, references, plain copies; without variants that could stand in for a proof."""
    answer = djangos["6.1"].collect(corpus(name), tmp_path / "django", js_modules=False)
    assert answer["ok"]
    found = verify(tmp_path / "django")
    assert [d for d in found["diagnostics"] if d["code"] != "missing-source-map"] == []


@pytest.fixture(scope="module")
def breakable(tmp_path_factory):
    """A copy of Django's and tinymce's static root to break; hard links would break the original too."""
    root = tmp_path_factory.mktemp("verify") / "root"
    build(corpus("Django"), corpus("tinymce"), "-o", root, "--brotli-quality", 5, "--link-mode", "copy", check=True)
    assert errors(root) == []
    return root


class Broken:
    """Changes files, and changes them back."""

    def __init__(self, root):
        self.root, self.before = root, {}

    def __enter__(self):
        return self

    def write(self, name, data):
        path = self.root / name
        self.before.setdefault(name, path.read_bytes() if path.exists() else None)
        if data is None:
            path.unlink()
        else:
            path.write_bytes(data)

    def __exit__(self, *_):
        for name, data in self.before.items():
            if data is None:
                (self.root / name).unlink()
            else:
                (self.root / name).write_bytes(data)


def test_a_flipped_byte_in_any_output(breakable):
    random.seed(4)
    names = sorted(os.path.relpath(os.path.join(d, n), breakable) for d, _, names in os.walk(breakable) for n in names)
    names = [name for name in names if (breakable / name).stat().st_size > 0]
    for name in random.sample(names, 75):
        data = bytearray((breakable / name).read_bytes())
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        with Broken(breakable) as broken:
            broken.write(name, bytes(data))
            assert errors(breakable), name
    assert errors(breakable) == []


def test_each_kind_of_break(breakable):
    manifest = json.loads((breakable / "staticfiles.json").read_text())
    paths = manifest["paths"]
    base = paths["admin/css/base.css"]
    icon = paths["admin/img/icon-yes.svg"]  # named in a custom property, which a build may leave as it is
    named = paths["admin/img/icon-addlink.svg"]
    extra = json.dumps({**manifest, "paths": {**paths, "x.css": "x.0123456789ab.css"}}).encode()
    kinds = {
        "missing-file": {paths["admin/js/core.js"]: None},
        "broken-manifest": {"staticfiles.json": extra},
        "stale-variant": {f"{base}.br": (breakable / f"{icon}.br").read_bytes()},
        "missing-reference": {named: None},
        "wrong-digest": {icon: b"<svg/>"},
        "wrong-plain-copy": {"admin/img/icon-yes.svg": b"<svg/>"},
    }
    for code, changes in kinds.items():
        with Broken(breakable) as broken:
            for name, data in changes.items():
                broken.write(name, data)
            assert code in {d["code"] for d in errors(breakable)}, code
    assert errors(breakable) == []
    assert [d["code"] for d in errors(breakable, "--require", "css/output.css")] == ["required-asset"]


def test_a_tree_that_was_copied_without_links_is_verified(tmp_path):
    """As an image layer would have it."""
    shutil.copytree(default_build("katex"), tmp_path / "copy")
    assert errors(tmp_path / "copy") == []


def test_exact_with_modules_is_verified(tmp_path):
    out = tmp_path / "out"
    build(corpus("three"), "-o", out, *exact_arguments("6.1", js_modules=True), check=True)
    assert errors(out) == []
