"""The storages' ``OPTIONS`` beyond Django's, and the binary's arguments for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from hashstatic._rule import exact_version
from hashstatic._utf8 import utf8


@dataclass(frozen=True)
class StorageOptions:
    """The options that the storages take in addition to Django's.

    Without any of the options under "hashstatic's own way", the output is byte for byte Django's.
    """

    # Whether plain copies stay beside the hashed files.
    keep_original_files: bool = True
    # Globs of files whose plain copy stays in any case.
    keep_original: tuple[str, ...] = ()
    # "FILE_GLOB:URL_GLOB" of references that may resolve to nothing.
    ignore_errors: tuple[str, ...] = ()
    # Globs of files that a bundler has hashed, which keep their names.
    prehashed: tuple[str, ...] = ()
    # Number of threads.
    jobs: int | None = None
    # Directory of the build cache; True: the user's, False: none.
    cache_dir: str | bool = True
    # Whether files are synced to the disk, so that they survive a power cut.
    sync: bool = True

    # hashstatic's own way, with output other than Django's:
    minify: str | None = None
    targets: str | None = None
    hash: str | None = None
    hash_length: int | None = None
    on_missing: str | None = None
    missing_source_map: str | None = None

    # For CompressedManifestStaticFilesStorage: on, off, or the level.
    gzip: bool | int = True
    brotli: bool | int = True
    zstd: bool | int = False
    compressed: bool = False

    @classmethod
    def taken_from(cls, kwargs: dict[str, Any], *, compressed: bool) -> StorageOptions:
        """Removes these options from a storage's keyword arguments, and leaves Django's."""
        names = {field.name for field in fields(cls)} - {"compressed"}
        if not compressed:
            names -= {"gzip", "brotli", "zstd"}
        taken = {name: kwargs.pop(name) for name in list(kwargs) if name in names}
        for name in ("keep_original", "ignore_errors", "prehashed"):
            if isinstance(taken.get(name), str):
                raise ImproperlyConfigured(f"The storage option {name!r} is a list of strings, not a string.")
            if name in taken:
                taken[name] = tuple(taken[name])
        return cls(**taken, compressed=compressed)

    @property
    def exact(self) -> bool:
        """Whether the output is Django's."""
        return not any(self._own_way().values())

    def _own_way(self) -> Mapping[str, str | int | None]:
        return {
            "--minify": self.minify,
            "--targets": self.targets,
            "--hash": self.hash,
            "--hash-length": self.hash_length,
            "--on-missing": self.on_missing,
            "--missing-source-map": self.missing_source_map,
        }

    def arguments(self) -> list[str]:
        """Arguments of the binary, except those about plain copies and variants."""
        arguments = [f"{option}={value}" for option, value in self._own_way().items() if value is not None]
        if self.exact:
            arguments.append(f"--django-exact={exact_version()}")
        arguments += [f"--ignore-errors={pattern}" for pattern in self.ignore_errors]
        arguments += [f"--prehashed={pattern}" for pattern in self.prehashed]
        if self.cache_dir is False or (self.exact and not self.compressed):
            arguments.append("--no-cache")  # there is nothing to cache
        elif self.cache_dir is not True:
            arguments.append(f"--cache-dir={utf8(self.cache_dir)}")
        if not self.sync:
            arguments.append("--no-sync")
        if self.jobs is not None:
            arguments.append(f"--jobs={self.jobs}")
        return arguments

    def plain_arguments(self, keep_only_hashed: bool) -> list[str]:
        """Arguments about plain copies."""
        if not keep_only_hashed:
            return []
        return ["--keep-only-hashed", *(f"--keep-original={pattern}" for pattern in self.keep_original)]

    def variant_arguments(self) -> list[str]:
        """Arguments about variants."""
        arguments: list[str] = []
        for name, level_option, level in (
            ("gzip", "--gzip-level", self.gzip),
            ("brotli", "--brotli-quality", self.brotli),
            ("zstd", "--zstd-level", self.zstd),
        ):
            if level is False:
                arguments.append(f"--no-{name}")
                continue
            arguments.append(f"--{name}")
            if level is not True:
                arguments.append(f"{level_option}={level}")
        return arguments


NO_VARIANTS = ["--no-gzip", "--no-brotli", "--no-zstd"]
