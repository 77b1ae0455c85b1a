"""What a browser would ask for: every URL that a style sheet refers to, by tinycss2's tokens and by nothing of ours."""

import posixpath
from urllib.parse import unquote, urlsplit

import tinycss2

IMAGE_SETS = {"image-set", "-webkit-image-set"}


def css_urls(data):
    """URLs of url(), src(), @import and the strings of image-set(), as written."""
    tokens, _ = tinycss2.parse_stylesheet_bytes(data)
    return list(of_rules(tokens))


def of_rules(rules):
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword == "namespace":
            continue  # a name that looks like a URL
        if rule.type == "at-rule" and rule.lower_at_keyword == "import":
            first = next((token for token in rule.prelude if token.type not in ("whitespace", "comment")), None)
            if first is not None and first.type == "string":
                yield first.value
        if rule.type in ("at-rule", "qualified-rule"):
            yield from of_tokens(rule.prelude)
            yield from of_tokens(rule.content or [])


def of_tokens(tokens):
    for token in tokens:
        if token.type == "url":
            yield token.value
        elif token.type == "function":
            name = token.lower_name
            strings = [argument.value for argument in token.arguments if argument.type == "string"]
            if name in ("url", "src"):
                yield from strings[:1]
            elif name in IMAGE_SETS:
                yield from strings
            yield from of_tokens(token.arguments if name not in ("url", "src") else [])
        elif token.type in ("{} block", "() block", "[] block"):
            yield from of_tokens(token.content)


def target(url, source, static_url="/static/"):
    """The logical path that `url` in the file `source` means, or None if it is not a file of ours."""
    try:
        parts = urlsplit(url.strip(" \t\n\r\f"))
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path or parts.path.endswith("/"):
        return None
    path = unquote(parts.path)
    if path.startswith("/"):
        return posixpath.normpath(path.removeprefix(static_url)) if path.startswith(static_url) else None
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path))


def dead_links(files):
    """(style sheet, url, target) of what would be a 404, in {path: bytes}."""
    directories = {path[:i] for path in files for i, letter in enumerate(path) if letter == "/"} | {"."}
    found = set()
    for path, data in files.items():
        if path.lower().endswith(".css"):
            for url in css_urls(data):
                meant = target(url, path)
                if meant is not None and meant not in files and meant not in directories:
                    found.add((path, url, meant))
    return found
