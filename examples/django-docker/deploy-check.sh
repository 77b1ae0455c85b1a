#!/bin/sh
# What has to be true of a deployment, asked of the very image that is to be deployed:
#
#   docker run --rm --env-file .env meadow /app/deploy-check.sh
set -eu
cd "$(dirname "$0")/src"
root=../staticfiles

check() {
    description=$1
    shift
    if output=$("$@" 2>&1); then
        echo "ok      $description"
    else
        echo "FAILED  $description"
        echo "$output" | sed 's/^/        /'
        failed=yes
    fi
}
failed=

setting() {
    python -c "from django.conf import settings; import sys; sys.exit(not ($1))"
}

hashed() {
    python - "$root" "$1" <<'PYTHON'
import json, pathlib, sys
root = pathlib.Path(sys.argv[1])
hashed = json.loads((root / "staticfiles.json").read_text())["paths"][sys.argv[2]]
assert hashed != sys.argv[2], f"{hashed} has no hash in its name"
for file in (hashed, hashed + ".gz", hashed + ".br"):
    assert (root / file).stat().st_size > 0, f"{file} is empty"
PYTHON
}

form_post() {
    python - <<'PYTHON'
import django
from django.conf import settings
django.setup()
from django.test import Client
client = Client(enforce_csrf_checks=True, headers={"X-Forwarded-Proto": "https", "Host": settings.ALLOWED_HOSTS[0]})
client.get("/contact/")
form = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}  # else empty: nothing is stored
for origin in settings.CSRF_TRUSTED_ORIGINS:
    status = client.post("/contact/", form, headers={"Origin": origin}).status_code
    assert status == 200, f"a form posted from {origin} was answered with {status}"
PYTHON
}

check "production settings, from the environment" test "$DJANGO_SETTINGS_MODULE" = config.settings.production
check "DEBUG is off" setting "not settings.DEBUG"
check "CSRF_TRUSTED_ORIGINS is set" setting "settings.CSRF_TRUSTED_ORIGINS"
check "the storage is hashstatic's" \
    setting "settings.STORAGES['staticfiles']['BACKEND'] == 'hashstatic.storage.CompressedManifestStaticFilesStorage'"
check "manage.py check --deploy" python manage.py check --deploy --fail-level WARNING
check "the static root is whole, css/output.css is in it" hashstatic verify "$root" --require css/output.css
check "the manifest names css/output.css, with .gz and .br" hashed css/output.css
check "a form POST is not answered with 403" form_post

test -z "$failed"
