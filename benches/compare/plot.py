"""The results as a bar chart: SVG, logarithmic, light and dark."""

import math
import statistics
from html import escape

import render

WIDTH, LEFT, RIGHT = 860, 290, 90
BAR, GAP, GROUP = 18, 6, 34

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .axis { font-size: 11px; fill: #656d76 }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .other { fill: #8c959f }
  .ours { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .axis { fill: #8d96a0 }
    .grid { stroke: #30363d }
    .other { fill: #6e7681 }
    .ours { fill: #4493f8 }
  }
"""


def plot(results):
    """The scenarios that are made for it, of one kind of file system: tmpfs if there are any."""
    shown = [one for _, one in render.ordered(results) if one["plot"]]
    if any(render.kind_of(one) == "tmpfs" for one in shown):
        shown = [one for one in shown if render.kind_of(one) == "tmpfs"]
    groups = []
    for one in shown:
        bars = [
            (label, statistics.median(run["wall"] for run in measured["runs"]))
            for label, measured in one["contenders"].items()
        ]
        groups.append((one["title"], sorted(bars, key=lambda bar: bar[1])))
    times = [time for _, bars in groups for _, time in bars] or [1]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    high = max(high, low + 1)
    scale = (WIDTH - LEFT - RIGHT) / (high - low)
    drawn, bottom = draw(groups, lambda time: LEFT + (math.log10(time) - low) * scale)
    axis = []
    for power in range(low, high + 1):
        x = LEFT + (power - low) * scale
        axis.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="8" y2="{bottom}"/>')
        axis.append(f'<text class="axis" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{10.0**power:g} s</text>')
    height = bottom + 30
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="Seconds of each program">\n<style>{STYLE}</style>\n'
        + "\n".join(axis + drawn)
        + "\n</svg>\n"
    )


def draw(groups, x_of):
    """The bars, and where they end."""
    drawn, y = [], 0
    for title, bars in groups:
        drawn.append(f'<text class="title" x="8" y="{y + 22}">{escape(title)}</text>')
        y += GROUP
        for label, time in bars:
            kind = "ours" if label.startswith("hashstatic") else "other"
            middle = y + BAR * 0.72
            end = x_of(time)
            drawn.append(f'<text x="{LEFT - 8}" y="{middle:.1f}" text-anchor="end">{escape(label)}</text>')
            drawn.append(
                f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{max(end - LEFT, 1):.1f}" height="{BAR}" rx="2"/>'
            )
            drawn.append(f'<text x="{end + 6:.1f}" y="{middle:.1f}">{render.seconds(time)}</text>')
            y += BAR + GAP
        y += GAP
    return drawn, y
