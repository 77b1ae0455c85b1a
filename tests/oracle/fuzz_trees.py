"""Random small source roots, whole trees of them, through real Django and through `hashstatic build --django-exact`; what comes out must be equal.

    target/oracle/venv-6.1/bin/python tests/oracle/fuzz_trees.py --bin target/release/hashstatic --version 6.1 \\
        --seed 1 --cases 2000 [--js-modules]

Prints each failing case made as small as deleting files, tokens and characters can make it, and exits with 1. Seed and
number of a case name it: `--seed 1 --first 17 --cases 1` runs case 17 again. `--subject django-6.1` (or 5.2) puts Django
in our place: the same version must never fail, the other one must.

What is compared is what `harness.compare` compares: every file's bytes, the manifest's, or status and text of a failure.

Beside the suite's collect.py, Django runs here without forking, and its listing is sorted so that texts of failures can
always be compared: quick enough for tens of thousands of cases.

Django's result can depend on the order in which directories are listed. Its listing is sorted here. Only when the two
differ is Django asked again, and the case is counted instead of reported in these situations alone:

- passes: Django says "Max post-process passes exceeded" but succeeds, or fails otherwise, with 60 passes. Depth is never
  a failure of ours (CONTRACT); the outcome with 60 passes is what ours is compared with.
- order: ours is what Django says with one of ORDERS, and those do not all say the same. (Which of several failing files
  of one depth comes first; names that two files share once hashed.)
- random: Django twice in the same order gives two results (two files want one hashed name, so one gets a random suffix).
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.contrib.staticfiles.storage import HashedFilesMixin
from fuzz_grammar import Grammar, content
from harness import ALL_VERSIONS, ORACLE, differences, exact_arguments, refused, shown
from shrink import shrink

ORDERS = ["reversed", *range(15)]
MANY_PASSES = 60
TOO_LONG = 20  # seconds for a few small files


class Batch:
    """A process of django_batch.py."""

    def __init__(self, version):
        python = ORACLE / f"venv-{version}" / "bin" / "python"
        if not python.exists():
            sys.exit(f"{python} is not there: run tests/oracle/prepare.py first")
        self.version = version
        self.process = subprocess.Popen(
            [python, Path(__file__).with_name("django_batch.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def collect(self, source, out, **job):
        self.process.stdin.write(json.dumps({"sources": [str(source)], "out": str(out), **job}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("Django's process died")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


@dataclass
class Result:
    """What `harness.refused` wants to know of a run of ours."""

    returncode: int
    stderr: str


def run_binary(binary, version, js_modules):
    def subject(source, out):
        arguments = [binary, "build", source, "-o", out, "--allow-empty", *exact_arguments(version, js_modules)]
        try:
            done = subprocess.run(arguments, capture_output=True, timeout=TOO_LONG)
        except subprocess.TimeoutExpired:
            return Result(-1, f"still running after {TOO_LONG} s")
        return Result(done.returncode, done.stderr.decode(errors="replace"))

    return subject


def run_django(batch, js_modules):
    """Django in our place."""

    def subject(source, out):
        answer = batch.collect(source, out, js_modules=js_modules, order="sorted")
        if answer["ok"]:
            return Result(0, "")
        shutil.rmtree(out, ignore_errors=True)  # Django leaves what it copied, we publish nothing
        return Result(1, printable(answer["stderr"] + "\n" + answer["error"]))

    return subject


def printable(text):
    """As the binary shows it: line breaks in Django's own text are real."""
    return "\n".join(map(shown, text.split("\n")))


class Comparison:
    def __init__(self, django, subject, js_modules, scratch):
        self.django, self.subject, self.js_modules, self.scratch = django, subject, js_modules, scratch
        self.counts = Counter()
        self.seconds = Counter()

    def failure(self, files, count=False):
        """What is wrong, or None; `files` is {path: bytes}."""
        with tempfile.TemporaryDirectory(dir=self.scratch) as directory:
            return self.compared(Path(directory), files, self.counts if count else Counter())

    def compared(self, directory, files, counts):
        source, ours = directory / "source", directory / "ours"
        write(files, source)
        start = time.perf_counter()
        answer, theirs = self.collect(directory, "sorted")
        self.seconds["Django"] += time.perf_counter() - start
        start = time.perf_counter()
        result = self.subject(source, ours)
        self.seconds["subject"] += time.perf_counter() - start
        if "panicked" in result.stderr or result.returncode not in (0, 1):
            return [f"status {result.returncode}: {result.stderr}"]
        found = self.against(answer, theirs, result, ours)
        counts["accepted" if answer["ok"] else "refused"] += 1
        if not found:
            return None
        passes = 5
        if "Max post-process passes" in answer.get("error", ""):
            passes = MANY_PASSES
            answer, theirs = self.collect(directory, "sorted", passes)
            found = self.against(answer, theirs, result, ours)
            if not found:
                counts["passes"] += 1
                return None
        again = self.collect(directory, "sorted", passes)
        if not self.same((answer, theirs), again):
            counts["random"] += 1
            return None
        others = [self.collect(directory, order, passes) for order in ORDERS]
        if any(not self.against(*other, result, ours) for other in others):
            counts["order"] += 1
            return None
        if not all(self.same((answer, theirs), other) for other in others):
            found.append("(what Django does here depends on the order of directories, but no order does what we do)")
        return found

    def collect(self, directory, order, passes=5):
        out = Path(tempfile.mkdtemp(prefix="django-", dir=directory))
        answer = self.django.collect(
            directory / "source", out, js_modules=self.js_modules, order=order, max_passes=passes
        )
        return json.loads(json.dumps(answer).replace(out.name, "django")), out

    def against(self, answer, theirs, result, ours):
        if not answer["ok"]:
            return refused(answer, result, ours)
        if result.returncode != 0:
            return [f"Django accepts it, we say: {result.stderr}"]
        return differences(theirs, ours, self.django.version)

    def same(self, one, other):
        return one[0] == other[0] and (not one[0]["ok"] or not differences(one[1], other[1], self.django.version))


def write(files, root):
    root.mkdir()
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def case(seed, number, js_modules, avoided=()):
    files = Grammar(random.Random(f"{seed}/{number}"), js_modules).case()
    return without(files, avoided)


# Parts of cases that can be left out while what they find is already known and not yet repaired, so that the rest of a
# case still says something. Name → what to leave out, given the path and its tokens.
AVOIDABLE = {
    "nul": lambda path, text: "%00" in text or "\0" in text,
    "names": lambda path, text: any(c in path for c in "?#%"),
    "twice": lambda path, text: matched_twice(text),
}

# Django's patterns of both versions, for matched_twice(): 5.2's differ in that they run over semicolons.
PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for _, group in (*HashedFilesMixin.patterns, HashedFilesMixin._js_module_import_aggregation_patterns)
    for source in [item if isinstance(item, str) else item[0] for item in group]
    for pattern in {source, source.replace("[^;]*?", "(?s:.*?)"), source.replace("[./].*?", ".*?")}
]


def matched_twice(text):
    """Whether what one pattern replaces could be replaced again by another: the second finds a name with a hash in it."""
    matches = (match[0] for pattern in PATTERNS for match in pattern.finditer(text))
    return any(len(KEYWORDS.findall(match)) > 1 for match in matches)


KEYWORDS = re.compile(r"(?<!@)import|export|@import|url\(|sourceMappingURL", re.IGNORECASE)


def without(files, avoided):
    def avoid(path, tokens):
        return any(AVOIDABLE[name](path, content(tokens).decode(errors="replace")) for name in avoided)

    return {path: tokens for path, tokens in files.items() if not avoid(path, tokens)}


def show(files, found):
    for name, tokens in files.items():
        data = content(tokens)
        print(f"    {name!r}: {data!r}")
    for line in found:
        print("  →", line)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.environ.get("HASHSTATIC_BIN"), help="hashstatic [default: $HASHSTATIC_BIN]")
    parser.add_argument("--subject", choices=["django-6.1", "django-5.2"], help="run this instead of hashstatic")
    parser.add_argument("--version", choices=ALL_VERSIONS, default="6.1")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--js-modules", action="store_true")
    parser.add_argument("--max-failures", type=int, default=5, help="stop after so many")
    parser.add_argument("--avoid", nargs="*", default=[], choices=AVOIDABLE, help="leave out of the cases")
    parser.add_argument("--no-shrink", action="store_true")
    options = parser.parse_args()
    if not options.subject and not (options.bin and os.access(options.bin, os.X_OK)):
        parser.error("--bin or HASHSTATIC_BIN must be the hashstatic binary")
    return options


def main():
    options = arguments()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    django = Batch(options.version)
    if options.subject:
        subject = run_django(Batch(options.subject.removeprefix("django-")), options.js_modules)
    else:
        subject = run_binary(os.path.abspath(options.bin), options.version, options.js_modules)
    failures = 0
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=memory) as scratch:
        comparison = Comparison(django, subject, options.js_modules, scratch)
        for number in range(options.first, options.first + options.cases):
            files = case(options.seed, number, options.js_modules, options.avoid)
            found = files and comparison.failure(contents(files), count=True)
            if not found:
                continue
            failures += 1
            if not options.no_shrink:
                # Not into what is to be avoided: that would hide what this case has found.
                files = shrink(
                    files,
                    lambda smaller: without(smaller, options.avoid) == smaller and bool(comparison.failure(contents(smaller))),
                )
                found = comparison.failure(contents(files)) or found
            print(f"seed {options.seed} case {number}, Django {options.version}:")
            show(files, found)
            sys.stdout.flush()
            if failures == options.max_failures:
                break
    django.close()
    report(comparison, failures)
    return 1 if failures else 0


def contents(files):
    return {name: content(tokens) for name, tokens in files.items()}


def report(comparison, failures):
    counts = ", ".join(f"{name} {number}" for name, number in sorted(comparison.counts.items()))
    times = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in comparison.seconds.items())
    print(f"{failures} failing; Django: {counts}; {times}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
