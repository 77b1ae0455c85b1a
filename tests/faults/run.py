#!/usr/bin/env python3
"""Disturbs builds, and reports what was wrong afterwards. See README.md."""

import argparse
import os
import shlex
import shutil
import sys
import time
from pathlib import Path

import edits
import locks
import power
import readers
import tools
from errors import errors
from kills import kills
from report import Report
from scenarios import SCENARIOS
from sweep import Stage, sweep

SWEEPS = {"kills": kills, "errors": errors}
OTHERS = {"readers": readers, "locks": locks, "edits": edits, "power": power}
PARTS = (*SWEEPS, *OTHERS)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, type=lambda name: Path(name).resolve(strict=True))
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)}")
    parser.add_argument("--scenario", action="append", default=[], help="may be repeated")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="every N-th point only")
    parser.add_argument("--at", help="one disturbance, as a failure names it; its world stays for a look")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--scratch", default="/dev/shm/hashstatic-faults", type=Path, help="where worlds are made")
    parser.add_argument(
        "--images", type=Path, default="/var/tmp/hashstatic-faults", help="where disks for power cuts lie"
    )
    parser.add_argument("--rounds", type=int, default=1, help="of power cuts: a sync by anybody hides a loss")
    parser.add_argument("--django", metavar="PYTHON", help="with Django: cuts power to collectstatic too")
    parser.add_argument("--report", type=Path, help="write the tables and all failures here")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    return parser.parse_args()


def chosen(names):
    unknown = set(names) - {scenario.name for scenario in SCENARIOS}
    if unknown:
        sys.exit(f"no scenario {', '.join(sorted(unknown))}; --list names them")
    return [scenario for scenario in SCENARIOS if not names or scenario.name in names]


def one(options, scratch):
    """A disturbance by itself: its verdict, and where its world is."""
    (scenario,) = chosen(options.scenario)
    stage = Stage(scenario, options.copy, scratch)
    effect, _, at = options.at.partition(":")
    if effect == "undisturbed":
        faults = stage.known
    else:
        (point,) = (point for point in stage.points if str(point) == at)
        effect = f"{'signal' if effect == 'KILL' else 'error'}={effect}"
        print(shlex.join([*point.injecting(effect, stage.world), *stage.world.filled_in(scenario.command)]))
        faults = stage.disturbed(point, effect)
    for fault in faults:
        print(fault)
    print(f"the state before is in {stage.template}, the present one in {stage.world.path}")
    return bool(faults)


def run_sweep(part, report, options):
    report.sweep(part)
    for scenario in chosen(options.scenario):
        began = time.monotonic()
        found = sweep(scenario, SWEEPS[part], options.copy, options.scratch, options.jobs, options.sample)
        report.swept(found, time.monotonic() - began)


def run_other(part, report, options):
    module = OTHERS[part]
    report.begin(part, module.TITLE, module.COLUMNS)
    scratch = options.scratch / part
    scratch.mkdir()
    for row, failures in module.run(options, scratch):
        report.row(*row)
        for failure in failures:
            report.fail(str(row[0]), failure)


def main():
    options = arguments()
    if options.list:
        return print(*(scenario.name for scenario in SCENARIOS), sep="\n")
    parts = options.only.split(",")
    if set(parts) - set(PARTS):
        sys.exit(f"--only takes some of {','.join(PARTS)}")
    tools.require(parts)
    tools.alone()
    os.umask(0o022)
    scratch = options.scratch
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    tools.preload(scratch)
    # A copy, so that a rebuild meanwhile does not mix two binaries into one table.
    options.copy = shutil.copy(options.bin, scratch / "hashstatic")
    if options.at:
        sys.exit(one(options, scratch))
    report = Report(options)
    for part in parts:
        if part in SWEEPS:
            run_sweep(part, report, options)
        else:
            run_other(part, report, options)
    shutil.rmtree(scratch)
    report.end()
    sys.exit(report.failed)


if __name__ == "__main__":
    main()
