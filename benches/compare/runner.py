"""Runs a scenario: checks the outputs, then times them in turn."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import corpus

HERE = Path(__file__).resolve().parent
SAMPLE = 0.1  # seconds between looks at the CPU time of a slow contender


class Failure(Exception):
    """A contender failed, or outputs do not agree: nothing is timed."""


class Runner:
    def __init__(self, scratch, python, fetch, repeat, slow_repeat):
        self.scratch, self.python, self.fetch = Path(scratch), Path(python), fetch
        self.repeat, self.slow_repeat = repeat, slow_repeat
        self.count = 0

    def run(self, scenario):
        """Every contender's measurements and output sizes."""
        print(f"\n{scenario.name}: {scenario.title}", file=sys.stderr)
        times = {contender.label: [] for contender in scenario.contenders}
        sizes = {}
        roots = {}
        for contender in scenario.contenders:
            root = self.fresh()
            measured = self.measure(contender, root)
            roots[contender.label] = root
            sizes[contender.label] = output_size(root)
            if counts_first(contender):
                self.note(contender, measured, times)
        for contender in scenario.contenders:
            self.check(contender, roots)
        for contender in scenario.contenders:
            if not contender.again:
                shutil.rmtree(roots[contender.label])
        for number in range(max(self.repeat, self.slow_repeat)):
            # There and back, so that nobody always runs after the same neighbour.
            for contender in scenario.contenders[:: 1 if number % 2 else -1]:
                repeat = self.slow_repeat if contender.slow else self.repeat
                if number >= repeat - counts_first(contender):
                    continue
                root = roots[contender.label] if contender.again else self.fresh()
                self.note(contender, self.measure(contender, root), times)
                if not contender.again:
                    shutil.rmtree(root)
        for root in roots.values():
            shutil.rmtree(root, ignore_errors=True)
        return {label: {"runs": times[label], "output": sizes[label]} for label in times}

    def fresh(self):
        self.count += 1
        return self.scratch / f"out{self.count}"

    def measure(self, contender, root):
        source = self.source(contender.source)
        log = self.scratch / "log"
        os.sync()  # what earlier runs have left to write is not this one's cost
        command = [sys.executable, "-I", "-S", str(HERE / "measure.py"), str(log), str(SAMPLE * contender.slow)]
        command += contender.command(source, root)
        environment = os.environ | contender.environment(source, root)
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
        measured = json.loads(answer.stdout)
        if measured.pop("status") != 0:
            raise Failure(f"{contender.label} failed:\n{log.read_text()}{Path(f'{log}.err').read_text()}")
        cores = len(os.sched_getaffinity(0))
        measured["cpu"] = measured.pop("user") + measured.pop("sys")
        measured["busy"] = measured["cpu"] / measured["wall"] / cores
        samples = measured.pop("samples")
        if contender.reports:
            report = json.loads(log.read_text())["report"]
            measured["written"] = report["totals"]["written"]
            measured["stages"] = {stage["stage"]: stage["time"] for stage in report["stages"]}
            busy = busy_while_compressing(samples, measured, cores)
            if busy is not None:
                measured["busy while compressing"] = busy
        return measured

    def note(self, contender, measured, times):
        times[contender.label].append(measured)
        print(f"  {contender.label:42} {measured['wall']:9.3f} s", file=sys.stderr)

    def check(self, contender, roots):
        kind, _, argument = contender.check.partition(" ")
        if not kind:
            return
        arguments = [kind, str(roots[contender.label])]
        if kind == "equal":
            arguments.append(str(roots[argument]))
        else:
            arguments += [str(self.source(contender.source)), *argument.split()]
        answer = subprocess.run([str(self.python), str(HERE / "agree.py"), *arguments], stderr=subprocess.PIPE, text=True)
        if answer.returncode != 0:
            raise Failure(f"the output of {contender.label} is not right ({contender.check}):\n{answer.stderr}")
        print(f"  {contender.label:42} {contender.check}: yes", file=sys.stderr)

    def source(self, name):
        """The directory of a source, made in the scratch directory when first asked for: `project`, `project@4`
        (4 copies), `project+video`."""
        into = self.scratch / "sources" / name
        if not into.exists():
            base, _, copies = name.partition("@")
            base, _, video = base.partition("+")
            if copies:
                corpus.replicate(self.source(base), into, int(copies))
            elif video:
                corpus.replicate(self.source(base), into, 1)
                corpus.write_video(into / "video.mp4")
            else:
                shutil.copytree(self.fetch(base), into)
        return into


def counts_first(contender):
    """Whether the run that is made to look at the output is timed as well."""
    return contender.slow and not contender.again


def busy_while_compressing(samples, measured, cores):
    """How much of all cores was used between the first and the last look within the stage `compress`. The stages end
    with the process, so they are counted from there."""
    if "compress" not in measured["stages"]:
        return None  # nothing has changed since the last run
    stages = list(measured["stages"].items())
    before = measured["wall"] - sum(time for _, time in stages)
    start = before + sum(time for _, time in stages[: [name for name, _ in stages].index("compress")])
    within = [sample for sample in samples if start <= sample[0] <= start + measured["stages"]["compress"]]
    if len(within) < 10:
        return None
    (first, cpu), (last, cpu_then) = within[0], within[-1]
    return (cpu_then - cpu) / (last - first) / cores


def output_size(root):
    """Files and bytes, as they are listed: files that share their bytes count each."""
    size = {"files": 0, "bytes": 0, "br": 0, "gz": 0}
    for name in corpus.files(root):
        length = (root / name).lstat().st_size
        size["files"] += 1
        size["bytes"] += length
        if name.endswith((".br", ".gz")):
            size[name[-2:]] += length
    return size
