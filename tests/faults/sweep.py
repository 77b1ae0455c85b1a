"""Disturbs the run of one scenario at each of its points, a world per worker, and judges every time."""

import queue
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import tree
from judge import Fault, Judge
from points import of_run
from world import World

FRESH = "{world}/fresh"


@dataclass
class Found:
    """What the disturbances of one scenario have come to."""

    scenario: object
    tried: int = 0
    # Disturbance (`KILL rename:out/…:1`) → its faults.
    faults: dict = field(default_factory=dict)


class Stage:
    """A scenario made ready to be run again and again."""

    def __init__(self, scenario, binary, scratch, worker=0):
        self.scenario = scenario
        self.scratch = scratch / str(worker)
        self.world = World(self.scratch / "world", scratch / "world", binary)
        self.template, self.interrupted = self.scratch / "template", self.scratch / "interrupted"
        self.world.begin(scenario)
        World(self.template, self.template, binary).copy(self.world.path)
        self.before = self.world.read()
        # A copy, as all others: even directories tell their entries in another order than the original.
        self.world.copy(self.template)
        ended, self.points = of_run(self.world, scenario.command, self.scratch / "calls")
        self.ended, after = ended, self.world.read()
        self.judge = Judge(scenario, self.before, after if scenario.status == 0 else self.before)
        # What is wrong without any disturbance is told once.
        self.known = self.undisturbed()

    def undisturbed(self):
        """The run as it is, which has to please the judge too."""
        if self.ended.status != self.scenario.status:
            return [Fault("status", f"undisturbed: {self.ended.status}: {self.ended.stderr}")]
        found = self.world.read()
        return [*self.judge.disturbed(found, self.ended, "none"), *self.again(found)]

    def disturbed(self, point, effect):
        faults = dict.fromkeys(self.disturb(point, effect))
        return [fault for fault in faults if fault not in self.known]

    def disturb(self, point, effect):
        self.world.copy(self.template)
        log = self.scratch / "injected"
        is_kill = effect == "signal=KILL"
        strace = point.injecting(effect, self.world, *([] if is_kill else [log]))
        ended = self.world.run(self.scenario.command, strace)
        if not is_kill and "INJECTED" not in log.read_text():
            return [Fault("not reached", f"no {point.call} of that number, status {ended.status}")]
        found = self.world.read()
        faults = list(self.judge.disturbed(found, ended, None if is_kill else point.call))
        if faults and faults[0].kind == "not reached":
            return faults
        return [*faults, *self.again(found)]

    def again(self, found):
        """After the next run. Where temporary files were left, whether it has their names (a process of the same
        number, as in a container) or others must not matter."""
        if any(map(tree.is_temporary, found)):
            World(self.interrupted, self.interrupted, None).copy(self.world.path)
            yield from self.next_run(as_another=True)
            self.world.copy(self.interrupted)
        yield from self.next_run(as_another=False)

    def next_run(self, as_another):
        ended = self.world.run(self.scenario.command, as_another=as_another)
        verified = None
        scenario = self.scenario
        if ended.status == 0 and scenario.manifest in self.judge.after:
            manifest = f"{{world}}/{scenario.manifest}"
            root = f"{{world}}/{scenario.root}"
            verified = self.world.run(("verify", root, "--manifest", manifest, "--no-config"))
        yield from self.judge.repaired(self.world.read(), ended, verified)
        if scenario.cached and ended.status == 0:
            yield from self.poisoned()

    def poisoned(self):
        """What comes out of the cache, into an empty directory."""
        if "build" not in self.scenario.command:
            return
        command = [FRESH if argument == "{world}/out" else argument for argument in self.scenario.command]
        self.world.run(command)
        found, root = self.world.read(), f"{self.scenario.root}/"
        for name, content in found.items():
            expected = self.judge.after.get(name.replace("fresh/", root, 1))
            if name.startswith("fresh/") and content != expected and not name.endswith(".generations.json"):
                yield Fault("poisoned cache", name)


def sweep(scenario, disturbances, binary, scratch, jobs, sample=1):
    """`disturbances`: the points of a run → pairs of point and effect."""
    stages = queue.SimpleQueue()
    made = [Stage(scenario, binary, scratch, worker) for worker in range(jobs)]
    for stage in made:
        stages.put(stage)
    found = Found(scenario)
    if made[0].known:
        found.faults["undisturbed"] = made[0].known
    pairs = list(disturbances(made[0].points))[::sample] if scenario.status == 0 else []

    def try_one(pair):
        stage = stages.get()
        try:
            return stage.disturbed(*pair)
        finally:
            stages.put(stage)

    with ThreadPoolExecutor(jobs) as pool:
        for (point, effect), faults in zip(pairs, pool.map(try_one, pairs), strict=True):
            if faults:
                found.faults[f"{effect.partition('=')[2]}:{point}"] = faults
    found.tried = len(pairs) + 1
    return found
