"""Compares hashstatic with cp, Django, WhiteNoise and django-manifeststaticfiles-enhanced. `make bench` runs it.

    make bench                                       everything, on tmpfs: over an hour
    make bench ARGS="--scenario hash-only rerun"     some of it
    make bench ARGS="--scratch target/bench/scratch" on that disk
    make bench ARGS=--render                         docs/benchmarks.md once more from the stored results

Results are kept in target/bench/results.json, per scenario and kind of file system; a new run replaces its own. A quiet
machine is needed: stop everything else, and look at "load" in docs/benchmarks.md.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import corpus
import machine
import plot
import render
from contenders import Tools
from runner import Failure, Runner
from scenarios import scenarios

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = ROOT / "target" / "bench"
RESULTS = TARGET / "results.json"
NEEDED = 8 << 30  # bytes: two outputs of the largest scenario and its sources


def main():
    options = arguments()
    if options.smoke:
        options.repeat, options.slow_repeat, options.scale = 1, 1, [1, 2]
        corpus.VIDEO_BYTES = 16 << 20
    if options.render:
        return publish(json.loads(RESULTS.read_text()))
    TARGET.mkdir(parents=True, exist_ok=True)
    python = make_venv()
    scratch = Path(options.scratch) if options.scratch else default_scratch()
    scratch.mkdir(parents=True, exist_ok=True)
    if not options.smoke and shutil.disk_usage(scratch).free < NEEDED:
        sys.exit(f"{scratch} has less than {NEEDED >> 30} GiB free; choose another with --scratch")
    with tempfile.TemporaryDirectory(dir=scratch, prefix="hashstatic-bench-") as scratch:
        tools = Tools(options.binary, python, Path(scratch) / "cache")
        known = scenarios(tools, options.scale)
        unknown = set(options.scenario or ()) - known.keys()
        if unknown:
            sys.exit(f"no such scenario: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        if not tools.has_cache:
            print("this hashstatic has no build cache: nothing is timed with a warm one", file=sys.stderr)
        about = machine.describe(scratch, options.binary, python, ROOT)
        runner = Runner(scratch, python, fetcher(options.smoke, python), options.repeat, options.slow_repeat)
        results = {}
        for name in options.scenario or known:
            try:
                contenders = runner.run(known[name])
            except Failure as failure:
                sys.exit(f"{name}: {failure}")
            results[f"{name} on {machine.kind_of(about['file system'])}"] = render.result(
                known[name], contenders, about, corpus_size(runner, known[name])
            )
            if not options.smoke:
                store(results)
    for text in render.as_text(results):
        print(f"\n{text}")
    if not options.smoke:
        publish(store(results))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", nargs="+", metavar="NAME", help="only these (default: all)")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="timed runs of each contender (default: 5)")
    parser.add_argument("--slow-repeat", type=int, default=2, metavar="N",
                        help="timed runs of those that take minutes: WhiteNoise, Brotli without a cache, Django with "
                             "ES modules (default: 2)")
    parser.add_argument("--scale", type=lambda text: list(map(int, text.split(","))), default=[1, 4, 16],
                        metavar="N,N…", help="corpus sizes of the scenario growth (default: 1,4,16)")
    parser.add_argument("--scratch", metavar="DIR", help="where sources and outputs are (default: /dev/shm if there)")
    parser.add_argument("--binary", default=ROOT / "target" / "release" / "hashstatic", help="the hashstatic to time")
    parser.add_argument("--render", action="store_true", help="write docs/benchmarks.md from the stored results")
    parser.add_argument("--smoke", action="store_true",
                        help="every scenario once over a few files, keeping nothing: shows that this program works")
    return parser.parse_args()


def make_venv():
    with open(TARGET / "lock", "w") as lock:
        corpus.prepare.fcntl.flock(lock, corpus.prepare.fcntl.LOCK_EX)
        newest = corpus.prepare.find_pythons()[-1]
        corpus.prepare.make_venv(TARGET / "venv", corpus.HERE / "requirements.txt", newest)
    return TARGET / "venv" / "bin" / "python"


def default_scratch():
    memory = Path("/dev/shm")
    return memory if memory.is_dir() else TARGET / "scratch"


def fetcher(smoke, python):
    if smoke:
        return lambda name: corpus.write_small(TARGET / "small")
    return lambda name: corpus.fetch(name, TARGET / "corpora", python.with_name("pip"))


def corpus_size(runner, scenario):
    root = runner.source(scenario.contenders[0].source)
    names = corpus.files(root)
    return {"files": len(names), "bytes": sum((root / name).stat().st_size for name in names)}


def store(results):
    stored = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    stored |= results
    RESULTS.write_text(json.dumps(stored, indent=1))
    return stored


def publish(results):
    (ROOT / "docs" / "benchmarks.md").write_text(render.as_markdown(results))
    (ROOT / "docs" / "benchmarks.svg").write_text(plot.plot(results))
    print("written: docs/benchmarks.md, docs/benchmarks.svg", file=sys.stderr)


if __name__ == "__main__":
    main()
