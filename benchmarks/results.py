"""The result file of a run, and its medians over rounds. Pure but for reading and writing that file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from benchmarks.stats import median, spread

FORMAT = 1
BASE = "mock"
_PAIRED = ("latency_p50_ms", "latency_p99_ms", "first_event_p50_ms", "first_event_p99_ms",
           "event_delay_p50_ms", "event_delay_p99_ms")  # fmt: skip


class Row(msgspec.Struct):
    """One scenario at one target in one round. Units stand at the end of each figure's name."""

    scenario: str
    target: str
    round: int
    metrics: dict[str, float]
    processes: dict[str, dict[str, float]] = {}
    notes: list[str] = []


class About(msgspec.Struct):
    """One target of a run. `unavailable` says why it was not measured, or is empty."""

    name: str
    version: str = ""
    setting: str = ""
    unavailable: str = ""
    start_s: list[float] = []
    notes: list[str] = []


class Skipped(msgspec.Struct):
    """A scenario that was not run at a target, and why."""

    scenario: str
    target: str
    reason: str


class Run(msgspec.Struct):
    """Everything that one run found."""

    started_at: str
    environment: dict[str, str]
    rounds: int
    options: dict[str, float]
    targets: list[About]
    rows: list[Row] = []
    skipped: list[Skipped] = []
    format: int = FORMAT


class Median(msgspec.Struct):
    """One scenario at one target over all rounds that measured it."""

    scenario: str
    target: str
    metrics: dict[str, float]
    spreads: dict[str, float]
    processes: dict[str, dict[str, float]]
    notes: list[str]
    rounds: int


def write(run: Run, path: Path) -> None:
    """Write a run as indented JSON, at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(run), indent=1))
    draft.replace(path)


def read(path: Path) -> Run:
    """Read a run.

    Raises:
        ValueError: it is not a result file of this format.
    """
    try:
        run = msgspec.json.decode(path.read_bytes(), type=Run)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path} is not a result of this suite: {error}") from error
    if run.format != FORMAT:
        raise ValueError(f"{path} has format {run.format}, this suite reads {FORMAT}")
    return run


def with_added(run: Run) -> list[Row]:
    """Return the rows with `added_` figures: the difference to the mock directly in the same round and scenario."""
    base = {(row.scenario, row.round): row.metrics for row in run.rows if row.target == BASE}
    out = []
    for row in run.rows:
        direct = base.get((row.scenario, row.round))
        metrics = dict(row.metrics)
        if direct is not None and row.target != BASE:
            metrics |= {
                f"added_{name}": metrics[name] - direct[name] for name in _PAIRED if name in metrics and name in direct
            }
        out.append(msgspec.structs.replace(row, metrics=metrics))
    return out


def medians(run: Run) -> list[Median]:
    """Return the medians over rounds, in the order in which scenarios and targets first appear."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in with_added(run):
        groups.setdefault((row.scenario, row.target), []).append(row)
    out = []
    for (scenario, target), rows in groups.items():
        series = _series([row.metrics for row in rows])
        processes: dict[str, dict[str, float]] = {}
        for name in dict.fromkeys(name for row in rows for name in row.processes):
            figures = _series([row.processes.get(name, {}) for row in rows])
            processes[name] = {figure: median(values) for figure, values in figures.items()}
        out.append(
            Median(
                scenario,
                target,
                {name: median(values) for name, values in series.items()},
                {name: spread(values) for name, values in series.items()},
                processes,
                [f"round {row.round + 1}: {note}" for row in rows for note in row.notes],
                len(rows),
            )
        )
    return out


def _series(many: list[dict[str, float]]) -> dict[str, list[float]]:
    out: dict[str, list[float]] = {}
    for metrics in many:
        for name, value in metrics.items():
            out.setdefault(name, []).append(value)
    return out
