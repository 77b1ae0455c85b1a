"""nginx and Caddy, with what `--headers` writes, send every file as the plan says, and none is skipped."""

import gzip
import http.client
import json
import re
import subprocess
import sysconfig
from pathlib import Path
from urllib.parse import quote

import brotli
import pytest
from whitenoise.media_types import MediaTypes

from deployment import EXAMPLE, SCRIPTS
from servers import Caddy, Nginx

IMMUTABLE = "max-age=31536000, public, immutable"
SHORT = "max-age=60, public"
SCRIPT = "export const greeting = 'hello';\n" * 100
# What means something in a configuration or a URL, and what only looks hashed.
NAMES = [
    "a b.js",
    'it\'s "quoted".0123456789ab.js',
    "$uri ${host} {path} {$HOME}.0123456789ab.js",
    "100%.0123456789ab.js",
    "%41.js",
    "back\\slash.0123456789ab.js",
    "new\nline.0123456789ab.js",
    "line.0123456789ab\n",
    "ünïcödé/ж.0123456789ab.js",
    "`;#&?*[x].0123456789ab.js",
    "A.0123456789ab.JS",
    "a.0123456789ab.JS",
    "vendor/jquery.0123456789ab.js",
    "vendor/lib.0123456789ab.min.js",
    "LICENSE",
    "trailing.",
    "site.webmanifest",
    "assets/index-BXe4.js",
    'assets/ж $x "y"-BXe4.js',
]


def build(root, sources, *more):
    options = ["--brotli-quality=5", "--no-cache", "--prehashed=assets/*", "--out", root, *more]
    formats = [f"--headers={name}" for name in ("nginx", "caddy", "json")]
    command = [SCRIPTS / "hashstatic", "build", *sources, *options, *formats]
    return subprocess.run([*map(str, command)], check=True, capture_output=True, text=True).stderr


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A static root of two generations, with names of all kinds."""
    directory = tmp_path_factory.mktemp("servers")
    own, root = directory / "own", directory / "root"
    for name in NAMES:
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(SCRIPT)
    (own / "style.css").write_text("a { color: red }\n" * 100)
    (own / "gone.0123456789ab.js").write_text("1")
    admin = Path(sysconfig.get_path("purelib")) / "django/contrib/admin/static"
    sources = [own, EXAMPLE / "static", admin]
    build(root, sources)
    (own / "style.css").write_text("a { color: blue }\n" * 100)
    (own / "gone.0123456789ab.js").unlink()
    build(root, sources)
    (root / "stranger.0123456789ab.js").write_text("2")
    told = build(root, sources)
    inexpressible = [entry["path"] for entry in plan(root) if Caddy.cannot_name(entry["variant_of"] or entry["path"])]
    assert [name for name in inexpressible if not name.endswith((".br", ".gz"))] == re.findall(
        "^warning: (.*?): Caddy", told, re.M
    )
    return root


@pytest.fixture(scope="module", params=[Nginx, Caddy], ids=["nginx", "caddy"])
def server(request, root, tmp_path_factory):
    with request.param(root, tmp_path_factory.mktemp("server") / "scratch") as server:
        server.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        yield server


def get(server, name, accept=None):
    headers = {} if accept is None else {"Accept-Encoding": accept}
    # `skip_accept_encoding`: http.client would ask for identity by itself.
    server.connection.putrequest("GET", f"/static/{quote(name)}", skip_accept_encoding=True)
    for header, value in headers.items():
        server.connection.putheader(header, value)
    server.connection.endheaders()
    response = server.connection.getresponse()
    response.body = response.read()
    return response


def plan(root):
    return json.loads((root / ".staticfiles.headers.json").read_text())["files"]


def test_every_file_with_every_encoding(server, root):
    entries = plan(root)
    variants = {entry["path"] for entry in entries if entry["variant_of"]}
    requests = 0
    for entry in entries:
        if entry["variant_of"] or server.cannot_name(entry["path"]):
            continue
        name, expected = entry["path"], entry["headers"]
        content = (root / name).read_bytes()
        for accept in (None, "identity", "gzip", "br", "gzip, deflate, br"):
            response = get(server, name, accept)
            requests += 1
            told = (name, accept, dict(response.headers))
            assert response.status == 200, told
            body = response.body
            if accept and "br" in accept and f"{name}.br" in variants:
                assert response.headers["Content-Encoding"] == "br", told
                body = brotli.decompress(body)
            elif accept and "gzip" in accept and f"{name}.gz" in variants:
                assert response.headers["Content-Encoding"] == "gzip", told
                body = gzip.decompress(body)
            else:
                assert response.headers["Content-Encoding"] is None, told
            assert body == content, told
            for header in "Cache-Control", "Content-Type", "Vary":
                wanted = [expected[header]] if header in expected else []
                assert response.headers.get_all(header, []) == wanted, told
            assert response.headers["X-Site"] == "own", told
    assert requests > 1000


def test_the_plan_lists_what_is_there(root):
    entries = {entry["path"]: entry for entry in plan(root)}
    there = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert entries.keys() <= there
    manifest = json.loads((root / "staticfiles.json").read_text())["paths"]
    missing = there - entries.keys()
    # Our own records, the generation before, the stranger.
    assert {name for name in missing if not name.startswith((".staticfiles.", "style.", "gone."))} == {
        "stranger.0123456789ab.js"
    }
    for logical, hashed in manifest.items():
        assert entries[hashed]["headers"]["Cache-Control"] == IMMUTABLE
        if logical != hashed:
            assert entries[logical]["headers"]["Cache-Control"] == SHORT
    assert entries["assets/index-BXe4.js"]["headers"]["Cache-Control"] == IMMUTABLE
    assert entries["staticfiles.json"]["headers"]["Cache-Control"] == SHORT


def test_media_types_are_whitenoises(root):
    types = MediaTypes()
    beyond = {".webmanifest": "application/manifest+json"}
    for entry in plan(root):
        name = entry["variant_of"] or entry["path"]
        expected = beyond.get(Path(name).suffix) or types.get_type(name)
        if expected.startswith("text/"):
            expected += "; charset=utf-8"
        assert entry["headers"]["Content-Type"] == expected, name


def test_generations_and_strangers(server, root):
    current = json.loads((root / "staticfiles.json").read_text())["paths"]
    (earlier,) = {path.name for path in root.glob("style.*.css")} - {current["style.css"]}
    for name, expected in {
        earlier: IMMUTABLE,
        "gone.0123456789ab.js": SHORT,
        "stranger.0123456789ab.js": SHORT,
    }.items():
        response = get(server, name, "br")
        assert (response.status, response.headers["Cache-Control"]) == (200, expected), name


def test_what_is_not_there_is_not_kept(server, root):
    temporary = root / ".hashstatic-1-2.tmp"  # of a build that is at work
    temporary.write_text("x")
    for name in "style.0123456789ab.css", "style.txt", "img", "img/":
        response = get(server, name)
        assert response.status in (301, 403, 404), name
        assert IMMUTABLE not in response.headers.get_all("Cache-Control", []), name
    records = [path.name for path in root.glob(".*")]
    assert len(records) == 5
    for name in records:
        response = get(server, name)
        assert (response.status, response.headers["Cache-Control"]) == (404, None), name
    temporary.unlink()
