"""System checks for static files, run by ``manage.py check --deploy``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.conf import STATICFILES_STORAGE_ALIAS, settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage, storages
from django.utils.module_loading import import_string

from hashstatic import _manifest

SECURITY = "django.middleware.security.SecurityMiddleware"
WHITENOISE = "whitenoise.middleware.WhiteNoiseMiddleware"
CSRF = "django.middleware.csrf.CsrfViewMiddleware"
COLLECT = "Run `manage.py collectstatic` after the last change of static files, and ship the whole STATIC_ROOT."
DAMAGED = "Remove it and run `manage.py collectstatic`: with this storage, Django does not start while it is there."
OURS = "hashstatic"
DJANGOS = "django.contrib.staticfiles"
# The number of names that a message shows.
SHOWN = 3


@register(Tags.staticfiles, deploy=True)
def check_static_files(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Compares the static root, the manifest and the files that the finders find."""
    # The class before an instance: the instance cannot be made if the manifest is broken.
    try:
        backend = import_string(settings.STORAGES[STATICFILES_STORAGE_ALIAS]["BACKEND"])
    except (AttributeError, ImportError, KeyError, TypeError):
        return []  # Django reports that itself
    if not isinstance(backend, type):
        return []
    if not issubclass(backend, ManifestFilesMixin):
        return [
            Warning(
                f"The staticfiles storage {_name(backend)} gives files no content hash.",
                hint="Browsers may go on using old files after a deployment. Set "
                'STORAGES["staticfiles"]["BACKEND"] to "hashstatic.storage.ManifestStaticFilesStorage".',
                id="hashstatic.W004",
            )
        ]
    try:
        storage = storages[STATICFILES_STORAGE_ALIAS]
        manifest = storage.read_manifest()
        paths = _manifest.names(storage.load_manifest()[0], storage.manifest_name) if manifest is not None else None
    except ImproperlyConfigured as error:
        hint = "Correct the setting." if settings.STATIC_ROOT else "Set STATIC_ROOT to a directory."
        return [Error(str(error), hint=hint, id="hashstatic.E002")]
    except _manifest.ERRORS as error:
        hint = _manifest.HELP if _is_ours(backend) else DAMAGED
        return [Error(f"The manifest of the static files cannot be read: {error}", hint=hint, id="hashstatic.E002")]
    if paths is None:
        return [
            Error(f"There is no manifest of static files: {storage.manifest_name}.", hint=COLLECT, id="hashstatic.E001")
        ]
    return [*_missing_files(storage, paths), *_out_of_date(storage, paths)]


def _missing_files(storage: Any, paths: dict[str, str]) -> Iterator[CheckMessage]:
    missing = [hashed for hashed in paths.values() if not _exists(storage, hashed)]
    if missing:
        yield Error(
            f"STATIC_ROOT lacks {_count(missing)} the manifest names: {_some(missing)}.",
            hint=COLLECT,
            id="hashstatic.E003",
        )


def _exists(storage: Any, name: str) -> bool:
    try:
        return bool(storage.exists(name))
    except (OSError, SuspiciousFileOperation, ValueError):  # outside of STATIC_ROOT, too long, with a NUL
        return False


def _is_ours(backend: type) -> bool:
    from hashstatic.storage import ManifestStaticFilesStorage

    return issubclass(backend, ManifestStaticFilesStorage)


def _out_of_date(storage: Any, paths: dict[str, str]) -> Iterator[CheckMessage]:
    """Files that are not in the manifest, or newer than it."""
    try:
        written = storage.manifest_storage.get_modified_time(storage.manifest_name)
    except NotImplementedError:
        written = None
    stale = []
    for name, source, path in _found():
        if storage.clean_name(name) not in paths or (
            written is not None and isinstance(source, FileSystemStorage) and source.get_modified_time(path) > written
        ):
            stale.append(name)
    if stale:
        yield Warning(
            f"The manifest of the static files is older than {_count(stale)} it should have: {_some(stale)}.",
            hint=COLLECT,
            id="hashstatic.W005",
        )


def _found() -> Iterator[tuple[str, Any, str]]:
    """(name, source storage, path there) of each file that collectstatic would collect."""
    ignore: list[str] = []
    if apps.is_installed(DJANGOS):
        ignore = apps.get_app_config("staticfiles").ignore_patterns
    seen = set()
    for finder in get_finders():
        for path, source in finder.list(ignore):
            prefix = getattr(source, "prefix", None)
            name = os.path.join(prefix, path) if prefix else path
            if name not in seen:
                seen.add(name)
                yield name, source, path


@register(Tags.staticfiles)
def check_order_of_apps(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Reports that Django's ``collectstatic`` is used instead of ours: the first app that has a command wins."""
    order = [config.name for config in apps.get_app_configs() if config.name in (OURS, DJANGOS)]
    if order != [DJANGOS, OURS]:
        return []
    return [
        Warning(
            f'"{OURS}" comes after "{DJANGOS}" in INSTALLED_APPS: collectstatic is Django\'s own command.',
            hint=f'Put "{OURS}" before "{DJANGOS}".',
            id="hashstatic.W010",
        )
    ]


@register(Tags.staticfiles, deploy=True)
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Reports settings with which static files, or forms, fail in production only."""
    messages: list[CheckMessage] = []
    if settings.DEBUG:
        messages.append(
            Warning(
                "DEBUG is on: static files are served without their content hash.",
                hint="Set DEBUG = False where the site is deployed.",
                id="hashstatic.W006",
            )
        )
    messages += _white_noise(list(settings.MIDDLEWARE))
    https = settings.SECURE_SSL_REDIRECT or settings.CSRF_COOKIE_SECURE or settings.SESSION_COOKIE_SECURE
    origins_known = settings.CSRF_TRUSTED_ORIGINS or settings.SECURE_PROXY_SSL_HEADER is not None
    if https and CSRF in settings.MIDDLEWARE and not origins_known:
        messages.append(
            Warning(
                "The site is served over https and CSRF_TRUSTED_ORIGINS is empty.",
                hint="Behind a proxy that ends TLS, every form is refused: set CSRF_TRUSTED_ORIGINS to "
                '["https://your.host"], or SECURE_PROXY_SSL_HEADER if the proxy sends such a header. Silence this '
                "check if the server that runs Django ends TLS.",
                id="hashstatic.W009",
            )
        )
    return messages


def _white_noise(middleware: list[str]) -> Iterator[CheckMessage]:
    """Whether WhiteNoise's middleware is there, and in its place, for storages that need it."""
    if WHITENOISE not in middleware:
        backend = settings.STORAGES.get(STATICFILES_STORAGE_ALIAS, {}).get("BACKEND", "")
        if backend.startswith("whitenoise.") or backend.endswith(".CompressedManifestStaticFilesStorage"):
            yield Warning(
                f"{backend} is used, and WhiteNoise's middleware is not.",
                hint=f"Put {WHITENOISE!r} into MIDDLEWARE, directly after {SECURITY!r}. Silence this check if another "
                "server delivers STATIC_ROOT.",
                id="hashstatic.W007",
            )
        return
    before = middleware[: middleware.index(WHITENOISE)]
    if before not in ([], [SECURITY]):
        yield Warning(
            f"WhiteNoise's middleware comes after {_some([name for name in before if name != SECURITY])}.",
            hint=f"Put it first in MIDDLEWARE, or directly after {SECURITY!r}: other middleware does not have to see "
            "requests for static files, and may break them.",
            id="hashstatic.W008",
        )


def _count(names: list[str]) -> str:
    return "1 file that" if len(names) == 1 else f"{len(names)} files that"


def _some(names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(map(repr, names[:SHOWN])) + more


def _name(of: type) -> str:
    return f"{of.__module__}.{of.__qualname__}"
