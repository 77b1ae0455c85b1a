"""examples/django-docker does what it promises: the three incidents cannot happen."""

import http.client
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import brotli
import pytest
import yaml

from deployment import EXAMPLE, Deployment, instructions, runs

BROWSER = Path(__file__).resolve().parent.parent / "browser"
HTTPS = {"Host": "example.com", "X-Forwarded-Proto": "https"}  # as the proxy that ends TLS
IMMUTABLE = "max-age=31536000, public, immutable"


@pytest.fixture(scope="session")
def first(tmp_path_factory):
    """The example, built; tests that change it take a copy."""
    deployment = Deployment(tmp_path_factory.mktemp("first"))
    deployment.build_css()
    built = deployment.build_static()
    assert built.returncode == 0, built.stderr
    migrated = deployment.run("python", "manage.py", "migrate", "--noinput")
    assert migrated.returncode == 0, migrated.stderr
    return deployment


@pytest.fixture
def changed(first, tmp_path):
    """A copy, to be changed."""
    shutil.copytree(first.directory, tmp_path / "copy", symlinks=True)
    deployment = object.__new__(Deployment)
    deployment.directory = tmp_path / "copy"
    deployment.app, deployment.bin = deployment.directory / "app", deployment.directory / "bin"
    deployment.static_root = deployment.app / "staticfiles"
    return deployment


@pytest.fixture(scope="module")
def server(first):
    with first.serve() as server:
        yield server


def request(server, method, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {**HTTPS, **headers})
    response = connection.getresponse()
    response.body = response.read()
    connection.close()
    return response


def css_url(server):
    page = request(server, "GET", "/")
    assert page.status == 200
    return re.search(r'href="(/static/css/output\.[0-9a-f]{12}\.css)"', page.body.decode())[1]


def files(root):
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_the_static_stage_needs_neither_secrets_nor_node_nor_django():
    stage = instructions("Dockerfile", "static")
    assert not [line for line in stage if re.search("SECRET_KEY|DJANGO|npm|python |manage.py", line)]
    assert [line for line in stage if line.startswith("RUN ") and "--require css/output.css" in line]


def test_the_page_and_its_style_sheet(first, server):
    url = css_url(server)
    response = request(server, "GET", url, Accept_Encoding="gzip, br")
    assert response.status == 200
    assert response.headers["Content-Encoding"] == "br"
    assert response.headers["Cache-Control"] == IMMUTABLE
    css = brotli.decompress(response.body).decode()
    assert ".text-3xl" in css
    for reference in re.findall(r"url\(\.\./(img/leaf\..*?)\)", css):
        image = request(server, "GET", f"/static/{reference}")
        assert (image.status, image.headers["Cache-Control"]) == (200, IMMUTABLE)
    assert request(server, "GET", "/static/css/output.css").status == 404  # only hashed names are there
    manifest = request(server, "GET", "/static/staticfiles.json")
    assert manifest.headers["Cache-Control"] == "max-age=60, public"
    assert f"/static/{json.loads(manifest.body)['paths']['css/output.css']}" == url


def test_everything_that_the_pages_name_is_there(server):
    for page in "/", "/contact/", "/admin/login/":
        response = request(server, "GET", page)
        assert response.status == 200
        urls = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', response.body.decode()))
        assert urls
        for url in urls:
            assert re.search(r"\.[0-9a-f]{12}\.", url), url
            assert request(server, "GET", url).status == 200, url


def test_plain_http_is_sent_to_https_but_for_the_health_check(server):
    assert request(server, "GET", "/", X_Forwarded_Proto="http").headers["Location"] == "https://example.com/"
    (line,) = (line for line in instructions("Dockerfile", "production") if line.startswith("HEALTHCHECK "))
    code = re.search(r'"-c", "(.*?)"\]', line)[1].replace(":8000", f":{server.port}")
    subprocess.run(["python3", "-c", code], check=True)


def test_a_form_is_taken_from_the_trusted_origins_alone(server):
    form = request(server, "GET", "/contact/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.body.decode())[1]
    cookie = form.headers["Set-Cookie"].partition(";")[0]
    fields = {"csrfmiddlewaretoken": token, "name": "Ada", "email": "ada@example.com", "text": "Hello"}
    for origin, status in {
        "https://example.com": 302,
        "https://www.example.com": 302,
        "https://elsewhere.example": 403,
    }.items():
        response = request(
            server,
            "POST",
            "/contact/",
            urlencode(fields),
            Origin=origin,
            Cookie=cookie,
            Content_Type="application/x-www-form-urlencoded",
        )
        assert response.status == status, origin


@pytest.mark.parametrize("variable", ["CSRF_TRUSTED_ORIGINS", "ALLOWED_HOSTS", "SECRET_KEY"])
@pytest.mark.parametrize("value", [None, ""])
def test_nothing_starts_without_its_environment(first, variable, value):
    for command in (
        ["gunicorn", "config.wsgi", "--bind", "127.0.0.1:0"],
        ["python", "manage.py", "migrate", "--check"],
        ["celery", "-A", "config", "report"],
    )[: 3 if value is None else 1]:
        failed = first.run(*command, **{variable: value})
        assert failed.returncode != 0
        assert f"ValueError: {variable} must be set for production" in failed.stderr


def test_gunicorn_has_production_settings_even_if_nobody_says_so(first):
    failed = first.run("gunicorn", "config.wsgi", "--check-config", DJANGO_SETTINGS_MODULE=None, SECRET_KEY=None)
    assert "ValueError: SECRET_KEY must be set for production" in failed.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda css: css.unlink(), "error: css/output.css: required, but in no source root"),
        (lambda css: css.write_text(""), "error: css/output.css: required, but empty"),
        (
            lambda css: css.write_text(css.read_text().replace("leaf.svg", "laef.svg")),
            '"../img/laef.svg" resolves to img/laef.svg, which is not in any source root\n'
            "  help: did you mean img/leaf.svg?",
        ),
    ],
    ids=["missing", "empty", "misspelt"],
)
def test_a_broken_style_sheet_stops_the_image(changed, change, message):
    before = files(changed.static_root)
    change(changed.app / "static/css/output.css")
    failed = changed.build_static()
    assert failed.returncode == 1
    assert message in failed.stderr
    assert files(changed.static_root) == before  # nothing half-made
    shutil.rmtree(changed.static_root)
    assert changed.build_static().returncode == 1
    assert not files(changed.static_root) if changed.static_root.exists() else True


def test_a_changed_style_sheet_has_a_new_url_and_the_old_one_answers(changed):
    with changed.serve() as server:
        old = css_url(server)
        body = request(server, "GET", old).body
    source = changed.app / "frontend/input.css"
    for n in range(1, 4):
        source.write_text(f"{source.read_text()}\n.release-{n} {{ order: {n}; }}\n")
        subprocess.run(["npm", "run", "build:css"], cwd=changed.app, check=True, capture_output=True)
        built = changed.build_static()
        assert built.returncode == 0, built.stderr
        if n == 1:
            with changed.serve() as server:
                assert css_url(server) != old
                response = request(server, "GET", old)
                assert (response.status, response.headers["Cache-Control"]) == (200, IMMUTABLE)
                assert response.body == body
        kept = (changed.static_root / old.removeprefix("/static/")).exists()
        assert kept == (n < 3)  # clean --keep 3


def test_the_deployment_check(first, changed):
    passed = first.run(first.app / "deploy-check.sh")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert len(re.findall("^ok ", passed.stdout, re.M)) == 8
    (css,) = changed.static_root.glob("css/output.*.css")
    css.write_text("")
    failed = changed.run(changed.app / "deploy-check.sh", SECRET_KEY="short")
    assert failed.returncode == 1
    assert re.findall("^FAILED +(.*)", failed.stdout, re.M) == [
        "manage.py check --deploy",
        "the static root is whole, css/output.css is in it",
        "the manifest names css/output.css, with .gz and .br",
    ]


def test_collectstatic_collects_the_same(first, changed):
    """Dockerfile.collectstatic, and that --apps of the other one is what INSTALLED_APPS has."""
    shutil.rmtree(changed.static_root)
    (command,) = (line for line in runs("Dockerfile.collectstatic", "production") if "collectstatic" in line)
    collected = changed.run("/bin/sh", "-c", command, SECRET_KEY=None, CSRF_TRUSTED_ORIGINS=None, ALLOWED_HOSTS=None)
    assert collected.returncode == 0, collected.stdout + collected.stderr

    def paths(deployment):
        return json.loads((deployment.static_root / "staticfiles.json").read_text())["paths"].keys()

    assert paths(changed) == paths(first)
    passed = changed.run(changed.app / "deploy-check.sh")
    assert passed.returncode == 0, passed.stdout + passed.stderr


def test_every_service_names_its_settings_and_its_origins():
    compose = yaml.safe_load((EXAMPLE / "docker-compose.prod.yml").read_text())
    services = {name: service for name, service in compose["services"].items() if service["image"] == "meadow"}
    assert services.keys() == {"web", "migrate", "celery", "celery-beat"}
    example = (EXAMPLE / ".env.example").read_text()
    for service in services.values():
        environment = service["environment"]
        assert environment["DJANGO_SETTINGS_MODULE"] == "config.settings.production"
        for name in "CSRF_TRUSTED_ORIGINS", "ALLOWED_HOSTS", "SECRET_KEY":
            assert environment[name] == f"${{{name}:?set it in .env}}"
            assert f"\n{name}=" in example
    assert "DJANGO_SETTINGS_MODULE=config.settings.production" in " ".join(instructions("Dockerfile", "production"))


def test_the_lock_file_says_nothing_of_a_registry():
    assert '"resolved"' not in (EXAMPLE / "package-lock.json").read_text()


def test_the_page_is_styled(server):
    """Chromium has the style sheet's rules and its image, all requests succeed, and the CSS comes as Brotli."""
    answer = subprocess.run(
        ["node", BROWSER / "page.mjs", f"http://127.0.0.1:{server.port}/"],
        capture_output=True,
        check=True,
        env=os.environ,
    )
    seen = json.loads(answer.stdout)
    assert seen["heading"] == {"fontSize": "30px", "fontWeight": "700"}  # text-3xl font-bold
    assert seen["header"]["backgroundColor"] == "rgb(12, 75, 51)"  # .masthead, by way of --color-brand
    assert re.search(r"/img/leaf\.[0-9a-f]{12}\.svg", seen["header"]["backgroundImage"])
    responses = seen["responses"]
    assert {response["status"] for response in responses} == {200}
    (css,) = (response for response in responses if "/css/output." in response["url"])
    assert css["encoding"] == "br"
    assert any("/img/leaf." in response["url"] for response in responses)
