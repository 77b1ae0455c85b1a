"""Our compressed storage beside WhiteNoise's: whole trees, and the cases of WhiteNoise's own tests."""

import gzip
import json
import re
import subprocess
import sys

import brotli
import pytest
import whitenoise.storage
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

import hashstatic.storage
from support import OURS_COMPRESSED, WHITENOISE, DjangoCommand, OurCommand, collect, decoded, tree, write

QUICK = {"brotli": 5}
SITE = {
    "app.css": "@import url(styles.css);\n" + ".a { color: red }\n" * 60,
    "styles.css": ".b { background: url(pixel.gif) }\n" * 60,
    "app.js": "console.log('x');\n" * 60,
    "pixel.gif": b"GIF89a" + bytes(2000),
    "large-file.txt": "lots of text\n" * 500,
    "tiny.txt": "t",
    "compressed.zip": b"PK" + bytes(3000),
}


@pytest.mark.parametrize("command", [DjangoCommand, OurCommand])
@pytest.mark.parametrize("only_hashed", [False, True])
def test_the_tree_is_whitenoises(source, tmp_path, command, only_hashed):
    settings = {"WHITENOISE_KEEP_ONLY_HASHED_FILES": only_hashed}
    theirs = collect(tmp_path / "theirs", [source], WHITENOISE, settings=settings)
    ours = collect(tmp_path / "ours", [source], OURS_COMPRESSED, QUICK, settings=settings, command=command)
    assert ours.error is None and theirs.error is None
    plain, named = decoded(theirs.tree()), decoded(ours.tree())
    assert set(named) == set(plain)
    assert [name for name in plain if named[name] != plain[name] and name[:-3] not in plain] == []
    count = len(SITE)
    assert ours.yielded[:count] == theirs.yielded[:count]
    # WhiteNoise's variants come in the order in which its threads end.
    assert sorted(ours.yielded[count:]) == sorted(theirs.yielded[count:])


def test_variants_are_made(source, tmp_path):
    root = tmp_path / "root"
    collect(root, [source], OURS_COMPRESSED, QUICK)
    files = tree(root)
    assert gzip.decompress(files["large-file.txt.gz"]) == files["large-file.txt"]
    assert brotli.decompress(files["large-file.txt.br"]) == files["large-file.txt"]
    hashed = json.loads(files["staticfiles.json"])["paths"]
    assert hashed["app.css"] + ".gz" in files
    assert "tiny.txt.gz" not in files
    assert not [name for name in files if re.search(r"\.(gif|zip)\.(gz|br)$", name)]
    # Only in the manifest under their own names.
    assert not [name for name in hashed if name.endswith((".gz", ".br"))]


def test_variants_can_be_chosen(source, tmp_path):
    collect(tmp_path / "a", [source], OURS_COMPRESSED, {"brotli": False, "gzip": 1, "zstd": 3})
    names = tree(tmp_path / "a")
    assert "app.js.zst" in names and "app.js.gz" in names and "app.js.br" not in names


@pytest.mark.parametrize(("extensions", "expected"), [(["txt", ".CSS"], {"app.js.gz"}), ([], {"pixel.gif.gz"})])
def test_extensions_that_are_not_compressed(source, tmp_path, extensions, expected):
    settings = {"WHITENOISE_SKIP_COMPRESS_EXTENSIONS": extensions}
    names = set(collect(tmp_path / "a", [source], OURS_COMPRESSED, QUICK, settings=settings).tree())
    assert expected <= names
    assert ("large-file.txt.gz" in names) == ("txt" not in extensions)


@pytest.mark.parametrize("command", [DjangoCommand, OurCommand])
def test_a_missing_file_is_reported_as_whitenoise_does(source, tmp_path, command):
    write(source, {"bad.css": "a{b:url(missing/file.png)}"})
    theirs = collect(tmp_path / "theirs", [source], WHITENOISE)
    ours = collect(tmp_path / "ours", [source], OURS_COMPRESSED, command=command)
    exceptions = [run.yielded[-1][2] for run in (ours, theirs)]
    assert all(isinstance(exception, whitenoise.storage.MissingFileError) for exception in exceptions)
    texts = [re.sub("<.*?>", "", str(exception)) for exception in exceptions]
    assert texts[0] == texts[1]
    assert "The CSS file 'bad.css' references a file which could not be found:\n  missing/file.png" in texts[0]
    assert "missing/file.png" in str(ours.error)


@pytest.mark.parametrize("strict", [False, True])
def test_strictness_is_a_setting(strict, tmp_path):
    from django.test import override_settings

    with override_settings(STATIC_ROOT=str(tmp_path), WHITENOISE_MANIFEST_STRICT=strict):
        storage = hashstatic.storage.CompressedManifestStaticFilesStorage()
        assert storage.manifest_strict is strict
        if strict:
            with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
                storage.url("x.css")


def test_a_missing_manifest_serves_when_not_strict(tmp_path):
    from django.test import override_settings

    write(tmp_path, {"x.css": "a{}"})
    with override_settings(STATIC_ROOT=str(tmp_path), WHITENOISE_MANIFEST_STRICT=False):
        url = hashstatic.storage.CompressedManifestStaticFilesStorage().url("x.css")
    assert re.fullmatch(r"/static/x\.[0-9a-f]{12}\.css", url)


class Own(hashstatic.storage.CompressedManifestStaticFilesStorage):
    def create_compressor(self, **kwargs):
        return whitenoise.storage.Compressor(use_brotli=False, **kwargs)


def test_a_compressor_of_ones_own_is_used(source, tmp_path):
    collected = collect(tmp_path / "root", [source], f"{__name__}.Own")
    assert "create_compressor" in str(collected.warnings[0].message)
    names = collected.tree()
    assert "app.js.gz" in names and "app.js.br" not in names


WITHOUT = """
import sys
sys.modules["whitenoise"] = sys.modules["whitenoise.storage"] = None
sys.path.insert(0, {tests!r})
import conftest, support
import hashstatic.storage as storage
class Own(storage.CompressedManifestStaticFilesStorage):
    file_hash = lambda self, name, content=None: "x"
sys.modules["own"] = sys.modules["__main__"]
ours = support.collect({root!r}, [{source!r}], support.OURS_COMPRESSED, {{"brotli": 5}},
                       settings={{"WHITENOISE_KEEP_ONLY_HASHED_FILES": True}})
assert ours.error is None, ours.error
error = support.collect({root!r} + "2", [{source!r}], "own.Own").error
print(type(error).__name__, error)
"""


def test_whitenoise_need_not_be_installed(source, tmp_path):
    from pathlib import Path

    code = WITHOUT.format(tests=str(Path(__file__).parent), root=str(tmp_path / "root"), source=str(source))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(ImproperlyConfigured.__name__) and "WhiteNoise has to compress" in done.stdout
    names = tree(tmp_path / "root")
    hashed = json.loads(names["staticfiles.json"])["paths"]
    assert hashed["app.js"] + ".br" in names and "app.js" not in names


def test_whitenoise_serves_it(source, tmp_path):
    """WhiteNoise's middleware serves our hashed files as immutable, and finds the variants."""
    from django.test import Client, override_settings

    root = tmp_path / "root"
    collect(root, [source], OURS_COMPRESSED, QUICK)
    overridden = override_settings(
        STATIC_ROOT=str(root),
        STORAGES={"staticfiles": {"BACKEND": OURS_COMPRESSED}},
        MIDDLEWARE=["whitenoise.middleware.WhiteNoiseMiddleware"],
        ROOT_URLCONF=(),
        ALLOWED_HOSTS=["*"],
    )
    with overridden:
        url = "/static/" + json.loads((root / "staticfiles.json").read_bytes())["paths"]["app.css"]
        answer = Client(HTTP_ACCEPT_ENCODING="gzip, br").get(url)
        assert answer.status_code == 200
        assert answer["Content-Encoding"] == "br"
        assert "immutable" in answer["Cache-Control"]
        assert brotli.decompress(b"".join(answer.streaming_content)) == (root / url[len("/static/") :]).read_bytes()
        answer = Client(HTTP_ACCEPT_ENCODING="gzip").get("/static/app.css")
        assert answer["Content-Encoding"] == "gzip" and "immutable" not in answer["Cache-Control"]


def test_wrong_levels_are_reported(source, tmp_path):
    failed = collect(tmp_path / "root", [source], OURS_COMPRESSED, {"brotli": 99})
    assert isinstance(failed.error, CommandError)
    assert "'brotli' must be True, False, or a level from 0 to 11, not 99." in str(failed.error)
