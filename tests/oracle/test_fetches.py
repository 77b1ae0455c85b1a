"""What Chromium fetches for style sheets: the same files before and after a build, but under their hashed names where a
reference was rewritten, and never one that is not there.
"""

import json

from harness import build
from test_js_modules import node

USE = ".a{background-image:var(--x)}"
SET = ":root{--x:url(i.png)}"
HERE, THERE, OTHER = {"css/i.png": "here"}, {"pages/i.png": "there"}, {"x/i.png": "x"}

# Name: (files, whether plain names may be fetched)
CASES = {
    "used elsewhere": ({"css/v.css": SET, "pages/u.css": USE, **THERE}, False),
    "used elsewhere, and here is another": ({"css/v.css": SET, "pages/u.css": USE, **HERE, **THERE}, True),
    "used here": ({"css/v.css": SET + USE, **HERE, **THERE}, False),
    "used here and elsewhere": (
        {"css/v.css": SET + USE, "pages/u.css": USE.replace(".a", ".b"), **HERE, **THERE},
        True,
    ),
    "through another": (
        {
            "css/v.css": SET,
            "x/t.css": ":root{--y:var(--x)}",
            "pages/u.css": USE.replace("--x", "--y"),
            **THERE,
            **OTHER,
        },
        False,
    ),
    "registered": (
        {
            "css/v.css": '@property --x{syntax:"<image>";inherits:true;initial-value:none}' + SET,
            "pages/u.css": USE,
            **THERE,
        },
        False,
    ),
    "an initial value": (
        {"css/v.css": '@property --x{syntax:"*";inherits:true;initial-value:url(i.png)}', "pages/u.css": USE, **THERE},
        True,
    ),
    "absolute": ({"css/v.css": ":root{--x:url(/static/css/i.png)}", "pages/u.css": USE, **HERE}, False),
    "image-set": ({"css/v.css": ':root{--x:image-set("i.png" 1x)}', "pages/u.css": USE, **THERE}, False),
    "a fallback": ({"css/v.css": ".a{background-image:var(--no,url(i.png))}", **HERE}, False),
    "a function": (
        {
            "css/v.css": "@function --f(){result:url(i.png)}",
            "pages/u.css": ".a{background-image:--f()}",
            **HERE,
            **THERE,
        },
        True,
    ),
    "conditions": (
        {
            "css/v.css": "@supports (mask:url(no.svg)){.a{background:url(i.png)}}"
            "@container style(--x:url(no.png)){.a{color:red}}"
            ".b{color:if(supports(mask:url(no.svg)):red;else:blue)}",
            **HERE,
        },
        False,
    ),
    "out of the root and back": (
        {
            "css/v.css": ".a{background:url(../../../../static/css/i.png)}"
            ".b{background:url(/static/%2e%2e/static/x/i.png)}",
            **HERE,
            **OTHER,
        },
        False,
    ),
    "an empty segment": ({"css/v.css": ".a{background:url(y//../i.png)}", "css/y/i.png": "y"}, False),
    "UTF-16": ({"css/v.css": ("\ufeff.a{background:url(i.png)}").encode("utf-16-le"), **HERE}, False),
    "UTF-16 and a charset": (
        {"css/v.css": '\ufeff@charset "latin1";.a{background:url(é.png)}'.encode("utf-16-be"), "css/é.png": "x"},
        False,
    ),
}


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_chromium_fetches_the_same(tmp_path):
    pages, plain = [], {}
    for number, (files, _) in enumerate(CASES.values()):
        source, out = tmp_path / f"{number}", tmp_path / f"{number}-out"
        write(source, files)
        build(source, "-o", out, "--no-gzip", "--no-brotli", "--keep-only-hashed", check=True)
        paths = json.loads((out / "staticfiles.json").read_text())["paths"]
        sheets = [name for name in files if name.endswith(".css")]
        pages.append({"root": str(source), "prefix": "/static/", "sheets": [f"/static/{name}" for name in sheets]})
        pages.append({"root": str(out), "prefix": "/static/", "sheets": [f"/static/{paths[name]}" for name in sheets]})
        plain[number] = {hashed: name for name, hashed in paths.items()}
    seen = node("fetches.mjs", given=pages)
    wrong = []
    for number, (name, (_, may_be_plain)) in enumerate(CASES.items()):
        before, after = seen[2 * number], seen[2 * number + 1]
        assert any(path.endswith(".png") for path in before), f"{name}: the case fetches nothing"
        names = [path.removeprefix("/static/") for path in after]
        was = sorted(f"/static/{plain[number].get(path, path)}" for path in names)
        not_there = [path for path in names if not (tmp_path / f"{number}-out" / path).exists()]
        by_plain_name = [path for path in names if path not in plain[number]]
        if was != before or not_there or bool(by_plain_name) != may_be_plain:
            wrong.append((name, before, after))
    assert wrong == []
