"""Storage backends: Django's and WhiteNoise's manifest storages, with ``post_process`` done by the binary.

    STORAGES = {"staticfiles": {"BACKEND": "hashstatic.storage.CompressedManifestStaticFilesStorage"}}

What is written is byte for byte what the running Django writes, unless options ask for more. Where a subclass changes
how Django processes files, its own code does the work, and a FallbackWarning says so.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, cast

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage as DjangoStorage
from django.contrib.staticfiles.utils import matches_patterns
from django.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage
from django.core.management.base import CommandError

from hashstatic import _copy, _deferred, _leftovers, _manifest, _rule, _stale
from hashstatic._answer import Asset
from hashstatic._build import BinaryFailed, File, InputErrors, build, finish
from hashstatic._deferred import Deferred
from hashstatic._errors import Misconfigured, add_note, warn
from hashstatic._failures import MADE, exceptions, one_by_one
from hashstatic._manifest import ToleratesDamage
from hashstatic._manifest_file import ManifestFile
from hashstatic._options import ATTRIBUTES, NO_VARIANTS, StorageOptions
from hashstatic._utf8 import utf8

try:
    from whitenoise.storage import CompressedManifestStaticFilesStorage as _WhiteNoise
except ImportError:
    _WhiteNoise = None

__all__ = ["CompressedManifestStaticFilesStorage", "FallbackWarning", "ManifestStaticFilesStorage"]

Paths = Mapping[str, tuple[Any, str]]
Processed = Iterator[tuple[str, "str | None", "bool | Exception"]]


class FallbackWarning(UserWarning):
    """Django's own code post-processes, which is slower, as the binary cannot do what a subclass changes."""


class ManifestStaticFilesStorage(ToleratesDamage, DjangoStorage):
    """Django's storage of the same name; the binary does the work of ``post_process``.

    Takes the options of ``StorageOptions`` besides Django's.
    """

    manifest_storage: Any
    # The work that collectstatic leaves to post_process; set for one run.
    deferred: Deferred | None = None
    # Whether all that the manifest names is on the disk.
    _is_synced = False
    _compressed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.options = StorageOptions.taken_from(
            kwargs, storage=type(self), ours=ManifestStaticFilesStorage, compressed=self._compressed
        )
        attributes = {name: kwargs.pop(name) for name in ATTRIBUTES if name in kwargs}
        self.__dict__.update(attributes)
        try:
            super().__init__(*args, **kwargs)
        except ImproperlyConfigured as error:
            raise Misconfigured(str(error)) from error
        self.__dict__.update(attributes)  # WhiteNoise has a setting for one of them

    def __repr__(self) -> str:
        """Part of Django's messages, which would otherwise have an address in memory."""
        return f"<{_rule.path_of(type(self))}>"

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Saves as Django does; a plain file is copied faster."""
        if self._next_is_djangos() and max_length is None and _copy.save(self, name, content):
            return cast(str, name)
        return super().save(name, content, max_length=max_length)

    def _next_is_djangos(self) -> bool:
        """Whether no class between ours and Django's overrides ``save``."""
        return getattr(super().save, "__func__", None) is _copy.DJANGOS_SAVE

    def may_copy_later(self) -> bool:
        """Whether ``collectstatic`` may leave copying to ``post_process``: nobody reads the files before that."""
        return _rule.why_not(self, _rule.COPYING) is None

    def why_not(self) -> str | None:
        """Why Django's own code has to post-process the files. None: the binary may."""
        return _rule.why_not(self, _rule.HASHING)

    def post_process(self, paths: Paths, dry_run: bool = False, **options: Any) -> Processed:
        """Hashes the files; yields (name, hashed name, processed) as Django does."""
        deferred, self.deferred = self.deferred, None
        if dry_run:
            return
        in_the_way = _manifest.in_the_way(self._manifest_file())
        if in_the_way:
            raise CommandError(in_the_way)
        self.warn_of_manifest()
        why_not = self.why_not() or _rule.why_not_from(paths)
        if why_not is None:
            if deferred is not None and (stale := _stale.stale(self.path(""), paths, deferred.copies)):
                warn(_stale.text(stale))
            yield from self._post_process_by_binary(paths, deferred or Deferred())
            return
        lost = self.options.without_django()
        lost_too = f" Without effect: {', '.join(lost)}." if lost else ""
        warn(f"{why_not}: Django's own code post-processes the files.{lost_too}", FallbackWarning)
        self._require(paths)
        if deferred is not None:
            deferred.catch_up(self)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def binary_arguments(self) -> list[str]:
        """The binary's arguments with which it writes what this storage would; used by ``--from-django``, too."""
        arguments = [
            f"--out={utf8(self.path(''))}",
            f"--static-url={settings.STATIC_URL}",
            f"--file-mode={_octal(self.file_permissions_mode) or 'umask'}",
            f"--manifest={utf8(self._manifest_path())}",
            *self.options.arguments(),
            *self.options.plain_arguments(self._keeps_only_hashed()),
            *self._variant_arguments(),
        ]
        if self.directory_permissions_mode is not None:
            arguments.append(f"--dir-mode={_octal(self.directory_permissions_mode)}")
        if _rule.js_modules(self):
            arguments.append("--js-modules")
        return arguments

    def broken_references(self, paths: Paths) -> list[tuple[str, Exception]]:
        """(name, exception) of each error that would stop ``post_process``; writes nothing."""
        if self.why_not() or _rule.why_not_from(paths):
            return []
        try:
            self._build(paths, Deferred(), "--dry-run")
        except InputErrors as failed:
            return one_by_one(failed.errors, self)
        return []

    def _post_process_by_binary(self, paths: Paths, deferred: Deferred) -> Processed:
        try:
            self._make_way(paths, deferred)
            assets, pending = self._build(paths, deferred)
        except InputErrors as failed:
            for name, exception in exceptions(failed.errors, self):
                if isinstance(exception, (AssertionError, CommandError, SuspiciousFileOperation)):
                    raise exception from None  # Django's post_process does not catch these either
                yield name, None, self._explained(exception, name)
            return
        hashed_files: dict[str, str] = {}
        adjustable: list[tuple[str, str]] = []
        # Django's order: the deepest files first, then those with references.
        for name in sorted(paths, key=_level, reverse=True):
            clean_name = self.clean_name(name)
            asset = assets[clean_name]
            hashed_files[self.hash_key(clean_name)] = asset.hashed
            if matches_patterns(name, self._patterns):
                adjustable.append((name, asset.hashed))
            else:
                yield name, asset.hashed, asset.new or deferred.clear
        for name, hashed in adjustable:
            yield name, hashed, True
        self.hashed_files = hashed_files
        self._is_synced = True
        try:
            self.save_manifest()
        except OSError as error:
            raise CommandError(f"The manifest cannot be written: {error}") from error
        finally:
            self._is_synced = False
        self._remove_what_is_to_go(paths, deferred, assets, pending)
        yield from self._variants(assets.values())

    def _build(self, paths: Paths, deferred: Deferred, *more: str) -> tuple[dict[str, Asset], str | None]:
        """Runs the binary. Returns the assets by name, and the id for `finish` if there is work for it."""
        arguments = [*self.binary_arguments(), "--no-manifest", "--allow-empty", *more]
        if deferred.clear:
            arguments.append("--clear")
        files = []
        for name, (source, path) in paths.items():
            copied = deferred.copies.get(name)
            files.append(File(name, copied or source.path(path), leave_plain=copied is None))
        try:
            result = build(files, arguments)
        except BinaryFailed as failed:
            raise CommandError(str(failed)) from failed
        for diagnostic in result.diagnostics:
            if diagnostic.severity == "warning":
                warn(str(diagnostic))
        assets = {asset.path: asset for asset in result.assets}
        for name in map(self.clean_name, paths):
            if name not in assets:
                raise CommandError(f"hashstatic has not reported what became of {name!r}.")
        return assets, result.pending

    def _make_way(self, paths: Paths, deferred: Deferred) -> None:
        """Deletes files that ``--clear`` removes and that stand where a directory has to go, and the reverse."""
        names = deferred.in_the_way() if deferred.clear else set()
        if not names:
            return
        self._build(paths, deferred, "--dry-run")  # raises, before anything is deleted, if the files have errors
        for name in names:
            super().delete(name)
            while name := os.path.dirname(name):
                with suppress(OSError):  # not empty
                    os.rmdir(self.path(name))

    def _remove_what_is_to_go(
        self, paths: Paths, deferred: Deferred, assets: dict[str, Asset], pending: str | None
    ) -> None:
        """Removes old files, after the manifest is written: until then the old one names them."""
        if pending is not None:
            self._finish(pending)
        if self._keeps_only_hashed():
            self._unlink_originals(paths)
        if deferred.clear:
            root = self.path("")
            hashed = (name for asset in assets.values() for name in (asset.hashed, *asset.variants))
            _leftovers.remove(root, deferred.cleared, [*paths, *assets, *hashed, self._manifest_path()])

    def _finish(self, pending: str) -> None:
        try:
            finish(utf8(self.path("")), pending)
        except BinaryFailed as failed:
            raise CommandError(str(failed)) from failed

    def _unlink_originals(self, paths: Iterable[str]) -> None:
        """Removes the links of ``collectstatic --link``: the binary removes only files."""
        for name in paths:
            path = self.path(name)
            if os.path.islink(path) and not matches_patterns(name, self.options.keep_original):
                os.unlink(path)

    def _keeps_only_hashed(self) -> bool:
        return not self.options.keep_original_files

    def _variant_arguments(self) -> list[str]:
        return NO_VARIANTS

    def _variants(self, assets: Iterable[Asset]) -> Processed:
        """The items that post_process yields for variants."""
        return iter(())

    def _explained(self, exception: Exception, name: str) -> Exception:
        """The exception that post_process yields for this one."""
        return exception

    def _manifest_path(self) -> str:
        """The path of the manifest, which the binary reads and leaves as it is."""
        if self.manifest_storage is self:
            return self.manifest_name
        try:
            return cast(str, self.manifest_storage.path(self.manifest_name))
        except NotImplementedError:
            return os.devnull  # the manifest is no file: the binary has none to read

    def _manifest_file(self) -> str:
        """The path of the manifest on the disk; of /dev/null, if it is no file."""
        return os.path.join(self.path(""), self._manifest_path())

    def _require(self, paths: Paths) -> None:
        """Fails as the binary does, where Django's own code does the work."""
        for name in self.options.require:
            source, path = paths.get(name, (None, ""))
            if source is None or source.size(path) == 0:
                problem = "empty" if source else "in no source root"
                raise CommandError(f"{name}: required, but {problem}")

    def save_manifest(self) -> None:
        """Writes the manifest as Django does, but renames it into place: there is always a whole one."""
        if self.options.sync and not self._is_synced:
            os.sync()  # Django's own code has written the files, and does not sync
        if not isinstance(self.manifest_storage, FileSystemStorage):
            return super().save_manifest()
        manifest_storage = self.manifest_storage
        self.manifest_storage = ManifestFile(manifest_storage, sync=self.options.sync)
        try:
            super().save_manifest()
        finally:
            self.manifest_storage = manifest_storage


_deferred.install(ManifestStaticFilesStorage)

_white_noise_too = () if _WhiteNoise is None else (_WhiteNoise,)


class CompressedManifestStaticFilesStorage(ManifestStaticFilesStorage, *_white_noise_too):  # type: ignore[misc]
    """WhiteNoise's storage of the same name; hashing and compressing are one run of the binary.

    Needs WhiteNoise only where a subclass makes Django's own code do the work.
    """

    _compressed = True

    if _WhiteNoise is None:

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            manifest_strict = getattr(settings, "WHITENOISE_MANIFEST_STRICT", None)
            if manifest_strict is not None:
                self.manifest_strict = manifest_strict
            super().__init__(*args, **kwargs)

        @property
        def keep_only_hashed_files(self) -> bool:
            return getattr(settings, "WHITENOISE_KEEP_ONLY_HASHED_FILES", False)

    def why_not(self) -> str | None:
        why_not = super().why_not()
        if why_not is not None and _WhiteNoise is None:
            raise ImproperlyConfigured(
                f"{why_not}: Django's own code has to post-process the files, and then WhiteNoise has to compress "
                "them, which is not installed."
            )
        return why_not

    def _keeps_only_hashed(self) -> bool:
        return self.keep_only_hashed_files or super()._keeps_only_hashed()

    def _variant_arguments(self) -> list[str]:
        arguments = self.options.variant_arguments()
        extensions = getattr(settings, "WHITENOISE_SKIP_COMPRESS_EXTENSIONS", None)
        if extensions is not None:
            arguments.append(f"--skip-compress={','.join(extensions)}")
        return arguments

    def _variants(self, assets: Iterable[Asset]) -> Processed:
        for asset in assets:
            for variant in asset.variants:
                yield os.path.splitext(variant)[0], variant, True

    def _explained(self, exception: Exception, name: str) -> Exception:
        if _WhiteNoise is None:
            return exception
        explained = cast(Exception, self.make_helpful_exception(exception, name))
        if explained is not exception:
            for note in getattr(exception, "__notes__", []):
                add_note(explained, note)
            setattr(explained, MADE, True)
        return explained


def _level(name: str) -> int:
    return len(name.split(os.sep))


def _octal(mode: int | None) -> str | None:
    return None if mode is None else f"{mode:o}"
