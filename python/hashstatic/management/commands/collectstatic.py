"""Django's ``collectstatic``; with ``--dry-run`` it also reports every error that would stop post-processing.

Problems of the files and of the settings are shown as texts, and not as tracebacks. (Django does so since 6.1, for the
former.) All else is as with Django's command, which leaves copying to the binary, too: see `hashstatic._deferred`.
"""

from __future__ import annotations

import os
from typing import Any

from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands.collectstatic import Command as DjangoCommand
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

from hashstatic._errors import with_notes
from hashstatic._failures import is_made
from hashstatic.storage import ManifestStaticFilesStorage


class Command(DjangoCommand):
    def handle(self, **options: Any) -> str | None:
        try:
            summary: str | None = super().handle(**options)
        except ImproperlyConfigured as error:
            raise CommandError(f"The settings are wrong: {error}") from error
        return summary

    def collect(self) -> dict[str, list[str]]:
        try:
            collected: dict[str, list[str]] = super().collect()
        except CommandError:
            raise
        except Exception as error:
            if is_made(error):
                raise CommandError(with_notes(error)) from error
            raise
        if self.dry_run and self.post_process and isinstance(self.storage, ManifestStaticFilesStorage):
            self.report_broken_references(self.storage)
        return collected

    def report_broken_references(self, storage: ManifestStaticFilesStorage) -> None:
        found: dict[str, tuple[Any, str]] = {}
        for finder in get_finders():
            for path, source in finder.list(self.ignore_patterns):
                prefix = getattr(source, "prefix", None)
                found.setdefault(os.path.join(prefix, path) if prefix else path, (source, path))
        broken = storage.broken_references(found)
        for name, exception in broken:
            self.stderr.write(f"Post-processing '{name}' would fail: {with_notes(exception)}")
        if broken:
            raise CommandError(f"Post-processing would fail: {len(broken)} error{'s'[: len(broken) > 1]} found.")
