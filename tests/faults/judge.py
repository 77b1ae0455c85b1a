"""What has to be right after a disturbed run, and after the next undisturbed one.

The measure are the files before, and those of an undisturbed run on a copy: there are no other right bytes.
"""

import json
from dataclasses import dataclass

import tree
import variants

# Go before the manifest comes: variants, and what `--headers` has said of an earlier build.
HEADERS = ".headers."


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: what kind of thing, and which."""

    kind: str
    what: str

    def __str__(self):
        return f"{self.kind}: {self.what}"


class Judge:
    def __init__(self, scenario, before, after):
        self.scenario, self.before, self.after = scenario, before, after
        self.manifest = scenario.manifest

    def disturbed(self, found, ended, injected=None):
        """Right after the run. `injected`: the call that failed, `None` if the run was killed."""
        yield from self.status(ended, injected)
        yield from self.named(found)
        yield from self.lost(found)
        yield from self.stale(found)
        if injected and ended.status == 0:
            missing = [line for line in tree.differences(found, self.after) if not is_leftover(line)]
            if missing:
                yield Fault("exit 0, not done", ", ".join(missing[:4]))
        if injected and ended.status != 0 and not injected.startswith("unlink"):
            temporaries = [name for name in found if tree.is_temporary(name) and name not in self.before]
            if temporaries:
                yield Fault("temporaries", ", ".join(temporaries))

    def repaired(self, found, ended, verified):
        """After the next run: it has ended so, and `verify` so."""
        if ended.status != self.scenario.status:
            yield Fault("not repaired", f"the next run ends with {ended.status}: {first_line(ended)}")
            return
        wrong = tree.differences(found, self.after)
        temporaries = [line for line in wrong if line.startswith("+") and is_leftover(line)]
        if temporaries:
            yield Fault("left for good", ", ".join(temporaries[:4]))
        others = [line for line in wrong if line not in temporaries]
        if others:
            yield Fault("not repaired", ", ".join(others[:4]))
        if verified and verified.status != 0:
            yield Fault("not repaired", f"verify: {first_line(verified)}")

    def status(self, ended, injected):
        if injected is None:
            if not ended.killed:
                yield Fault("not reached", f"the run was not killed, it ended with {ended.status}")
        elif ended.status == -1:
            yield Fault("hang", ended.stderr)
        elif ended.status not in (0, 1, 2):
            yield Fault("status", f"{ended.status}: {first_line(ended)}")
        elif ended.status != 0 and "/" not in ended.stderr:
            yield Fault("status", f"no path in: {first_line(ended)}")

    def named(self, found):
        """The manifest is the old or the new one, and what it names is there as that one says."""
        if self.manifest is None:
            return
        content = found.get(self.manifest)
        if content is None:
            if self.manifest in self.before:
                yield Fault("manifest", "is gone")
            return
        measures = [measure for measure in (self.after, self.before) if measure.get(self.manifest) == content]
        if not measures:
            yield Fault("manifest", f"neither the old nor the new one: {content[:60]!r}")
            return
        for name in self.names(content):
            if name not in found:
                yield Fault("manifest", f"{name} is missing")
            elif found[name] not in [measure.get(name) for measure in (self.before, self.after)]:
                yield Fault("manifest", f"{name} has other bytes")
        if measures[0] is self.after and self.before.get(self.manifest) != content:
            # Where the old state has a directory of that name, a plain file comes after the manifest.
            missing = [name for name in self.after if name not in found and not is_directory(name, self.before)]
            if missing:
                yield Fault("incomplete", f"the manifest is the new one, {', '.join(missing[:4])} not there yet")

    def names(self, manifest):
        return [f"{self.scenario.root}/{name}" for name in json.loads(manifest)["paths"].values()]

    def committed(self, found):
        """Whether what the command removes may be gone."""
        if self.manifest is None or self.manifest not in self.after:
            return self.scenario.status == 0
        return found.get(self.manifest) == self.after[self.manifest]

    def lost(self, found):
        for name, content in self.before.items():
            if tree.is_temporary(name) or name.endswith("/"):
                continue
            there, then = found.get(name), self.after.get(name)
            if there is None:
                is_removed = then is None and self.committed(found)
                if not is_removed and is_directory(name, self.after):
                    # It makes way for a directory, under a temporary name, and comes back with the next run.
                    is_removed = any(tree.is_temporary(other) and there == content for other, there in found.items())
                if not is_removed and not variants.base(name, self.before) and HEADERS not in name:
                    yield Fault("lost", name)
            elif name == self.manifest or there in (content, then):
                continue  # of the manifest, `named` tells
            elif tree.comparable(name, there) != tree.comparable(name, then or b""):
                yield Fault("lost", f"{name} has other bytes")

    def stale(self, found):
        """No variant beside a file that it was not made from, unless that was so before the run."""
        for name in variants.stale(found):
            base = variants.base(name, found)
            if (found[base], found[name]) != (self.before.get(base), self.before.get(name)):
                yield Fault("stale variant", name)


def is_directory(name, state):
    return any(other.startswith(f"{name}/") for other in state)


def is_leftover(line):
    """Whether a line of differences is about a temporary file or something else that only one run is to see."""
    return tree.is_temporary(line[2:])


def first_line(ended):
    return ended.stderr.strip().partition("\n")[0]
