"""What a build without --django-exact writes, looked at with other people's code: Django's storage loads it, a style
sheet parser that is not ours finds no dead link, Python's decoders read the variants, and WhiteNoise's are no smaller."""

import gzip
import json
import os
import posixpath
import re
from concurrent.futures import ProcessPoolExecutor

import blake3
import brotli
import in_django  # noqa: F401
import pytest
from browser import css_urls, dead_links, target
from builds import CORPORA, SMALL, corpus, default_build, scratch, unminified_build
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from harness import build, tree
from test_exact import write
from whitenoise.compress import Compressor

VARIANTS = (".br", ".gz")
# WhiteNoise would compress these too; they are compressed already (CONTRACT, --skip-compress).
ALSO_SKIPPED = re.compile(r"\.(avif|mp3|ogg|m4a|zst|7z)$", re.IGNORECASE)


def manifest(root):
    return json.loads((root / "staticfiles.json").read_text())


def plain_files(root):
    """Path → bytes of everything that is not a variant of another file."""
    files = visible(root)
    return {path: data for path, data in files.items() if not (path.endswith(VARIANTS) and path[:-3] in files)}


def visible(root):
    return {path: data for path, data in tree(root).items() if not posixpath.basename(path).startswith(".hashstatic")}


@pytest.mark.parametrize("name", CORPORA)
def test_django_loads_the_manifest(name):
    root = default_build(name)
    storage = ManifestStaticFilesStorage(location=root, base_url="/static/")
    paths = manifest(root)["paths"]
    assert paths
    assert storage.hashed_files == paths
    for logical, hashed in paths.items():
        assert (root / hashed).is_file()
        assert (root / logical).is_file()
        # Django takes a ? or # in a name for the beginning of something else, with its own manifests too.
        if not set(logical) & set("?#%"):
            assert storage.stored_name(logical) == hashed


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


@pytest.mark.parametrize("name", CORPORA)
def test_variants_decode_to_their_file(name):
    root = default_build(name)
    files = visible(root)
    seen = 0
    for path, data in plain_files(root).items():
        for suffix in VARIANTS:
            variant = files.get(path + suffix)
            if variant is None:
                continue
            seen += 1
            assert len(variant) <= 0.95 * len(data), path
            assert os.stat(root / (path + suffix)).st_mtime_ns == os.stat(root / path).st_mtime_ns
            if suffix == ".gz":
                assert gzip.decompress(variant) == data, path
                assert variant[4:8] == bytes(4), "the time in the gzip header"
            else:
                assert brotli.decompress(variant) == data, path
    assert seen


def whitenoise_sizes(path):
    """What WhiteNoise makes of a file, in a copy of its own: suffix → size."""
    return {os.path.splitext(variant)[1]: os.path.getsize(variant) for variant in Compressor(quiet=True).compress(path)}


@pytest.mark.parametrize("name", SMALL)
def test_variants_are_no_larger_than_whitenoises(name):
    root = unminified_build(name)
    paths = manifest(root)["paths"]
    files = visible(root)
    compressor = Compressor(quiet=True)
    wanted = [path for path in {*paths, *paths.values()} if compressor.should_compress(path) and not ALSO_SKIPPED.search(path)]
    copies = copy_each_content_once({path: files[path] for path in wanted}, scratch() / f"{name}-whitenoise")
    with ProcessPoolExecutor() as pool:
        sizes = dict(zip(copies, pool.map(whitenoise_sizes, copies.values())))
    ours, theirs = dict.fromkeys(VARIANTS, 0), dict.fromkeys(VARIANTS, 0)
    for path in wanted:
        for suffix in VARIANTS:
            mine, other = files.get(path + suffix), sizes[files[path]].get(suffix)
            if (mine is None) != (other is None):
                # Encoders may disagree only about what is at the limit.
                assert near_the_limit(other if mine is None else len(mine), files[path]), path + suffix
                continue
            ours[suffix] += len(mine or b"")
            theirs[suffix] += other or 0
    assert sum(theirs.values())
    print(f"{name}: ours {ours}, WhiteNoise's {theirs}")
    for suffix in VARIANTS:
        assert ours[suffix] <= theirs[suffix], suffix
    not_wanted = {path + suffix for path in {*paths, *paths.values()} - set(wanted) for suffix in VARIANTS}
    assert not_wanted & files.keys() == set()


def near_the_limit(size, data):
    return 0.94 <= size / len(data) <= 0.96


def copy_each_content_once(files, directory):
    """Content → a file that has it. Plain and hashed twins are mostly the same bytes, and brotli is slow."""
    directory.mkdir()
    copies = {}
    for data in files.values():
        if data not in copies:
            copies[data] = str(directory / str(len(copies)))
            with open(copies[data], "wb") as file:
                file.write(data)
    return copies


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
