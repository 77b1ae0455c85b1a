"""The oracle's own side, without hashstatic: live Django must still say what was recorded, or no other test here means
anything; and the comparison must be able to fail."""

import json
import re

import pytest
from harness import VERSIONS, differences, refused, tree
from test_exact import CASES, write

# The name of this file's output depends on the Python that runs Django (gh-67693). It agrees when the two
# environments have the Pythons that the cases were recorded with, which prepare.py arranges only if both are there.
DEPENDS_ON_PYTHON = {"http:x.png"}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", CASES)
def test_django_still_says_what_was_recorded(name, version, djangos, tmp_path):
    case = CASES[name]
    recorded = case["django"][version]
    source, out = tmp_path / "source", tmp_path / "out"
    write(case["source"], source)
    answer = djangos[version].collect(
        source, out, js_modules=case["js_modules"], static_url=case["static_url"]
    )
    assert answer["ok"] == recorded["ok"], answer
    if not recorded["ok"]:
        assert placeless(answer["error"]) == placeless(recorded["error"])
        assert answer["error_type"] in (recorded["error_type"], "CommandError")
        assert answer["stderr"] == recorded["stderr"]
        return
    manifest = json.loads((out / "staticfiles.json").read_text())
    assert manifest["paths"] == recorded["paths"]
    if version != "5.2":
        assert list(manifest["paths"]) == sorted(manifest["paths"])
    for logical, text in recorded["hashed_text"].items():
        assert (out / manifest["paths"][logical]).read_bytes().decode() == text
    missing = [hashed for hashed in manifest["paths"].values() if not (out / hashed).exists()]
    assert sorted(missing) == sorted(recorded["dangling"])


def placeless(error):
    """The recorded cases have STATIC_ROOT where the error names a place on the machine."""
    return re.sub(r"(path|component) \((/|STATIC_ROOT)[^)]*\)", r"\1 (…)", error)


def test_equal_trees_have_no_differences(tmp_path):
    one, two = two_trees(tmp_path)
    assert differences(one, two, "6.1") == []


@pytest.mark.parametrize("spoil", ["bytes", "extra", "missing", "manifest"])
def test_the_comparison_can_fail(spoil, tmp_path):
    one, two = two_trees(tmp_path)
    if spoil == "bytes":
        (two / "a.css").write_bytes(b"a{}\n")
    elif spoil == "extra":
        (two / "new.css").write_bytes(b"")
    elif spoil == "missing":
        (two / "a.css").unlink()
    else:
        # The order of a manifest counts for 6.1 and not for 5.2, its content for both.
        paths = {"b": "b.2", "a": "a.1"}
        (two / "staticfiles.json").write_text(json.dumps({"paths": paths, "version": "1.1", "hash": "0"}))
        assert differences(one, two, "5.2") == []
    assert differences(one, two, "6.1") != []


def two_trees(root):
    for name in ("one", "two"):
        write(
            {
                "a.css": {"text": "a{}"},
                "staticfiles.json": {"text": json.dumps({"paths": {"a": "a.1", "b": "b.2"}, "version": "1.1", "hash": "0"})},
            },
            root / name,
        )
    return root / "one", root / "two"


class Result:
    def __init__(self, returncode, stderr):
        self.returncode, self.stderr = returncode, stderr


def test_a_refusal_must_have_status_text_file_and_publish_nothing(tmp_path):
    answer = {"ok": False, "error": "The file 'x.png' could not be found with <STORAGE>.\n…",
              "stderr": "Post-processing 'a.css' failed!"}
    text = ("Post-processing 'a.css' failed!\n"
            "The file 'x.png' could not be found with <django.contrib.staticfiles.storage.ManifestStaticFilesStorage>.")
    assert refused(answer, Result(1, text), tmp_path) == []
    assert refused(answer, Result(0, text), tmp_path)
    assert refused(answer, Result(2, text), tmp_path)
    assert refused(answer, Result(1, text.replace("x.png", "y.png")), tmp_path)
    assert refused(answer, Result(1, text.replace("a.css", "b.css")), tmp_path)
    (tmp_path / "staticfiles.json").write_text("{}")
    assert tree(tmp_path)
    assert refused(answer, Result(1, text), tmp_path)
