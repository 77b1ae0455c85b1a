"""SIGKILL before each system call that changes something."""


def kills(points):
    return [(point, "signal=KILL") for point in points if point.changes]
