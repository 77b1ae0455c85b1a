"""Tables of what was tried and what was wrong, as they are found, and how to see each failure again."""

import shlex
import sys
from collections import Counter
from pathlib import Path

KINDS = (
    "manifest", "lost", "incomplete", "stale variant", "status", "exit 0, not done", "temporaries", "hang",
    "not repaired", "left for good", "poisoned cache", "not reached",
)  # fmt: skip
# Failures of a scenario that are printed, faults of a failure that are told.
SHOWN, FAULTS = 2, 3


class Report:
    def __init__(self, options):
        self.options = options
        self.lines, self.failures = [], []

    @property
    def failed(self):
        return bool(self.failures)

    def say(self, line=""):
        print(line, flush=True)
        self.lines.append(line)

    def begin(self, part, title, columns):
        self.part = part
        self.say(f"\n### {title}: {self.options.bin.name}\n")
        self.say(f"| {' | '.join(columns)} |")
        self.say(f"|{' --- |' * len(columns)}")

    def row(self, *cells):
        self.say(f"| {' | '.join(str(cell) for cell in cells)} |")

    def sweep(self, part):
        self.begin(part, part, ("scenario", "tried", *KINDS, "seconds"))

    def swept(self, found, seconds):
        counts = Counter(kind for faults in found.faults.values() for kind in {fault.kind for fault in faults})
        self.row(found.scenario.name, found.tried, *(counts[kind] or "" for kind in KINDS), f"{seconds:.0f}")
        for at, faults in found.faults.items():
            more = f"; and {len(faults) - FAULTS} more" if len(faults) > FAULTS else ""
            what = f"{'; '.join(map(str, faults[:FAULTS]))}{more}"
            self.fail(found.scenario.name, what, "--scenario", found.scenario.name, "--at", at)

    def fail(self, where, what, *again):
        self.failures.append((self.part, where, what, again or ("--only", self.part)))

    def end(self):
        shown = Counter()
        self.say()
        for part, where, what, again in self.failures:
            shown[part, where] += 1
            text = [f"- {part}, {where}: {what}", f"  `{self.again(again)}`"]
            self.lines += text
            if shown[part, where] <= SHOWN:
                print(*text, sep="\n")
        print(f"{len(self.failures)} failures" if self.failed else "all held")
        if self.options.report:
            self.options.report.write_text("\n".join(self.lines) + "\n")

    def again(self, arguments):
        return shlex.join(["python3", str(Path(sys.argv[0])), "--bin", str(self.options.bin), *arguments])
