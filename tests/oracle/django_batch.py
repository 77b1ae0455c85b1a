"""Runs real Django's collectstatic for many jobs in one process: what collect.py does, ten times as fast, for fuzzing.

collect.py forks for every job, which is the surest reset there is but costs a tenth of a second. Here everything that
Django keeps between two runs is reset by hand; `test_batch_agrees_with_collect` holds the two against each other.

A JSON object on each line of stdin, a JSON answer on stdout:
    {"sources": [DIR, …], "out": DIR, "static_url": "/static/", "js_modules": false, "max_passes": 5, "ignore": [],
     "order": null | "sorted" | "reversed" | N}
`order` is the order in which directories are listed: the file system's, or a fixed one, or one shuffled by N.
"""

import io
import json
import random
import sys

import django
from django.conf import settings
from django.utils.functional import empty

settings.configure(
    INSTALLED_APPS=["django.contrib.staticfiles"],
    STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
    STORAGES={
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    },
)
django.setup()

from django.contrib.staticfiles import finders, storage  # noqa: E402
from django.contrib.staticfiles.management.commands.collectstatic import Command  # noqa: E402
from django.core.files.storage import FileSystemStorage, storages  # noqa: E402
from django.urls.base import clear_script_prefix  # noqa: E402

# The object's repr holds its address.
storage.ManifestStaticFilesStorage.__repr__ = lambda self: "<STORAGE>"

ORDER = None
real_listdir = FileSystemStorage.listdir


def listdir(self, path):
    directories, files = real_listdir(self, path)
    return in_order(directories, path), in_order(files, path)


def in_order(names, path):
    if ORDER is None:
        return names
    names = sorted(names, reverse=ORDER == "reversed")
    if isinstance(ORDER, int):
        random.Random(f"{ORDER} {path}").shuffle(names)
    return names


FileSystemStorage.listdir = listdir

OPTIONS = {
    "interactive": False,
    "verbosity": 0,
    "link": False,
    "clear": False,
    "dry_run": False,
    "post_process": True,
    "use_default_ignore_patterns": True,
}


def reset(job):
    """Settings of this job, and nothing left of the one before."""
    global ORDER
    ORDER = job.get("order")
    settings.STATIC_ROOT = job["out"]
    settings.STATIC_URL = job.get("static_url", "/static/")
    settings.STATICFILES_DIRS = job["sources"]
    manifest_storage = storage.ManifestStaticFilesStorage
    manifest_storage.support_js_module_import_aggregation = job.get("js_modules", False)
    manifest_storage.max_post_process_passes = job.get("max_passes", 5)
    # The storage is made from the settings when it is first asked for; so are the finders.
    storage.staticfiles_storage._wrapped = empty
    storages._storages.clear()
    finders.get_finder.cache_clear()
    clear_script_prefix()


def collect(job):
    reset(job)
    stderr = io.StringIO()
    # Not call_command(): parsing arguments and the system checks take longer than the collecting.
    command = Command(stdout=io.StringIO(), stderr=stderr, no_color=True)
    try:
        command.set_options(**OPTIONS, ignore_patterns=list(job.get("ignore", [])))
        command.collect()
    except Exception as error:
        # 6.1 puts the notes into the CommandError; before, the exception itself comes out.
        return {
            "ok": False,
            "error": str(error),
            "error_type": type(error).__name__,
            "stderr": stderr.getvalue().strip(),
        }
    return {"ok": True}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(collect(json.loads(line))), flush=True)
