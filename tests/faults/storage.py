"""collectstatic with the storage backend, where the Python of an environment with Django is given."""

import shutil
import subprocess
from pathlib import Path

COLLECTSTATIC = """
import sys
import django
from django.conf import settings
from django.core.management import call_command
source, out = sys.argv[1:]
settings.configure(
    INSTALLED_APPS=["hashstatic", "django.contrib.staticfiles"],
    STATIC_URL="/static/", STATIC_ROOT=out, STATICFILES_DIRS=[source],
    STORAGES={"staticfiles": {"BACKEND": "hashstatic.storage.ManifestStaticFilesStorage"}},
)
django.setup()
call_command("collectstatic", interactive=False, verbosity=0)
"""
PACKAGE = Path(__file__).resolve().parents[2] / "python" / "hashstatic"


class Storage:
    """Builds as the binary does, by way of Django."""

    def __init__(self, options):
        self.python = options.django
        # Laid out as `pip install --target` does it.
        self.packages = options.scratch / "packages"
        shutil.copytree(PACKAGE, self.packages / "hashstatic")
        (self.packages / "bin").mkdir()
        (self.packages / "bin" / "hashstatic").symlink_to(options.copy)

    def __call__(self, source, out):
        done = subprocess.run(
            [self.python, "-c", COLLECTSTATIC, source, out],
            env={"PYTHONPATH": str(self.packages), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"an undisturbed collectstatic fails: {done.stderr}")
