"""What a build without --django-exact leaves in the static root, beyond what test_default_mode.py asks of it: nothing
more, nothing altered, hashed style sheets that refer to hashed names, and cycles that are renamed together."""

import json
import posixpath

import blake3
import pytest
from browser import css_urls, dead_links, target
from builds import CORPORA, corpus, default_build
from harness import build, tree
from test_exact import write

VARIANTS = (".br", ".gz")


def manifest(root):
    return json.loads((root / "staticfiles.json").read_text())


def plain_files(root):
    """Path → bytes of everything that is not a variant of another file."""
    files = visible(root)
    return {path: data for path, data in files.items() if not (path.endswith(VARIANTS) and path[:-3] in files)}


def visible(root):
    return {path: data for path, data in tree(root).items() if not posixpath.basename(path).startswith(".hashstatic")}


@pytest.mark.parametrize("name", CORPORA)
def test_the_manifest_is_written_as_django_writes_it(name):
    root = default_build(name)
    text = (root / "staticfiles.json").read_text()
    found = json.loads(text)
    assert text == json.dumps(found)
    assert list(found) == ["paths", "version", "hash"]
    assert list(found["paths"]) == sorted(found["paths"])
    assert found["hash"] == blake3.blake3(json.dumps(sorted(found["paths"].items())).encode()).hexdigest()[:12]


@pytest.mark.parametrize("name", CORPORA)
def test_names_have_the_digest_of_the_bytes(name):
    """No corpus has a reference cycle without modules; digests of cycles are another matter."""
    root = default_build(name)
    for logical, hashed in manifest(root)["paths"].items():
        stem, extension = posixpath.splitext(logical)
        digest = blake3.blake3((root / hashed).read_bytes()).hexdigest()[:12]
        assert hashed == f"{stem}.{digest}{extension}"


@pytest.mark.parametrize("name", CORPORA)
def test_nothing_else_is_there(name):
    root = default_build(name)
    paths = manifest(root)["paths"]
    known = {*paths, *paths.values(), "staticfiles.json"}
    extra = [path for path in visible(root) if path not in known and not (path.endswith(VARIANTS) and path[:-3] in known)]
    assert extra == []


@pytest.mark.parametrize("name", CORPORA)
def test_a_browser_finds_no_dead_link(name):
    assert dead_links(plain_files(default_build(name))) == set()


@pytest.mark.parametrize("name", CORPORA)
def test_hashed_style_sheets_refer_to_hashed_names(name):
    root = default_build(name)
    paths = manifest(root)["paths"]
    for hashed in paths.values():
        if hashed.endswith(".css"):
            meant = {target(url, hashed) for url in css_urls((root / hashed).read_bytes())}
            assert meant & (paths.keys() - set(paths.values())) == set(), hashed


@pytest.mark.parametrize("name", CORPORA)
def test_source_files_are_copied_as_they_are(name):
    root = default_build(name)
    source = tree(corpus(name))
    for logical in manifest(root)["paths"]:
        assert (root / logical).read_bytes() == source[logical], logical


CYCLE = {
    "a.css": {"text": "@import 'b.css';\n.a{color:red}\n"},
    "b.css": {"text": "@import 'sub/c.css';\n.b{background:url(x.png)}\n"},
    "sub/c.css": {"text": "@import '../a.css';\n.c{color:red}\n"},
    "x.png": {"text": "x"},
    "outside.css": {"text": "@import 'a.css';\n"},
}


@pytest.mark.parametrize("changed", [None, "a.css", "b.css", "sub/c.css", "x.png"])
def test_a_cycle_is_renamed_together(changed, tmp_path):
    write(CYCLE, tmp_path / "source")
    build(tmp_path / "source", "-o", tmp_path / "before", check=True)
    if changed:
        with open(tmp_path / "source" / changed, "a") as file:
            file.write("\n.new{color:blue}\n")
    build(tmp_path / "source", "-o", tmp_path / "after", check=True)
    before, after = manifest(tmp_path / "before")["paths"], manifest(tmp_path / "after")["paths"]
    assert dead_links(plain_files(tmp_path / "after")) == set()
    renamed = {path for path in before if before[path] != after[path]}
    sheets = {"a.css", "b.css", "sub/c.css", "outside.css"}
    assert renamed == ({changed, *sheets} if changed else set())
