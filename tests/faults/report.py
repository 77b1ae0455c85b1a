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
        self.failed = False
        self.totals = Counter()

    def say(self, line=""):
        print(line, flush=True)
        self.lines.append(line)

    def begin(self, part):
        self.part, self.totals = part, Counter()
        self.say(f"\n### {part}: {self.options.bin.name}\n")
        self.say(f"| scenario | tried | {' | '.join(KINDS)} | seconds |")
        self.say(f"| --- |{' ---: |' * (len(KINDS) + 2)}")

    def row(self, found, seconds):
        counts = Counter(kind for faults in found.faults.values() for kind in {fault.kind for fault in faults})
        self.totals.update(counts)
        cells = [str(counts[kind] or "") for kind in KINDS]
        self.say(f"| {found.scenario.name} | {found.tried} | {' | '.join(cells)} | {seconds:.0f} |")
        for at, faults in found.faults.items():
            self.failed = True
            self.failures.append((self.part, found.scenario.name, at, faults))

    def end(self):
        shown = Counter()
        self.say()
        for part, scenario, at, faults in self.failures:
            shown[part, scenario] += 1
            more = f"; and {len(faults) - FAULTS} more" if len(faults) > FAULTS else ""
            text = [f"- {part}, {scenario}: {'; '.join(map(str, faults[:FAULTS]))}{more}", f"  `{self.again(scenario, at)}`"]
            self.lines += text
            if shown[part, scenario] <= SHOWN:
                print(*text, sep="\n")
        print(f"{len(self.failures)} disturbances with failures" if self.failed else "all held")
        if self.options.report:
            self.options.report.write_text("\n".join(self.lines) + "\n")

    def again(self, scenario, at):
        script = Path(sys.argv[0])
        return shlex.join(
            ["python3", str(script), "--bin", str(self.options.bin), "--scenario", scenario, "--at", str(at)]
        )
