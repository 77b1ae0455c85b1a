"""The manifest as it is read: what is damaged in it, and what to do about that."""

from __future__ import annotations

import os
from typing import Any

from django.contrib.staticfiles.storage import ManifestFilesMixin
from django.core.exceptions import ImproperlyConfigured

from hashstatic._errors import add_note, warn

# What Django raises at a manifest that is not one: AttributeError for a list.
ERRORS = (AttributeError, OSError, RecursionError, TypeError, ValueError)
HELP = "Run `manage.py collectstatic`, which replaces it."


class Damaged(dict[str, str]):
    """Stands for the names of a manifest that cannot be read, with the reason."""

    def __init__(self, why: Exception) -> None:
        super().__init__()
        self.why = why


def names(paths: Any, manifest: str) -> dict[str, str]:
    """The names in a manifest. Raises ValueError, which Django does not, if they have another form."""
    if isinstance(paths, dict) and all(type(name) is str and type(hashed) is str for name, hashed in paths.items()):
        return paths
    raise ValueError(f"Couldn't load manifest '{manifest}': its \"paths\" are not an object of strings")


def is_damage(error: Exception) -> bool:
    """Whether the error says that the manifest is damaged, and not that the settings are wrong."""
    return isinstance(error, ERRORS) and not isinstance(error, ImproperlyConfigured)


def in_the_way(path: str) -> str | None:
    """Why no manifest can be written there: a directory that is not empty. None: it can."""
    try:
        left = os.path.isdir(path) and not os.path.islink(path) and os.listdir(path)
    except OSError as error:
        return f"The manifest cannot be written: {error}"
    return f"The manifest cannot be written: {path} is a directory with files. Move or remove it." if left else None


def make_way(path: str) -> None:
    """Removes an empty directory that stands in the manifest's place."""
    if os.path.isdir(path) and not os.path.islink(path):
        os.rmdir(path)


class ToleratesDamage(ManifestFilesMixin):
    """For a storage: a damaged manifest is an error where names are looked up, and not where the storage is made.

    `collectstatic` makes the storage, looks no name up, and replaces the manifest.
    """

    _hashed_files: dict[str, str]
    _is_starting = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._is_starting = True
        try:
            super().__init__(*args, **kwargs)
        finally:
            self._is_starting = False

    @property
    def hashed_files(self) -> dict[str, str]:
        """Logical path → hashed path. Raises Django's error at a damaged manifest, until that is replaced."""
        if isinstance(self._hashed_files, Damaged):
            self._hashed_files, self.manifest_hash = self.load_manifest()
        return self._hashed_files

    @hashed_files.setter
    def hashed_files(self, paths: dict[str, str]) -> None:
        self._hashed_files = paths

    @hashed_files.deleter
    def hashed_files(self) -> None:
        del self._hashed_files  # as `mock.patch.object` does

    def load_manifest(self) -> tuple[dict[str, str], str]:
        """Loads the manifest as Django does, which raises errors of many classes at one that is damaged."""
        try:
            paths, manifest_hash = super().load_manifest()
            return names(paths, self.manifest_name), manifest_hash
        except Exception as error:
            if not is_damage(error):
                raise
            if self._is_starting:
                return Damaged(error), ""
            if isinstance(error, (AttributeError, RecursionError, TypeError)):
                error = ValueError(f"Couldn't load manifest '{self.manifest_name}' (version {self.manifest_version})")
            add_note(error, f"help: {HELP}")
            raise error from None

    def warn_of_manifest(self) -> None:
        """Warns if the manifest that was there is damaged, where it will be replaced."""
        if isinstance(self._hashed_files, Damaged):
            problem = f"the manifest that was there is not readable: {self._hashed_files.why}"
            warn(f"{self.manifest_name}: {problem}\n  help: this run replaces it")
