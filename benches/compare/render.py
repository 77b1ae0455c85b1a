"""Results as text and as Markdown."""

import dataclasses
import statistics

# Docs have one order, whatever was run last.
ORDER = ["hash-only", "whitenoise", "keep-only-hashed", "rerun", "durable", "modules-three", "modules-echarts", "growth", "video"]

HEAD = """# Benchmarks

What `make bench` measured (`benches/compare`): medians of whole processes, seen from outside, over a pinned corpus of
real packages (`benches/compare/corpus.toml`). This page and the plot are written by it; don't edit them.

![Seconds of each program, on a logarithmic scale](benchmarks.svg)

To run it again, on a quiet machine with Python 3.11 or later, pip, npm and a Python that is recent enough for Django:

```console
$ make bench                                          # on tmpfs, over an hour
$ make bench ARGS="--scratch target/bench/scratch"    # on disk
$ make bench ARGS="--scenario hash-only --repeat 9"   # one of them; --help names all options
```

How it measures:

- Outputs are checked first: `--django-exact` must equal Django's static root byte for byte; otherwise Django must load
  the manifest, it must list every source file, every file must be there, every variant must decode to its file.
- The programs of a scenario take turns, forwards and backwards. The first, untimed round warms the page cache; programs
  that take minutes have none, and fewer runs (*n*). Every output goes into a fresh directory, except for `unchanged`.
  Removing it, and syncing earlier writes, is not timed. The sources, the outputs and the build cache are on one file
  system.
- *wall* is the median and, in parentheses, the range. *CPU* is user and system time. *busy* is CPU time over wall time and
  all cores. *peak* is the largest resident set of a single process (`wait4`); values below about 10 MB cannot be measured.
- A ratio is the median of the ratios of the runs of one round; its range is theirs.
- Django, WhiteNoise and the enhanced storage are timed as people run them, `manage.py collectstatic`, Python's start
  included, in a project with no other app.
- Sizes count every listed file, whether or not it shares its bytes with another.
"""


def result(scenario, contenders, about, size):
    """One scenario's results, with all that is needed to render them later."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "plot": scenario.plot,
        "about": about,
        "corpus": size,
        "contenders": contenders,
        "goals": [dataclasses.asdict(goal) for goal in scenario.goals],
    }


def ordered(results):
    position = {name: number for number, name in enumerate(ORDER)}
    return sorted(results.items(), key=lambda item: (-("tmpfs" in item[0]), position.get(item[1]["name"], 99), item[0]))


COLUMNS = ["", "n", "wall", "CPU", "busy", "peak", "files", "bytes", ".br", ".gz"]


def rows(one):
    for label, measured in one["contenders"].items():
        runs, output = measured["runs"], measured["output"]
        walls = [run["wall"] for run in runs]
        median = lambda key: statistics.median(run[key] for run in runs)  # noqa: E731
        yield [
            label,
            str(len(runs)),
            seconds(statistics.median(walls)) + (f" ({seconds(min(walls))}–{seconds(max(walls))})" if len(runs) > 1 else ""),
            seconds(median("cpu")),
            f"{median('busy'):.0%}",
            megabytes(median("peak"), 0),
            f"{output['files']:,}",
            megabytes(output["bytes"]),
            megabytes(output["br"], 3) if output["br"] else "–",
            megabytes(output["gz"], 3) if output["gz"] else "–",
        ]


def goal_lines(one):
    kind = kind_of(one)
    for goal in one["goals"]:
        if goal["on"] not in ("", kind):
            continue
        values = [value / goal["scale"] for value in ratios(one, goal)]
        if not values:
            continue
        percent = goal["measure"].startswith("busy")
        size = goal["measure"] == "peak" and not goal["per"]
        digits = 3 if goal["measure"] in ("br", "gz") else 2
        show = (lambda v: f"{v:.0%}") if percent else (lambda v: megabytes(v, 0)) if size else (
            lambda v: f"{v:.{digits if v < 100 else 0}f}")
        middle = statistics.median(values)
        what = goal["measure"] + " of " + goal["of"] + (f" / {goal['per']}" if goal["per"] else "")
        what += f" / {goal['scale']:g}" if goal["scale"] != 1 else ""
        line = f"{what}: {show(middle)}"
        if min(values) != max(values):
            line += f" ({show(min(values))}–{show(max(values))})"
        if goal["at_most"] is not None:
            line += f"; goal at most {show(goal['at_most'])}, " + ("met" if middle <= goal["at_most"] else "not met")
        if goal["at_least"] is not None:
            line += f"; goal at least {show(goal['at_least'])}, " + ("met" if middle >= goal["at_least"] else "not met")
        yield line


def ratios(one, goal):
    of = values(one["contenders"][goal["of"]], goal["measure"])
    if not goal["per"]:
        return of
    per = values(one["contenders"][goal["per"]], goal["measure"])
    # The slow ones have fewer runs: each of theirs stands for several rounds.
    pairs = max(len(of), len(per)) if of and per else 0
    return [of[number % len(of)] / per[number % len(per)] for number in range(pairs)]


def values(contender, measure):
    if measure in contender["output"]:
        return [contender["output"][measure]]
    return [run[measure] for run in contender["runs"] if measure in run]


def kind_of(one):
    return "tmpfs" if one["about"]["file system"] in ("tmpfs", "ramfs") else "disk"


def heading(one):
    size = one["corpus"]
    return f"{one['name']} on {one['about']['file system']}: {one['title']} ({size['files']:,} files, {megabytes(size['bytes'])})"


def as_text(results):
    return [text(one) for _, one in ordered(results)]


def text(one):
    table = [COLUMNS, *rows(one)]
    widths = [max(len(row[column]) for row in table) for column in range(len(COLUMNS))]
    lines = [heading(one)]
    for row in table:
        cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines + [f"  {line}" for line in goal_lines(one)])


def as_markdown(results):
    parts = [HEAD]
    for _, one in ordered(results):
        parts.append(f"## {one['name']}, on {one['about']['file system']}\n")
        size = one["corpus"]
        about = one["about"]
        parts.append(f"{one['title']}. {size['files']:,} files, {megabytes(size['bytes'])}; {about['date']}, "
                     f"hashstatic {about['versions']['hashstatic']}, {about['cpu']}, load before {about['load']:.1f}.\n")
        parts.append("| " + " | ".join(COLUMNS) + " |\n|" + " --- |" + " ---: |" * (len(COLUMNS) - 1))
        parts += ["| " + " | ".join(row) + " |" for row in rows(one)]
        goals = [f"- {line}" for line in goal_lines(one)]
        parts += ["", *goals, ""] if goals else [""]
    parts.append(machines(results))
    return "\n".join(parts)


def machines(results):
    """The machines and versions, each once."""
    seen = []
    for _, one in ordered(results):
        about = one["about"]
        versions = {key: value for key, value in about["versions"].items() if key != "hashstatic"}
        lines = [
            f"- {about['cpu']}, {about['cores']} cores, {about['memory'] / (1 << 30):.0f} GiB, {about['kernel']}",
            "- " + ", ".join(f"{name} {value}".replace("cp cp", "cp") for name, value in versions.items()),
        ]
        if lines not in seen:
            seen.append(lines)
    return "## Machine\n\n" + "\n\n".join("\n".join(lines) for lines in seen) + "\n"


def seconds(value):
    return f"{value:.3f} s" if value < 1 else f"{value:.2f} s" if value < 100 else f"{value:.0f} s"


def megabytes(value, digits=1):
    return f"{value / 1e6:,.{digits}f} MB"
