"""The oracle's own side, without hashstatic: live Django must still say what was recorded, or no other test here means
anything; and the comparison must be able to fail."""

import json
import re

import pytest
from fuzz_trees import Batch, contents
from fuzz_trees import case as fuzz_case
from fuzz_trees import write as write_bytes
from fuzz_grammar import content
from harness import VERSIONS, differences, refused, tree
from shrink import shrink
from test_exact import CASES, write

# One case, `http:x.png`, depends on the Python that runs Django too (gh-67693): it is recorded with 3.13 for 6.1 and with
# 3.12 for 5.2. With other Pythons it alone may differ.
DEPENDS_ON_PYTHON = {"http:x.png"}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", CASES)
def test_django_still_says_what_was_recorded(name, version, djangos, tmp_path, request):
    case = CASES[name]
    if DEPENDS_ON_PYTHON & case["source"].keys():
        request.applymarker(pytest.mark.xfail(reason="another Python than the recorded one", strict=False))
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


@pytest.mark.parametrize("version", VERSIONS)
def test_batch_agrees_with_collect(version, djangos, tmp_path):
    """The fuzzer's Django resets itself by hand; no job may see anything of the one before."""
    batch = Batch(version)
    for number in range(40):
        files = contents(fuzz_case("batch", number, js_modules=number % 2 == 1))
        source = tmp_path / f"source-{number}"
        write_bytes(files, source)
        answers = []
        for name, django in (("batch", batch), ("collect", djangos[version])):
            out = tmp_path / f"{name}-{number}"
            answer = django.collect(source, out, js_modules=number % 2 == 1)
            answers.append(json.loads(json.dumps(answer).replace(out.name, "out")))
        # call_command() turns nothing into anything else, so these are equal in every part.
        assert answers[0] == answers[1]
        assert differences(tmp_path / f"batch-{number}", tmp_path / f"collect-{number}", "6.1") == []
    batch.close()


def test_shrinking_keeps_what_fails_and_little_else():
    files = {"a.css": ["x{}", "/* c */", "url(", "long-needle-long", ")"], "b.css": ["y{}"], "c.css": [b"\xe9"]}
    small = shrink(files, lambda files: b"needle" in content(files.get("a.css", [])))
    assert small == {"a.css": ["needle"]}
