"""``python -m hashstatic`` runs the binary."""

import os
import sys

from hashstatic._binary import BinaryNotFound, find_binary


def main() -> int:
    try:
        binary = find_binary()
    except BinaryNotFound as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    try:
        os.execv(binary, [binary, *sys.argv[1:]])  # noqa: S606  (becomes the binary: signals and status are its own)
    except OSError as error:
        print(f"error: {binary} cannot be run: {error.strerror}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
