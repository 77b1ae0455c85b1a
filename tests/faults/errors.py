"""Errors instead of a system call's result: of those that change something and of those that read."""

from points import OPENING

WRITING = ("EIO", "ENOSPC", "EACCES", "EMFILE", "EINTR", "EDQUOT")
READING = {
    **dict.fromkeys(OPENING, ("EIO", "EACCES", "EMFILE", "EINTR")),
    "read": ("EIO", "EINTR"),
    "pread64": ("EIO", "EINTR"),
    "readv": ("EIO",),
    "statx": ("EIO", "EACCES"),
    "newfstatat": ("EIO", "EACCES"),
    "getdents64": ("EIO",),
    "readlink": ("EIO", "EACCES"),
    "readlinkat": ("EIO", "EACCES"),
    "flock": ("EBADF", "ENOLCK", "EINVAL"),
    "fcntl": ("EBADF", "ENOLCK", "EINVAL"),
}


def errors(points):
    """One error after the other, so that a sample has something of each."""
    taken = [(point, WRITING if point.changes else READING[point.call]) for point in points]
    for error in dict.fromkeys(error for _, possible in taken for error in possible):
        for point, possible in taken:
            if error in possible:
                yield point, f"error={error}"
