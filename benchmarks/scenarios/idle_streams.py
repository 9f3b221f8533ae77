"""1,000 open streams in which little happens: memory per stream, and whether each comes to its end."""

from __future__ import annotations

import asyncio

from benchmarks import load
from benchmarks.measure import Context, Outcome, mock_stats
from benchmarks.processes import MB, Memory
from benchmarks.scenarios.base import DELAY, FIRST, IDLE, Scenario, closed
from benchmarks.tally import Result

STREAMS = 1000
EVENTS = 10
RAMP_S = 4.0
SETTLED_S = 2.0
CARRIERS = ("Ingress", "Adapter")
"""Processes of the gateway through which streams pass; a target without these carries streams in all of its own."""


class IdleStreams(Scenario):
    """Opened over 4 s, one event a second, memory of all processes before and while all are open."""

    name = "idle_streams"
    title = "1,000 open streams, one event a second: memory per stream"
    columns = (
        ("kb_per_stream", "KB/stream (PSS)"),
        ("tree_kb_per_stream", "of the whole tree"),
        ("open_streams", "open at the sample"),
        ("requests", "ended well"),
        ("errors", "dropped"),
        *FIRST,
        *DELAY[:2],
        ("rss_mb", "RSS MB"),
    )
    chart = "kb_per_stream"
    # A heap that a load has grown would take the streams without growing again.
    fresh = True

    def run(self, context: Context) -> Outcome:
        """Open the streams and look at memory in the middle."""
        count = context.options.count or (100 if context.options.short else STREAMS)
        ramp = 0.5 if context.options.short else RAMP_S
        target = context.aim(IDLE, events=EVENTS)
        # A first few streams make what is made once per process.
        closed(context, context.aim("mock-burst-64-ns", events=64), connections=8, seconds=0.3, warm=0.1)
        before = _memory(context)
        middle: dict[str, Memory] = {}
        seen = [0]

        async def streams() -> Result:
            running = asyncio.get_running_loop().create_task(
                load.closed_loop(
                    target, connections=count, seconds=ramp + 5, count=count, stagger_s=ramp, grace_s=EVENTS + 30
                )
            )
            await asyncio.sleep(ramp + SETTLED_S)
            loop = asyncio.get_running_loop()
            seen[0] = await loop.run_in_executor(None, _open_answers, context.mock_port)
            middle.update(await loop.run_in_executor(None, _memory, context))
            return await running

        outcome = context.measure(streams)
        outcome.metrics["open_streams"] = float(seen[0])
        if before and seen[0]:
            # Per stream that was really open: a target that cannot open all in time must not look small for it.
            self._per_stream(outcome, before, middle, seen[0])
        return outcome

    def _per_stream(self, outcome: Outcome, before: dict[str, Memory], middle: dict[str, Memory], count: int) -> None:
        # Ray's own processes grow by some MB in their first minutes whether there are streams or not. They are in the
        # figure of the whole tree; a stream's own memory is in the processes that carry it.
        carriers = [name for name in CARRIERS if name in middle] or list(middle)
        for figure, names in (("kb_per_stream", carriers), ("tree_kb_per_stream", list(middle))):
            grown = sum(middle[name].pss for name in names) - sum(before[name].pss for name in names if name in before)
            outcome.metrics[figure] = grown / 1024 / count
        outcome.metrics["rss_mb"] = sum(row.rss for row in middle.values()) / MB
        for process, row in middle.items():
            earlier = before.get(process)
            grown = row.pss - (earlier.pss if earlier else 0)
            outcome.processes.setdefault(process, {})["kb_per_stream"] = grown / 1024 / count


def _memory(context: Context) -> dict[str, Memory]:
    tree = context.running.tree
    return tree.memory() if tree is not None else {}


def _open_answers(port: int) -> int:
    return mock_stats(port)["open_answers"]
