"""`--django-exact` against real Django: the recorded cases, and real packages."""

import base64
import itertools
import json

import pytest
from builds import CORPORA, QUICK
from harness import ALL_VERSIONS, PROJECT, VERSIONS, build, compare, exact_arguments, refused, tree, without_storage

CASES = json.loads((PROJECT / "fixtures" / "django-cases.json").read_text())
MODULES = ["bootstrap", "katex", "wagtail", "jquery-ui-dist", "swagger-ui-dist", "tinymce"]


def write(files, root):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content["text"].encode() if "text" in content else base64.b64decode(content["base64"])
        path.write_bytes(data)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", CASES)
def test_recorded_case(name, version, tmp_path):
    """What Django once wrote: its texts of failures too, whole."""
    case = CASES[name]
    source, out = tmp_path / "source", tmp_path / "out"
    write(case["source"], source)
    result = build(source, "-o", out, *exact_arguments(version, case["js_modules"], case["static_url"]))
    expected = case["django"][version]
    if not expected["ok"]:
        assert refused(expected, result, out) == []
        if "located outside" not in expected["error"]:
            assert without_storage(expected["error"]) in without_storage(result.stderr)
        return
    assert result.returncode == 0, result.stderr
    manifest = json.loads((out / "staticfiles.json").read_text())
    assert manifest["paths"] == expected["paths"]
    for logical, text in expected["hashed_text"].items():
        assert (out / manifest["paths"][logical]).read_bytes().decode() == text
    missing = [hashed for hashed in manifest["paths"].values() if not (out / hashed).exists()]
    assert sorted(missing) == sorted(expected["dangling"])


@pytest.mark.parametrize("version", ALL_VERSIONS)
@pytest.mark.parametrize("name", CASES)
def test_live_case(name, version, djangos, tmp_path):
    """What Django writes now, file by file."""
    case = CASES[name]
    source = tmp_path / "source"
    # The name of this file's output depends on the Python that runs Django, not on Django (gh-67693).
    files = {path: content for path, content in case["source"].items() if path != "http:x.png"}
    write(files, source)
    options = {key: case[key] for key in ("js_modules", "static_url")}
    assert compare(djangos[version], version, source, tmp_path, **options) == []


@pytest.mark.parametrize(
    "name, version", [*itertools.product(CORPORA, VERSIONS), *itertools.product(QUICK, ("6.0", "4.2"))]
)
def test_corpus(name, version, djangos, corpora, tmp_path):
    assert compare(djangos[version], version, corpora[name], tmp_path) == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", MODULES)
def test_corpus_with_js_modules(name, version, djangos, corpora, tmp_path):
    assert compare(djangos[version], version, corpora[name], tmp_path, js_modules=True, max_passes=30) == []


def test_a_failed_build_leaves_the_last_one_alone(corpora, tmp_path):
    source, out = tmp_path / "source", tmp_path / "out"
    write({"a.css": {"text": "a{}"}}, source)
    build(source, "-o", out, "--django-exact", check=True)
    before = tree(out)
    write({"a.css": {"text": "a{b:url(nope.png)}"}, "c.png": {"text": "new"}}, source)
    assert build(source, "-o", out, "--django-exact").returncode == 1
    assert tree(out) == before
