"""Two runs side by side, or two targets of one run: change in percent beside the spread of the rounds. Pure text."""

from __future__ import annotations

from benchmarks.report import number
from benchmarks.results import Median, Run, medians
from benchmarks.scenarios.registry import SCENARIOS

LEAST = 0.05
"""A change below this share is never called a change, however close the rounds lie."""
ROUNDS = 3
"""With fewer rounds their spread says nothing, and no verdict is given."""
_MORE_IS_BETTER = ("requests_per_s", "events_per_s", "scaled_per_s")


def compare(before: Run, after: Run, *, names: tuple[str, str] = ("A", "B")) -> str:
    """Return a Markdown table of every figure of the reports that both runs have."""
    first = {(row.scenario, row.target): row for row in medians(before)}
    second = {(row.scenario, row.target): row for row in medians(after)}
    pairs = [(key, first[key], second[key]) for key in first if key in second]
    return table([(scenario, target, a, b) for (scenario, target), a, b in pairs], names)


def compare_targets(run: Run, before: str, after: str) -> str:
    """Return the same for two targets of one run."""
    rows = {(row.scenario, row.target): row for row in medians(run)}
    scenarios = dict.fromkeys(scenario for scenario, _ in rows)
    found = [
        (name, f"{before} -> {after}", rows[name, before], rows[name, after])
        for name in scenarios
        if (name, before) in rows and (name, after) in rows
    ]
    return table(found, (before, after))


def table(rows: list[tuple[str, str, Median, Median]], names: tuple[str, str]) -> str:
    """Return the rows as Markdown; `better` and `worse` only where the change is above the spread of both sides."""
    lines = [
        f"| scenario | target | figure | {names[0]} | {names[1]} | change | spread of rounds | |",
        "|---|---|---|---:|---:|---:|---:|---|",
    ]
    for scenario, target, a, b in rows:
        known = SCENARIOS.get(scenario)
        for figure, heading in known.columns if known else ():
            if figure not in a.metrics or figure not in b.metrics:
                continue
            old, new = a.metrics[figure], b.metrics[figure]
            change = (new - old) / abs(old) if old else 0.0
            wide = max(a.spreads.get(figure, 0.0), b.spreads.get(figure, 0.0))
            verdict = judge(figure, change, wide) if min(a.rounds, b.rounds) >= ROUNDS else "too few rounds"
            cells = [number(old), number(new), f"{change:+.1%}", f"{wide:.1%}", verdict]
            lines.append(f"| {scenario} | {target} | {heading} | " + " | ".join(cells) + " |")
    if len(lines) == 2:
        lines.append("| nothing in common | | | | | | | |")
    return "\n".join(lines) + "\n"


def judge(figure: str, change: float, wide: float) -> str:
    """Return better, worse, or nothing when the change lies within the spread of the rounds."""
    if abs(change) <= max(wide, LEAST):
        return ""
    return "better" if (change > 0) == (figure in _MORE_IS_BETTER) else "worse"
