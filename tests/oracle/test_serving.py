"""WhiteNoise serves what we write."""

import json
import subprocess

from harness import ORACLE, build

SCRIPT = """
import json, sys
from django.conf import settings
root, name = sys.argv[1:]
settings.configure(
    DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF="urls", SECRET_KEY="x",
    MIDDLEWARE=["whitenoise.middleware.WhiteNoiseMiddleware"],
    INSTALLED_APPS=["django.contrib.staticfiles"],
    STATIC_ROOT=root, STATIC_URL="/static/", WHITENOISE_MAX_AGE=60,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    STORAGES={"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}},
)
import types
urls = types.ModuleType("urls"); urls.urlpatterns = []; sys.modules["urls"] = urls
import django; django.setup()
from django.template import engines
from django.test import Client
template = engines["django"].from_string("{% load static %}{% static '" + name + "' %}")
hashed = template.render()
client = Client()
answers = []
for url, accept in [(hashed, "br"), (hashed, "gzip"), (hashed, ""), ("/static/" + name, "br")]:
    response = client.get(url, headers={"accept-encoding": accept})
    answers.append({
        "url": url, "status": response.status_code, "encoding": response.get("Content-Encoding"),
        "cache": response.get("Cache-Control"), "body": list(response.getvalue())[:4],
        "type": response.get("Content-Type"),
    })
print(json.dumps(answers))
"""


def answers(out, name):
    python = ORACLE / "venv-6.1" / "bin" / "python"
    result = subprocess.run([python, "-c", SCRIPT, out, name], capture_output=True, text=True, check=True)
    return json.loads(result.stdout)


def test_whitenoise_serves_hashed_files_as_immutable(corpora, tmp_path):
    out = tmp_path / "out"
    build(f"admin={corpora['Django']}/admin", "-o", out, "--brotli-quality", "5", check=True)
    css = tmp_path / "assets" / "css"
    css.mkdir(parents=True)
    (css / "base.css").write_text("@import '../admin/css/base.css';\n" + "a { color: red }\n" * 50)
    build(tmp_path / "assets", f"admin={corpora['Django']}/admin", "-o", out, check=True)
    by_brotli, by_gzip, identity, plain = answers(out, "css/base.css")
    hashed = json.loads((out / "staticfiles.json").read_text())["paths"]["css/base.css"]
    for answer in (by_brotli, by_gzip, identity):
        assert answer["url"] == f"/static/{hashed}"
        assert answer["status"] == 200
        assert answer["type"].startswith("text/css")
        assert "immutable" in answer["cache"] and "max-age=315360000" in answer["cache"]
    assert by_brotli["encoding"] == "br"
    assert by_gzip["encoding"] == "gzip"
    assert identity["encoding"] is None
    assert plain["status"] == 200 and plain["encoding"] == "br" and plain["cache"] == "max-age=60, public"


def test_whitenoise_gives_unhashed_files_a_short_life(tmp_path):
    out = tmp_path / "out"
    source = tmp_path / "assets"
    source.mkdir()
    # The name of one looks hashed.
    for name in ("sw.js", "lib.js", "lib.0123456789ab.js"):
        (source / name).write_text(f"{name};\n" * 100)
    build(source, "-o", out, "--unhashed", "sw.js", "--unhashed", "lib.0*", check=True)
    for name in ("sw.js", "lib.0123456789ab.js"):
        by_brotli, by_gzip, identity, plain = answers(out, name)
        for answer in (by_brotli, by_gzip, identity, plain):
            assert answer["url"] == f"/static/{name}"
            assert answer["status"] == 200
            assert answer["cache"] == "max-age=60, public"
        assert [by_brotli["encoding"], by_gzip["encoding"], identity["encoding"]] == ["br", "gzip", None]
