"""Runs real Django's collectstatic, once for every job: a JSON object on each line of stdin, a JSON answer on stdout.

Each job runs in a child process of its own, forked after Django is imported: settings and storages are fresh, and it is
still quick enough for thousands of jobs.
"""

import io
import json
import os
import sys
import traceback

import django
import django.contrib.staticfiles.management.commands.collectstatic  # noqa: F401
import django.contrib.staticfiles.storage
import whitenoise.storage  # noqa: F401
from django.conf import settings

STORAGES = {
    "manifest": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    "whitenoise": "whitenoise.storage.CompressedManifestStaticFilesStorage",
}


def collect(job):
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles"],
        STATIC_ROOT=job["out"],
        STATIC_URL=job.get("static_url", "/static/"),
        STATICFILES_DIRS=job["sources"],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        WHITENOISE_KEEP_ONLY_HASHED_FILES=job.get("keep_only_hashed", False),
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": STORAGES[job.get("storage", "manifest")]},
        },
    )
    django.setup()
    storage = django.contrib.staticfiles.storage.ManifestStaticFilesStorage
    storage.support_js_module_import_aggregation = job.get("js_modules", False)
    storage.max_post_process_passes = job.get("max_passes", 5)
    # The object's repr holds its address.
    storage.__repr__ = lambda self: "<STORAGE>"

    from django.core.management import call_command

    stderr = io.StringIO()
    try:
        call_command("collectstatic", interactive=False, verbosity=0, stderr=stderr)
    except Exception as error:
        # 6.1 puts the notes into the CommandError; before, the exception itself comes out.
        text = str(error)
        return {"ok": False, "error": text, "error_type": type(error).__name__, "stderr": stderr.getvalue().strip()}
    return {"ok": True}


def in_child(job):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            answer = collect(job)
        except BaseException:
            answer = {"ok": False, "crash": traceback.format_exc()}
        with os.fdopen(write, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        answer = json.load(pipe)
    os.waitpid(child, 0)
    return answer


for line in sys.stdin:
    print(json.dumps(in_child(json.loads(line))), flush=True)
