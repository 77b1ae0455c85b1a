"""WhiteNoise serves our static root as it would its own: variants, and `immutable` for hashed names."""

import gzip

import brotli
import in_django  # noqa: F401
import pytest
from builds import default_build
from django.core.files.storage import storages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context, engines
from django.test import Client, override_settings
from django.utils.functional import empty

FOREVER = "max-age=315360000, public, immutable"
NOT_LONG = "max-age=60, public"


@pytest.fixture(scope="module")
def root():
    return default_build("Django")


@pytest.fixture
def client(root):
    with override_settings(STATIC_ROOT=str(root)):
        forget_storage()
        yield Client()
    forget_storage()


def forget_storage():
    staticfiles_storage._wrapped = empty
    storages._storages.clear()


def static(path):
    template = engines["django"].from_string("{% load static %}{% static path %}")
    return template.render({"path": path})


def get(client, url, encoding=""):
    response = client.get(url, headers={"accept-encoding": encoding})
    assert response.status_code == 200, url
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response, body


def test_the_static_tag_gives_the_hashed_url(client, root):
    url = static("admin/css/base.css")
    assert url.startswith("/static/admin/css/base.")
    assert url != "/static/admin/css/base.css"
    assert (root / url.removeprefix("/static/")).is_file()


def test_a_missing_entry_is_an_error(client):
    with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
        static("admin/css/nope.css")


@pytest.mark.parametrize(
    "encoding, decode", [("br", brotli.decompress), ("gzip", gzip.decompress), ("gzip, br", brotli.decompress)]
)
def test_variants_are_served(client, root, encoding, decode):
    url = static("admin/css/base.css")
    response, body = get(client, url, encoding)
    assert response.headers["Content-Encoding"] == encoding.rpartition(" ")[2]
    assert response.headers["Content-Type"] == 'text/css; charset="utf-8"'
    assert response.headers["Vary"] == "Accept-Encoding"
    assert decode(body) == (root / url.removeprefix("/static/")).read_bytes()


def test_without_an_encoding_the_file_itself_is_served(client, root):
    url = static("admin/css/base.css")
    response, body = get(client, url)
    assert "Content-Encoding" not in response.headers
    assert body == (root / url.removeprefix("/static/")).read_bytes()


@pytest.mark.parametrize("path", ["admin/css/base.css", "admin/js/core.js", "admin/img/icon-yes.svg"])
def test_hashed_names_are_cached_for_ever_and_plain_ones_are_not(client, path):
    hashed, _ = get(client, static(path), "br")
    plain, _ = get(client, "/static/" + path, "br")
    assert hashed.headers["Cache-Control"] == FOREVER
    assert plain.headers["Cache-Control"] == NOT_LONG
