"""Whether the binary can stand in for Django's ``post_process``: not where somebody has changed a part of it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import django
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage as DjangoStorage
from django.core.files.storage import FileSystemStorage, Storage

from hashstatic._options import exact_version
from hashstatic._utf8 import is_name, is_utf8

# What Django's post_process consists of and uses: overridden, the binary would not know of it.
HOOKS = (
    "_open",
    "_post_process",
    "_save",
    "_stored_name",
    "_url",
    "clean_name",
    "default_template",
    "delete",
    "exists",
    "file_hash",
    "get_ignored_blocks",
    "hash_key",
    "hashed_name",
    "is_in_ignored_block",
    "open",
    "path",
    "url_converter",
)
# What WhiteNoise's compressing consists of.
COMPRESSION_HOOKS = (
    "compress_files",
    "create_compressor",
    "delete_files",
    "post_process_with_compression",
)
# What reading a source storage consists of.
SOURCE_HOOKS = {"open": Storage, "_open": FileSystemStorage}


def js_modules(storage: DjangoStorage) -> bool | None:
    """Whether the storage's patterns are Django's with or without those for modules; None if they are others."""
    ours, django_s = tuple(storage.patterns), tuple(HashedFilesMixin.patterns)
    if ours == django_s:
        return False
    modules = HashedFilesMixin._js_module_import_aggregation_patterns
    return True if ours == (*django_s, modules) else None


def overridden(storage: DjangoStorage, ours: type, *originals: type) -> str | None:
    """The first hook that is neither Django's nor that of the other ``originals``; what ``ours`` has does not count."""
    hooks = HOOKS + (COMPRESSION_HOOKS if len(originals) > 0 else ())
    for hook in hooks:
        known = [_attribute(original, hook) for original in (DjangoStorage, *originals)]
        if hook in vars(storage) or _beyond(ours, type(storage), hook) not in known:
            return hook
    return None


def _beyond(ours: type, of: type, name: str) -> Any:
    """As ``_attribute``, if ``ours`` did not exist."""
    return next((vars(kind)[name] for kind in of.__mro__ if kind is not ours and name in vars(kind)), None)


def _attribute(of: type, name: str) -> Any:
    return inspect.getattr_static(of, name, None)


def why_not(storage: DjangoStorage, ours: type, *originals: type) -> str | None:
    """Why the storage, one of ``ours``, needs Django's own code, if it does.

    The hooks of ``originals`` are known, too.
    """
    if exact_version() is None:
        return f"hashstatic does not know Django {django.get_version()}"
    hook = overridden(storage, ours, *originals)
    if hook is not None:
        return f"{_name(storage)} overrides {hook}"
    if js_modules(storage) is None:
        return f"{_name(storage)} has its own patterns"
    if storage.keep_intermediate_files:
        return f"{_name(storage)} keeps intermediate files"
    if storage.max_post_process_passes < DjangoStorage.max_post_process_passes:
        return f"{_name(storage)} lowers max_post_process_passes"
    return None


def why_not_from(paths: Mapping[str, tuple[Any, str]]) -> str | None:
    """Why the files of these finders cannot be read by the binary, if they cannot."""
    checked: set[int] = set()
    for name, (source, _) in paths.items():
        if id(source) not in checked:
            if not _is_plain(source):
                return f"{name!r} comes from {_name(source)}, which is not a plain file system storage"
            if not is_utf8(source.location):
                return f"the path {source.location!r} is not UTF-8"
            checked.add(id(source))
        if not is_name(name):
            return f"the name {name!r} is not UTF-8"
    return None


def _is_plain(source: Any) -> bool:
    kind = source.__class__  # not type(): Django's default storage is a proxy
    return isinstance(source, FileSystemStorage) and all(
        _attribute(kind, hook) is _attribute(original, hook) for hook, original in SOURCE_HOOKS.items()
    )


def _name(thing: object) -> str:
    return f"{thing.__class__.__module__}.{thing.__class__.__qualname__}"
