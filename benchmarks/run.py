"""One run: mock, targets in turn, scenarios in turn, rounds interleaved, everything into one result file.

One target is alive at a time, so that none disturbs another; a round starts each target anew (A B C A B C), so that
slow changes of a noisy machine reach all of them, and each start is a start time measured.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import environment, results
from benchmarks.measure import Context, Options, mock_stats
from benchmarks.peers import registry as peers
from benchmarks.peers.base import CACHE, Running, Target, Unavailable, free_port, launch, python_module, stop_process
from benchmarks.processes import Tree, cpu_between
from benchmarks.scenarios.base import MODELS, Scenario
from benchmarks.scenarios.registry import SCENARIOS, SHORT

REST = 0.4
"""A target that uses less than this many cores after its start is held to be ready."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. Empty `targets` or `scenarios` mean the usual ones."""

    targets: Sequence[str] = ()
    scenarios: Sequence[str] = ()
    rounds: int = 3
    options: Options = field(default_factory=Options)
    out: Path = CACHE / "results"

    def chosen(self) -> list[Scenario]:
        """Return the scenarios of this run.

        Raises:
            ValueError: an unknown name.
        """
        names = self.scenarios or (SHORT if self.options.short else [n for n, s in SCENARIOS.items() if s.usual])
        if unknown := [name for name in names if name not in SCENARIOS]:
            raise ValueError(f"unknown scenario {unknown[0]!r}; known: {', '.join(SCENARIOS)}")
        return [SCENARIOS[name] for name in names]

    def work(self) -> list[tuple[str, list[Scenario]]]:
        """Return which target runs which scenarios. The mock comes first: "added" figures need it.

        A scenario about variants of the gateway adds them when the gateway is among the targets, and they run only it.
        """
        asked = list(dict.fromkeys(["mock", *(self.targets or peers.DEFAULT)]))
        scenarios = self.chosen()
        work: dict[str, list[Scenario]] = {spec: [s for s in scenarios if not s.variants] for spec in asked}
        for scenario in scenarios:
            for variant in scenario.variants:
                if variant in work or peers.base_name(variant) in work:
                    work.setdefault(variant, []).append(scenario)
        return [(spec, todo) for spec, todo in work.items() if todo or spec in asked]


def run(plan: Plan) -> Path:
    """Run everything and return the path of the result file, which is complete up to where the run got.

    Raises:
        ValueError: an unknown target or scenario.
    """
    work = [(peers.create(spec), todo) for spec, todo in plan.work()]
    _raise_file_limit()
    stamp = datetime.now(UTC)
    path = plan.out / f"{stamp:%Y%m%d-%H%M%S}.json"
    logs = plan.out / f"{stamp:%Y%m%d-%H%M%S}-logs"
    found = results.Run(
        started_at=stamp.isoformat(timespec="seconds"),
        environment=environment.describe(),
        rounds=plan.rounds,
        options={
            "short": float(plan.options.short),
            "seconds": plan.options.seconds,
            "count": float(plan.options.count),
            "rate": plan.options.rate,
        },
        targets=[results.About(target.name, setting=target.about) for target, _ in work],
    )
    port = free_port()
    mock = launch("mock", python_module("benchmarks.mock_upstream", "--port", str(port)), logs)
    try:
        _wait_for_mock(port)
        ready = [
            (target, todo, about)
            for (target, todo), about in zip(work, found.targets, strict=True)
            if _install(target, about)
        ]
        for number in range(plan.rounds):
            for target, todo, about in ready:
                if about.unavailable:
                    continue
                _say(f"round {number + 1}/{plan.rounds} {target.name}: starting")
                facts: dict[str, float] = {}
                for part in parts(todo):
                    context = _start(target, about, number, port, Tree(mock.pid), plan.options, facts, logs)
                    if context is not None:
                        _put_through(context, part, found, number)
                    results.write(found, path)
    finally:
        stop_process(mock, 5)
        results.write(found, path)
    return path


def parts(todo: Sequence[Scenario]) -> list[list[Scenario]]:
    """Return the scenarios in groups, each of which begins with a start of the target."""
    out: list[list[Scenario]] = [[]]
    for scenario in todo:
        if scenario.fresh and out[-1]:
            out.append([])
        out[-1].append(scenario)
    return out


def _start(
    target: Target,
    about: results.About,
    number: int,
    port: int,
    mock: Tree,
    options: Options,
    facts: dict[str, float],
    logs: Path,
) -> Context | None:
    """Start a target and wait until it is at rest; None when it cannot be started."""
    if about.unavailable:
        return None
    try:
        running = target.start(port, MODELS, logs)
    except Unavailable as error:
        about.unavailable = f"round {number + 1}: {error}"
        _say(f"  {target.name} is not available: {error}")
        return None
    about.start_s.append(running.start_s)
    patience = 5.0 if options.short else 60.0
    if not _come_to_rest(running, patience):
        about.notes.append(f"round {number + 1}: still busy {patience:.0f} s after its start")
        _say(f"  {target.name} is still busy {patience:.0f} s after its start")
    return Context(target.name, running, port, mock, options, facts)


def _put_through(context: Context, todo: Sequence[Scenario], found: results.Run, number: int) -> None:
    """Put a started target through scenarios and stop it."""
    name = context.target
    try:
        for scenario in todo:
            if reason := scenario.skip(context):
                if number == 0:
                    found.skipped.append(results.Skipped(scenario.name, name, reason))
                continue
            began = time.monotonic()
            try:
                outcome = scenario.run(context)
            except (OSError, RuntimeError) as error:
                # A target that falls over in one scenario is a finding; the other scenarios go on without it.
                found.rows.append(results.Row(scenario.name, name, number, {}, notes=[f"failed: {error!r}"]))
                _say(f"  {name} {scenario.name}: failed: {error!r}")
                continue
            row = results.Row(scenario.name, name, number, outcome.metrics, outcome.processes, outcome.notes)
            found.rows.append(row)
            took = time.monotonic() - began
            _say(f"  {name} {scenario.name}: {_brief(scenario, outcome.metrics)} ({took:.0f} s)")
    finally:
        context.running.stop()


def _come_to_rest(running: Running, seconds: float) -> bool:
    """Wait until the target's start is over: a second worker may still load when the first one answers.

    False when it was not within `seconds`.
    """
    tree = running.tree
    until = time.monotonic() + seconds
    while tree is not None and time.monotonic() < until:
        before, began = tree.sample(), time.monotonic()
        time.sleep(1.0)
        if sum(cpu_between(before, tree.sample()).values()) < REST * (time.monotonic() - began):
            return True
    return tree is None


def _brief(scenario: Scenario, metrics: dict[str, float]) -> str:
    shown = [(heading, metrics[name]) for name, heading in scenario.columns if name in metrics]
    return ", ".join(f"{heading} {value:.4g}" for heading, value in shown)


def _install(target: Target, about: results.About) -> bool:
    try:
        _say(f"{target.name}: installing if needed")
        target.install()
        about.version = target.version()
    except Unavailable as error:
        about.unavailable = str(error)
        _say(f"  {target.name} is not available: {error}")
        return False
    return True


def _wait_for_mock(port: int) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            mock_stats(port)
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _raise_file_limit() -> None:
    """1,000 streams need 1,000 descriptors here and in the mock, which inherits this limit, and more in a target."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
