"""Two builds at the same moment where `flock` fails, as on some network file systems."""

import shutil
import threading

import sources
import static_site as site
import tree
import variants

PAIRS, FILES = 30, 100
TITLE = "pairs of builds without `flock` (EBADF)"
COLUMNS = ("pairs", "broken manifests", "failed runs", "runs silent about the lock", "roots with a stale variant")
STRACE = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:error=EBADF")


def pair(binary, editions, out):
    """How two builds that begin together end."""
    done = [None, None]

    def build(n):
        done[n] = site.build(binary, editions[n], out, "--no-cache", before=STRACE)

    threads = [threading.Thread(target=build, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def run(options, scratch):
    """Rows of the table, each with its failures. A run that refuses to go on without a lock, and says so, has done
    right. Stale variants are only counted: plain files of two builds that do not wait for each other get mixed."""
    out, editions = scratch / "out", [scratch / "old", scratch / "new"]
    for source in editions:
        tree.write(source, sources.many(FILES, source.name))
        tree.write(source / "same", sources.many(FILES, "same"))
    broken, failed, silent, stale = [], [], [], 0
    for number in range(PAIRS):
        if number % 2 == 0:
            shutil.rmtree(out, ignore_errors=True)
        for done in pair(options.copy, editions, out):
            speaks = "lock" in done.stderr.replace(str(scratch), "")
            if done.returncode != 0 and not speaks:
                failed.append(f"pair {number}: {done.stderr[:200]}")
            if not speaks:
                silent.append(f"pair {number}: status {done.returncode}, no word of the lock")
        stale += bool(variants.stale(tree.read(out)))
        wrong = site.named(out)
        if wrong:
            broken.append(f"pair {number}: {', '.join(wrong[:4])}")
    yield (PAIRS, len(broken), len(failed), len(silent), stale), broken + failed + silent[:1]
