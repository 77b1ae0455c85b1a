"""Makes a failing case smaller: fewer files, fewer tokens, shorter tokens."""

ATTEMPTS = 600


def shrink(files, fails):
    """The smallest {path: [token, …]} found for which `fails` still says true, within ATTEMPTS tries."""
    attempts = iter(range(ATTEMPTS))

    def still(candidate):
        return next(attempts, None) is not None and fails(candidate)

    before = None
    while before != files:
        before = files
        for name in list(files):
            without = {other: tokens for other, tokens in files.items() if other != name}
            if without and still(without):
                files = without
        for name in list(files):
            files = {**files, name: shorter(files[name], lambda tokens: still({**files, name: tokens}))}
        for name in list(files):
            # Token by token is now as small as it gets; then letter by letter.
            letters = list(join(files[name]))
            letters = shorter(letters, lambda letters: still({**files, name: [join(letters)]}))
            files = {**files, name: [join(letters)]}
    return files


def shorter(items, still):
    """Leaves out runs of items, long runs first."""
    length = max(len(items), 1)
    while length:
        start = 0
        while start < len(items):
            fewer = items[:start] + items[start + length :]
            if still(fewer):
                items = fewer
            else:
                start += length
        length //= 2
    return items


def join(tokens):
    """One text of them all; a lone byte that is not UTF-8 stays one letter."""
    parts = [token if isinstance(token, str) else token.decode(errors="surrogateescape") for token in tokens]
    return "".join(parts)
