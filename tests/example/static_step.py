"""The seconds of the static step against those of `collectstatic` with WhiteNoise's storage: docker.py runs this inside
the image of Dockerfile.collectstatic, which has both, as root and in /app.

    python static_step.py 'hashstatic build … --out staticfiles … --cache-dir /cache'

Prints the account as JSON. The commands take turns, so that a busy moment of the machine is not one command's alone.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TURNS = 5
BUILD, AGAIN, WHITENOISE = "hashstatic build", "hashstatic build, warm cache", "collectstatic, WhiteNoise"
# Without our app, whose collectstatic would be in the place of Django's.
SETTINGS = """
from config.settings.production import *
INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "hashstatic"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
STATIC_ROOT = {out!r}
"""


def main(build, directory):
    out, cache = directory / "out", directory / "cache"
    for old, new in (("--out staticfiles", f"--out {out}"), ("--cache-dir /cache", f"--cache-dir {cache}")):
        assert old in build, build
        build = build.replace(old, new)
    (directory / "with_whitenoise.py").write_text(SETTINGS.replace("{out!r}", repr(str(out))))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "with_whitenoise", "PYTHONPATH": str(directory)}
    collectstatic = [sys.executable, "src/manage.py", "collectstatic", "--noinput", "--verbosity=0"]

    # In this order: what the first leaves in the cache is there for the second.
    commands = {BUILD: build.split(), AGAIN: build.split(), WHITENOISE: collectstatic}
    seconds = {label: [] for label in commands}
    roots = {}
    for turn in range(1 + TURNS):
        for label, command in commands.items():
            shutil.rmtree(out, ignore_errors=True)
            if label != AGAIN:
                shutil.rmtree(cache, ignore_errors=True)
            start = time.perf_counter()
            subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
            if turn > 0:  # the first brings the files into memory
                seconds[label].append(time.perf_counter() - start)
            roots[label] = account(out)
    assets = {label: root.pop("assets") for label, root in roots.items()}
    assert assets[BUILD] == assets[WHITENOISE], set(assets[BUILD]) ^ set(assets[WHITENOISE])
    print(json.dumps({"seconds": seconds, "roots": roots, "assets": len(assets[BUILD])}))


def account(root):
    files = [path for path in root.rglob("*") if path.is_file()]
    kinds = {suffix: sum(path.suffix == suffix for path in files) for suffix in (".gz", ".br")}
    assert all(kinds.values()), kinds  # else something was left out, and its time with it
    manifest = json.loads((root / "staticfiles.json").read_text())
    return {"assets": sorted(manifest["paths"]), "files": len(files), "bytes": sum(f.stat().st_size for f in files)}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="static-step-") as name:
        main(sys.argv[1], Path(name))
