"""What is wrong with the ``OPTIONS`` of a storage: names that nobody knows, and values that no option has."""

from __future__ import annotations

import difflib
import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

POLICIES = ("error", "warn", "ignore")
LISTS = ("keep_original", "ignore_errors", "prehashed", "require")
COMPRESSED = ("gzip", "brotli", "zstd")
# Options of other storages → ours.
OTHERS = {"sourcemap_strict": "missing_source_map", "use_lexer": "minify", "parallel": "jobs"}
# Whose keyword arguments are all in their signatures.
KNOWN_PACKAGES = ("django", "hashstatic", "whitenoise")


def boolean(value: Any) -> str | None:
    return None if type(value) is bool else "True or False"


def text(value: Any) -> str | None:
    return None if isinstance(value, str) and value and "\0" not in value else "a string that is not empty"


def choice(*allowed: str) -> Callable[[Any], str | None]:
    named = ", ".join(map(repr, allowed))
    return lambda value: None if isinstance(value, str) and value in allowed else f"one of {named}"


def number(low: int, high: int | None = None) -> Callable[[Any], str | None]:
    allowed = f"a whole number, {low} or more" if high is None else f"a whole number from {low} to {high}"
    return lambda value: None if type(value) is int and low <= value and (high is None or value <= high) else allowed


def level(low: int, high: int) -> Callable[[Any], str | None]:
    in_range = number(low, high)
    return lambda value: (
        None if type(value) is bool or in_range(value) is None else f"True, False, or a level from {low} to {high}"
    )


def strings(value: Any) -> str | None:
    is_list = isinstance(value, (list, tuple, set, frozenset))
    return None if is_list and not any(map(text, value)) else "a list of strings"


def pairs(value: Any) -> str | None:
    if strings(value) or any(":" not in pair for pair in value):
        return 'a list of strings "FILE_GLOB:URL_GLOB"'
    return None


def directory(value: Any) -> str | None:
    is_path = isinstance(value, (str, os.PathLike)) and not text(os.fspath(value))
    return None if type(value) is bool or is_path else "True, False, or the path of a directory"


def or_none(check: Callable[[Any], str | None]) -> Callable[[Any], str | None]:
    return lambda value: None if value is None else check(value)


# Name → what the value must be, if it is not that.
CHECKS: Mapping[str, Callable[[Any], str | None]] = {
    "keep_original_files": boolean,
    "keep_original": strings,
    "ignore_errors": pairs,
    "prehashed": strings,
    "require": strings,
    "jobs": or_none(number(0)),
    "cache_dir": directory,
    "sync": boolean,
    "minify": or_none(choice("safe", "full", "off")),
    "targets": or_none(text),
    "hash": or_none(choice("blake3", "md5")),
    "hash_length": or_none(number(4, 64)),
    "on_missing": or_none(choice(*POLICIES)),
    "missing_source_map": or_none(choice(*POLICIES)),
    "gzip": level(1, 12),
    "brotli": level(0, 11),
    "zstd": level(1, 22),
    "manifest_name": text,
    "manifest_strict": boolean,
    "support_js_module_import_aggregation": boolean,
}


def problems(options: Mapping[str, Any]) -> list[str]:
    """A sentence for each wrong value."""
    found = []
    for name, value in options.items():
        allowed = CHECKS[name](value) if name in CHECKS else None
        if allowed:
            found.append(f"{name!r} must be {allowed}, not {_shown(value)}.")
    if not found and options.get("hash") == "md5" and (options.get("hash_length") or 0) > 32:
        found.append(f"'hash_length' must be a whole number from 4 to 32 with MD5, not {options['hash_length']}.")
    return found


def unknown(options: Iterable[str], known: set[str], storage: str) -> list[str]:
    """A sentence for each name that is not known."""
    found = []
    for name in options:
        if name in known:
            continue
        nearest = [OTHERS[name]] if name in OTHERS else difflib.get_close_matches(name.lower(), known, 1)
        if name in COMPRESSED:
            help = "it is one of CompressedManifestStaticFilesStorage"
        elif nearest:
            help = f"did you mean {nearest[0]!r}?"
        else:
            help = f"it has {', '.join(sorted(known))}"
        found.append(f"{name!r} is no option of {storage}: {help}")
    return found


def keywords(storage: type, ours: type) -> set[str] | None:
    """The keyword arguments that classes after ``ours`` take. None: one of them takes any."""
    names: set[str] = set()
    mro = storage.__mro__
    for base in mro[mro.index(ours) + 1 :]:
        init = vars(base).get("__init__")
        if init is None or base is object:
            continue
        for parameter in inspect.signature(init).parameters.values():
            if parameter.kind is parameter.VAR_KEYWORD and base.__module__.partition(".")[0] not in KNOWN_PACKAGES:
                return None
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                names.add(parameter.name)
    return names - {"self"}


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
