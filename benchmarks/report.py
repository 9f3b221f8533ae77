"""A run as a Markdown page with tables and charts. Pure text from a result file; `write` puts it beside that file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks import charts, figures, results
from benchmarks.results import Median, Run
from benchmarks.scenarios.base import Scenario
from benchmarks.scenarios.registry import SCENARIOS

BUSY = 0.85
"""From this share of a core on, a single-threaded generator or mock is held to be what limits a figure."""
NOISE = 0.25
"""From this many cores used by others on, a row is marked."""
FACTS = ("cpu", "cores", "memory_gb", "kernel", "python", "ray", "commit", "changed_files", "load_average_before")


def write(path: Path) -> Path:
    """Write the Markdown page and the charts of a result file beside it; return the page's path."""
    run = results.read(path)
    rows = results.medians(run)
    page = path.with_suffix(".md")
    page.write_text(markdown(run, path.stem), "utf-8")
    for name, picture in pictures(rows).items():
        (path.parent / f"{path.stem}-{name}.svg").write_text(picture, "utf-8")
    return page


def pictures(rows: Sequence[Median]) -> dict[str, str]:
    """Return the charts by scenario."""
    out = {}
    for name, scenario in SCENARIOS.items():
        bars = [
            (row.target, row.metrics[scenario.chart])
            for row in rows
            if row.scenario == name and scenario.chart in row.metrics
        ]
        if bars and scenario.chart:
            heading = dict(scenario.columns).get(scenario.chart, scenario.chart)
            out[name] = charts.bars(scenario.title, heading, bars)
    return out


def markdown(run: Run, stem: str) -> str:
    """Return the page."""
    rows = results.medians(run)
    drawn = pictures(rows)
    rounds = f"{run.rounds} round{'s' if run.rounds != 1 else ''}"
    lines = [f"# Benchmark {run.started_at}", "", f"`{run.environment.get('command', '')}`, medians over {rounds}.", ""]
    lines += ["| | |", "|---|---|"]
    lines += [f"| {name} | {run.environment.get(name, '')} |" for name in FACTS]
    lines += ["", "## Targets", "", "| target | version | setting |", "|---|---|---|"]
    for target in run.targets:
        state = f"**not measured**: {_cell(target.unavailable)}" if target.unavailable else target.setting
        state = "; ".join([state, *(f"**{note}**" for note in target.notes)])
        lines.append(f"| {target.name} | {target.version} | {state} |")
    for name, scenario in SCENARIOS.items():
        mine = [row for row in rows if row.scenario == name]
        if not mine:
            continue
        lines += ["", f"## {scenario.title}", "", *_table(scenario, mine)]
        if name in drawn:
            lines += ["", f"![{scenario.title}]({stem}-{name}.svg)"]
        lines += _processes(mine)
        lines += [f"- {row.target}: {note}" for row in mine for note in row.notes[:6]]
    if run.skipped:
        lines += ["", "## Not run", ""]
        lines += [f"- {row.scenario} at {row.target}: {row.reason}" for row in run.skipped]
    lines += ["", "## Is the load generator the limit?", "", *_generator(rows)]
    if any(row.target == figures.GATEWAY for row in rows):
        lines += ["", "## Figures to reach", "", "| figure | found | reached |", "|---|---|---|"]
        said = {True: "yes", False: "**no**", None: "-"}
        lines += [f"| {row.text} | {row.found} | {said[row.reached]} |" for row in figures.check(run)]
    return "\n".join(lines) + "\n"


def _table(scenario: Scenario, rows: Sequence[Median]) -> list[str]:
    columns = [(name, heading) for name, heading in scenario.columns if any(name in row.metrics for row in rows)]
    lines = [
        "| target | " + " | ".join(heading for _, heading in columns) + " |",
        "|---|" + "---:|" * len(columns),
    ]
    for row in rows:
        cells = [number(row.metrics[name]) if name in row.metrics else "-" for name, _ in columns]
        lines.append(f"| {row.target}{_mark(row)} | " + " | ".join(cells) + " |")
    if any(_mark(row) for row in rows):
        lines += ["", "\\* the load generator or the mock was at its limit; † others used the machine meanwhile."]
    return lines


def _mark(row: Median) -> str:
    shares = (row.metrics.get("load_cpu_share", 0.0), row.metrics.get("mock_cpu_share", 0.0))
    mark = " \\*" if max(shares) >= BUSY else ""
    return mark + (" †" if row.metrics.get("foreign_cpu_share", 0.0) >= NOISE else "")


def _processes(rows: Sequence[Median]) -> list[str]:
    """Return the cost by process of the targets that have several."""
    lines: list[str] = []
    for row in rows:
        if len(row.processes) < 2 or not row.target.startswith("gateway"):
            continue
        names = list(dict.fromkeys(figure for one in row.processes.values() for figure in one))
        if not lines:
            lines += ["", "By process:", ""]
        lines += ["", f"| {row.target} | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
        order = sorted(row.processes.items(), key=lambda item: -max(item[1].values(), default=0.0))
        for process, found in order:
            cells = [number(found[name]) if name in found else "-" for name in names]
            lines.append(f"| {process} | " + " | ".join(cells) + " |")
    return [*lines, ""] if lines else [""]


def _generator(rows: Sequence[Median]) -> list[str]:
    """Return the proof: the generator's own CPU, and what it does against the mock directly."""
    lines = [
        (
            "The generator and the mock are one thread each. Shares are of one core; a row at "
            f"{BUSY:.0%} or more is marked in the tables above."
        ),
        "",
        "| scenario | target | generator CPU | mock CPU | others' CPU | requests/s | of the direct figure |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    direct = {row.scenario: row.metrics.get("requests_per_s", 0.0) for row in rows if row.target == results.BASE}
    for row in rows:
        if "load_cpu_share" not in row.metrics:
            continue
        found = row.metrics
        base = direct.get(row.scenario, 0.0)
        share = f"{found['requests_per_s'] / base:.1%}" if base else "-"
        cells = [f"{found.get(name, 0.0):.0%}" for name in ("load_cpu_share", "mock_cpu_share", "foreign_cpu_share")]
        rate = number(found["requests_per_s"])
        lines.append(f"| {row.scenario} | {row.target} | {' | '.join(cells)} | {rate} | {share} |")
    return lines


def number(value: float) -> str:
    """Return a figure with three digits that mean something."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 0.1 else f"{value:.3g}"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())[:300]
