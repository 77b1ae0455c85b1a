"""Runs one command and prints what it took, as JSON.

A process of its own, started without `site`, because Linux counts the memory of the process that forks into the peak of
the one that is executed: from the large driver, every small command would seem as large as the driver. What is left of
that floor is this interpreter, about 10 MB.

    python3 -I -S measure.py LOG SAMPLE COMMAND...

LOG gets the command's stdout, LOG.err its stderr. With SAMPLE > 0, CPU time is noted every SAMPLE seconds.
"""

import os
import sys
import threading
import time


def main():
    log, sample, command = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, log, flags, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, f"{log}.err", flags, 0o644),
    ]
    samples = []
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=files)
    if sample:
        threading.Thread(target=watch, args=(child, sample, start, samples), daemon=True).start()
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start

    import json

    print(json.dumps({
        "status": os.waitstatus_to_exitcode(status),
        "wall": wall,
        "user": usage.ru_utime,
        "sys": usage.ru_stime,
        "peak": usage.ru_maxrss * 1024,
        "samples": samples,
    }))


def watch(child, every, start, samples):
    """Notes (seconds since the start, CPU seconds) until the child is gone."""
    tick = os.sysconf("SC_CLK_TCK")
    while True:
        time.sleep(every)
        try:
            with open(f"/proc/{child}/stat", "rb") as stat:
                fields = stat.read().rpartition(b")")[2].split()
        except OSError:
            return
        samples.append((time.perf_counter() - start, (int(fields[11]) + int(fields[12])) / tick))


main()
