"""Settings for Django's own `runtests.py`: SQLite, and our storage wherever its tests name Django's.

Appends a line per `post_process` call to the file $COUNTS: `binary`, `django` or `dry-run`.
"""

import os

import django.contrib.staticfiles.storage as django_storage
from test_sqlite import *  # noqa: F403

import hashstatic.storage as ours

COUNTS = os.environ["COUNTS"]


def note(what):
    with open(COUNTS, "a") as file:
        file.write(what + "\n")


class Counting(ours.ManifestStaticFilesStorage):
    def post_process(self, paths, dry_run=False, **options):
        note("dry-run" if dry_run else "call")
        return super().post_process(paths, dry_run=dry_run, **options)


build = ours.build


def counted_build(*arguments):
    note("binary")
    return build(*arguments)


ours.build = counted_build
django_storage.ManifestStaticFilesStorage = Counting
