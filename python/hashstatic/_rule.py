"""The rule by which the binary stands in for Django: which part of a storage's work it may do.

All who leave work to the binary ask here: the storages, ``collectstatic``, and ``hashstatic build --from-django``. For
the last one this file is part of the binary, which runs it with the project's Python. The package may be missing there,
so this file imports Django and the standard library, and nothing else.

The binary knows what Django's own classes do. It cannot know what a subclass changes, unless the name is listed here as
one that does not matter. Names that a later Django adds are not listed: Django's own code then does the work.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from types import FunctionType
from typing import Any

import django
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage as DjangoStorage
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.functional import LazyObject

# The Django versions that the binary knows to the byte, as `--django-exact` has them.
EXACT_VERSIONS = {(4, 2): "4.2", (5, 2): "5.2", (6, 0): "6.0", (6, 1): "6.1"}

# Used when pages are served, or passed to the binary as an option, or compared by value in `_values`.
_NO_MATTER = {
    "_clear_cached_properties",
    "_error_msg",
    "_error_msg_re",
    "_js_module_import_aggregation_patterns",
    "_new_files",
    "_patterns",
    "base_location",
    "base_url",
    "deconstruct",
    "directory_permissions_mode",
    "file_permissions_mode",
    "generate_filename",
    "get_accessed_time",
    "get_created_time",
    "get_valid_name",
    "hashed_files",
    "keep_intermediate_files",
    "keep_only_hashed_files",
    "load_manifest",
    "location",
    "make_helpful_exception",
    "manifest_hash",
    "manifest_name",
    "manifest_storage",
    "manifest_strict",
    "max_post_process_passes",
    "patterns",
    "read_manifest",
    "stored_name",
    "support_js_module_import_aggregation",
    "url",
}
# Called by our `post_process` after the binary has run.
_OF_MANIFEST = {"manifest_version", "save_manifest"}
# Called by `collectstatic` before Django's `post_process`, which does not call them.
_OF_COPYING = {
    "OS_OPEN_FLAGS",
    "get_alternative_name",
    "get_available_name",
    "get_modified_time",
    "is_name_available",
    "listdir",
    "post_process",
    "save",
    "size",
}

# Kinds of work that the binary can do, each as the set of names that a class may override all the same.
# What Django's `post_process` does.
HASHING = frozenset(_NO_MATTER | _OF_MANIFEST | _OF_COPYING)
# HASHING, and the copying and deleting that `collectstatic` does before it.
COPYING = frozenset(_NO_MATTER | _OF_MANIFEST)
# A whole `collectstatic`, without a storage.
EVERYTHING = frozenset(_NO_MATTER)

_OURS = "hashstatic.storage.ManifestStaticFilesStorage"
_OURS_COMPRESSED = "hashstatic.storage.CompressedManifestStaticFilesStorage"
WHITENOISE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
# What our own storages override.
_OVERRIDDEN_BY_OURS = {"post_process", "save", "save_manifest"}
# How a source storage is read, and a manifest written.
_READING = {"open": Storage, "_open": FileSystemStorage}
_WRITING = {"_save": FileSystemStorage, "delete": FileSystemStorage, "exists": FileSystemStorage}


def exact_version() -> str | None:
    """The running Django's version, if the binary knows it."""
    return EXACT_VERSIONS.get(django.VERSION[:2])


def js_modules(storage: Any) -> bool | None:
    """Whether the storage's patterns are Django's with or without those for modules; None if they are others."""
    patterns, djangos = tuple(storage.patterns), tuple(HashedFilesMixin.patterns)
    if patterns == djangos:
        return False
    modules = HashedFilesMixin._js_module_import_aggregation_patterns
    return True if patterns == (*djangos, modules) else None


def why_not(storage: Any, work: frozenset[str]) -> str | None:
    """Why the binary may not do this work of the storage: HASHING, COPYING or EVERYTHING. None: it may."""
    if exact_version() is None:
        return f"hashstatic does not know Django {django.get_version()}"
    if isinstance(storage, LazyObject):
        storage = storage._wrapped
    return _overridden(storage, work) or _values(storage) or (_manifest(storage) if work is EVERYTHING else None)


def why_not_from(paths: Mapping[str, tuple[Any, str]]) -> str | None:
    """Why the binary may not read these files, {name: (source storage, path there)}. None: it may."""
    checked: set[int] = set()
    for name, (source, _) in paths.items():
        if id(source) not in checked:
            if not _is_djangos(source, _READING):
                return f"{name!r} comes from {path_of(source.__class__)}, which is not a plain file system storage"
            if not is_utf8(source.location):
                return f"the path {source.location!r} is not UTF-8"
            checked.add(id(source))
        if not is_name(name):
            return f"the name {name!r} is not UTF-8"
    return None


def is_utf8(path: str) -> bool:
    """Whether the path can be written down as UTF-8, in JSON for example."""
    try:
        os.fsencode(path).decode()
    except UnicodeError:
        return False
    return True


def is_name(name: str) -> bool:
    """Whether the name means the same file to Python, which goes by the locale, and to the binary."""
    try:
        return os.fsencode(name) == name.encode()
    except UnicodeEncodeError:
        return False


def overrides(storage: Any, names: frozenset[str]) -> bool:
    """Whether a subclass, or a patch, has changed one of these attributes of Django's storages."""
    return _first_override(storage, names) is not None


def path_of(kind: type) -> str:
    """A class's dotted path."""
    return f"{kind.__module__}.{kind.__qualname__}"


def _overridden(storage: Any, work: frozenset[str]) -> str | None:
    kind: Any = type(storage)
    bases = (base for base in _known(kind) if path_of(base) not in (_OURS, _OURS_COMPRESSED))
    names = {name for base in bases for name in vars(base) if not name.startswith("__") and name not in work}
    found = _first_override(storage, frozenset(names | {"__getattribute__"}))
    return found and f"{path_of(found[0])} overrides {found[1]}"


def _first_override(storage: Any, names: frozenset[str]) -> tuple[type, str] | None:
    """The first class in the order of look-up that changes one of these names, and the name."""
    kind: Any = type(storage)
    known = _known(kind)
    found: tuple[type, str] | None = None
    # From the last class to the first: a class overrides only what a known class after it defines.
    below: set[str] = set()
    for base in reversed(kind.__mro__):
        own = vars(base)
        there = [name for name in names if name in own]
        if base in known:
            changed = [name for name in there if not _is_own(base, name)]
            below.update(there)
        else:
            changed = [name for name in there if name in below]
        # Django's `_url` calls the `url` of the classes after its own.
        if "_url" in names and "_url" not in below and "url" in own and base not in known:
            changed.append("url")
        if changed:
            found = base, min(changed)
    on_instance = [name for name in vars(storage) if name in names and name in below]
    return (kind, min(on_instance)) if on_instance else found


@cache
def _known(kind: type) -> frozenset[type]:
    """The base classes whose work the binary knows."""
    paths = {path_of(base): base for base in kind.__mro__}
    known = {*DjangoStorage.__mro__}
    known |= {paths[path] for path in (_OURS, _OURS_COMPRESSED) if path in paths}
    # Not with our storage that does not compress: the binary would leave out WhiteNoise's work.
    if WHITENOISE in paths and (_OURS_COMPRESSED in paths or _OURS not in paths):
        known |= {*paths[WHITENOISE].__mro__}
    return frozenset(known)


def _is_own(base: type, name: str) -> bool:
    """Whether a known class still has its own attribute: tests and other packages replace methods."""
    if path_of(base) in (_OURS, _OURS_COMPRESSED):
        return name in _OVERRIDDEN_BY_OURS
    value = vars(base)[name]
    value = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
    if isinstance(value, FunctionType):
        return value.__globals__.get("__name__") == base.__module__
    return not callable(value) or base is object


def _values(storage: Any) -> str | None:
    """What a storage may set, but only to values that the binary knows."""
    name = path_of(type(storage))
    if js_modules(storage) is None:
        return f"{name} has its own patterns"
    if storage.keep_intermediate_files:
        return f"{name} keeps intermediate files"
    if storage.max_post_process_passes < DjangoStorage.max_post_process_passes:
        return f"{name} lowers max_post_process_passes"
    return None


def _manifest(storage: Any) -> str | None:
    """Why the manifest is not a file that the binary can write."""
    manifest_storage = storage.manifest_storage
    if manifest_storage is storage or _is_djangos(manifest_storage, _WRITING):
        return None
    return f"{path_of(manifest_storage.__class__)} stores the manifest, and is not a plain file system storage"


def _is_djangos(storage: Any, methods: Mapping[str, type]) -> bool:
    """Whether it is a storage of the file system with just these methods."""
    kind = storage.__class__  # not type(): Django's default storage is a proxy
    return (
        isinstance(storage, FileSystemStorage)
        and vars(storage).keys().isdisjoint(methods)
        and all(getattr(kind, name) is getattr(original, name) for name, original in methods.items())
    )
