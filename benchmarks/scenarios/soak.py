"""Memory over many requests: --count says how many (default 100,000). Only when asked for by name."""

from __future__ import annotations

import asyncio

from benchmarks import load
from benchmarks.measure import Context, Outcome
from benchmarks.processes import MB
from benchmarks.scenarios.base import LATENCY, RATE, REQUEST_COST, UNARY, Scenario, closed
from benchmarks.tally import Result

REQUESTS = 100_000
SAMPLES = 10


class Soak(Scenario):
    """A closed loop until the count is reached; resident memory is sampled ten times on the way, at equal counts."""

    name = "soak"
    title = "Memory over many requests"
    columns = (
        ("requests", "requests"),
        ("rss_first_mb", "RSS MB at 10 %"),
        ("rss_last_mb", "RSS MB at the end"),
        ("growth_bytes_per_request", "growth bytes/request"),
        *RATE,
        *LATENCY[1:],
        *REQUEST_COST[:1],
        ("errors", "errors"),
    )
    chart = "growth_bytes_per_request"
    usual = False

    def run(self, context: Context) -> Outcome:
        """Load in ten equal parts and look at memory after each."""
        count = context.options.count or REQUESTS
        target = context.aim(UNARY)
        closed(context, target, connections=32, seconds=2.0, warm=0.5)
        samples: list[int] = []
        by_name: list[dict[str, int]] = []

        async def parts() -> Result:
            total = Result()
            for _ in range(SAMPLES):
                part = await load.closed_loop(target, connections=32, seconds=86_400, count=count // SAMPLES)
                _add(total, part)
                await asyncio.sleep(0.5)
                names = _rss(context)
                by_name.append(names)
                samples.append(sum(names.values()))
            return total

        outcome = context.measure(parts)
        metrics = outcome.metrics
        if samples and samples[0]:
            metrics["rss_first_mb"] = samples[0] / MB
            metrics["rss_last_mb"] = samples[-1] / MB
            metrics["growth_bytes_per_request"] = (samples[-1] - samples[0]) / (count * (SAMPLES - 1) / SAMPLES)
            metrics |= {f"rss_{index + 1}0_mb": value / MB for index, value in enumerate(samples)}
            for name, last in by_name[-1].items():
                first = by_name[0].get(name, 0)
                outcome.processes.setdefault(name, {})["rss_growth_mb"] = (last - first) / MB
        return outcome


def _rss(context: Context) -> dict[str, int]:
    tree = context.running.tree
    out: dict[str, int] = {}
    for sample in tree.sample().values() if tree is not None else ():
        out[sample.name] = out.get(sample.name, 0) + sample.rss
    return out


def _add(total: Result, part: Result) -> None:
    total.elapsed_s += part.elapsed_s
    total.cpu_s += part.cpu_s
    total.completed += part.completed
    total.started += part.started
    total.reconnects += part.reconnects
    total.errors.update(part.errors)
    total.latency.extend(part.latency)
