"""The storages' ``OPTIONS`` beyond Django's, and the binary's arguments for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from hashstatic import _values
from hashstatic._errors import Misconfigured
from hashstatic._rule import exact_version, path_of
from hashstatic._utf8 import utf8

# Class attributes of Django's storages that may be options, too.
ATTRIBUTES = ("manifest_name", "manifest_strict", "support_js_module_import_aggregation")
# What Django's own code does not know.
_OURS_ALONE = (
    "keep_original_files",
    "keep_original",
    "ignore_errors",
    "prehashed",
    "minify",
    "targets",
    "hash",
    "hash_length",
    "on_missing",
    "missing_source_map",
    "gzip",
    "brotli",
    "zstd",
)


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
    # What to do about references, and source maps, that are not there.
    on_missing: str | None = None
    missing_source_map: str | None = None
    # Globs of files that a bundler has hashed, which keep their names.
    prehashed: tuple[str, ...] = ()
    # Names of files that must be there, and not empty.
    require: tuple[str, ...] = ()
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

    # For CompressedManifestStaticFilesStorage: on, off, or the level.
    gzip: bool | int = True
    brotli: bool | int = True
    zstd: bool | int = False
    compressed: bool = False

    @classmethod
    def taken_from(cls, kwargs: dict[str, Any], *, storage: type, ours: type, compressed: bool) -> StorageOptions:
        """Removes these options from the keyword arguments of a storage, and leaves Django's.

        ``ours`` is the class whose ``__init__`` calls this: only classes after it may take other options.
        """
        known = {field.name for field in fields(cls)} - {"compressed"}
        known -= set() if compressed else {"gzip", "brotli", "zstd"}
        problems = _values.problems(kwargs)
        others = _values.keywords(storage, ours)
        if others is not None:
            problems += _values.unknown(kwargs, {*known, *others, *ATTRIBUTES}, path_of(storage))
        if problems:
            wrong = "\n".join(problems)
            raise Misconfigured(f'STORAGES["staticfiles"]["OPTIONS"]: {wrong}')
        taken = {name: kwargs.pop(name) for name in list(kwargs) if name in known}
        taken = {name: tuple(value) if name in _values.LISTS else value for name, value in taken.items()}
        return cls(**taken, compressed=compressed)

    @property
    def exact(self) -> bool:
        """Whether names and bytes are Django's."""
        return all(value is None for value in self._own_way().values())

    def without_django(self) -> list[str]:
        """The options that were given and have no effect where Django's own code does the work."""
        given = {field.name for field in fields(self) if getattr(self, field.name) != field.default}
        return [name for name in _OURS_ALONE if name in given]

    def _own_way(self) -> Mapping[str, str | int | None]:
        return {
            "--minify": self.minify,
            "--targets": self.targets,
            "--hash": self.hash,
            "--hash-length": self.hash_length,
        }

    def arguments(self) -> list[str]:
        """Arguments of the binary, except those about plain copies and variants."""
        policies = {"--on-missing": self.on_missing, "--missing-source-map": self.missing_source_map}
        given = {**self._own_way(), **policies}
        arguments = [f"{option}={value}" for option, value in given.items() if value is not None]
        if self.exact:
            arguments.append(f"--django-exact={exact_version()}")
        arguments += [f"--ignore-errors={pattern}" for pattern in self.ignore_errors]
        arguments += [f"--prehashed={pattern}" for pattern in self.prehashed]
        arguments += [f"--require={name}" for name in self.require]
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
