"""What conversion costs: a stream's event beside passthrough, and a request of 1 MB.

    python -m benchmarks.micro.conversion [--rounds 7] [--events 500] [--bytes 1000000]

Prints one JSON object: microseconds of CPU for each event of the provider, milliseconds for each request, the best of
the rounds. `passthrough` is the tap alone, as the data plane uses it for a client of the same protocol; `withheld` is
the tap that takes the usage out again. `added` is what a converted event costs above passthrough of the same stream;
`cold` are medians with the processor's caches full of other things, as between the events of many streams.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence

import msgspec

from adapters.canonical.context import Client, Upstream
from adapters.canonical.loss import Losses
from adapters.contract import Conversion, Tap
from adapters.head import NO_TARGET, Target
from adapters.protocols.table import WIRES
from adapters.registry import PROVIDERS
from adapters.translate import Translated
from benchmarks.environment import describe
from benchmarks.micro.cold import WARM, cold
from benchmarks.micro.samples import CREATED, conversation, stream

MODELS = {
    "chat": "gpt-5-mini", "responses": "gpt-5-mini", "messages": "claude-sonnet-5", "gemini": "gemini-3.5-flash",
}  # fmt: skip
OWNERS = {"chat": "openai", "responses": "openai", "messages": "anthropic", "gemini": "gemini"}


class Figures(msgspec.Struct):
    """`stream_us` and `added_us` by "provider to client", `request_ms` by "client to provider"."""

    events: int
    request_bytes: dict[str, int]
    passthrough_us: dict[str, float]
    withheld_us: dict[str, float]
    stream_us: dict[str, float]
    added_us: dict[str, float]
    cold_passthrough_us: dict[str, float]
    cold_added_us: dict[str, float]
    request_passthrough_ms: dict[str, float]
    request_ms: dict[str, float]
    environment: dict[str, str]


def best(rounds: int, step: Callable[[], object]) -> float:
    """Seconds of CPU of the fastest round, after one that warms up."""
    step()
    found = float("inf")
    for _ in range(rounds):
        begin = time.thread_time()
        step()
        found = min(found, time.thread_time() - begin)
    return found


def converter(protocol: str) -> Conversion:
    """The converters of a protocol."""
    found = WIRES[protocol].conversion
    if found is None:
        raise SystemExit(f"{protocol} has no converters")
    return found


def pour(make: Callable[[], Tap], chunks: Sequence[bytes]) -> Tap:
    """A whole stream, each event for itself."""
    tap = make()
    for chunk in chunks:
        tap.feed(chunk)
    tap.finish()
    return tap


def streams(rounds: int, events: int) -> dict[str, dict[str, float]]:
    """Microseconds for each event."""
    found: dict[str, dict[str, float]] = {"passthrough": {}, "withheld": {}, "stream": {}, "added": {}}
    for upstream, wire in WIRES.items():
        chunks = stream(upstream, events)
        for name, withhold in (("passthrough", False), ("withheld", True)):
            seconds = best(rounds, lambda: pour(lambda: wire.tap(withhold=withhold), chunks))  # noqa: B023  # run at once
            found[name][upstream] = _us(seconds, len(chunks))
        for client in WIRES:
            pair = f"{upstream} to {client}"
            seconds = best(rounds, lambda: pour(lambda: translated(upstream, client), chunks))  # noqa: B023  # run at once
            found["stream"][pair] = _us(seconds, len(chunks))
            found["added"][pair] = round(found["stream"][pair] - found["passthrough"][upstream], 2)
    return found


def cold_streams(events: int) -> tuple[dict[str, float], dict[str, float]]:
    """The same as passthrough and added, with caches full of other things."""
    plain: dict[str, float] = {}
    added: dict[str, float] = {}
    for upstream, wire in WIRES.items():
        chunks = stream(upstream, events + WARM)
        seconds = cold(lambda: wire.tap(withhold=False), chunks, events)  # noqa: B023  # run at once
        plain[upstream] = _us(seconds, 1)
        for client in WIRES:
            seconds = cold(lambda: translated(upstream, client), chunks, events)  # noqa: B023  # run at once
            added[f"{upstream} to {client}"] = round(_us(seconds, 1) - plain[upstream], 2)
    return plain, added


def translated(upstream: str, client: str) -> Translated:
    """A stream from one protocol to another (or through the neutral form to its own)."""
    to = Client(request_id="req_bench", created=CREATED, model="bench", include_usage=True, operation="chat")
    return Translated(converter(upstream).reader(), converter(client).writer(to))


def _us(seconds: float, count: int) -> float:
    return round(seconds / count * 1e6, 2)


def target(protocol: str) -> Target:
    """What a path says of a request."""
    return Target(model=MODELS["gemini"], verb="streamGenerateContent") if protocol == "gemini" else NO_TARGET


def upstream_of(protocol: str) -> Upstream:
    """The makers of each protocol's models."""
    row = PROVIDERS[OWNERS[protocol]]
    return Upstream(model=MODELS[protocol], provider=row.id, capabilities=row.speaks[protocol].capabilities)


def bodies(size: int) -> dict[str, bytes]:
    """The same conversation in each protocol."""
    return {
        protocol: converter(protocol).write_request(
            conversation(size, MODELS[protocol]), upstream_of(protocol), Losses()
        )
        for protocol in WIRES
    }


def convert(body: bytes, client: str, upstream: str) -> bytes:
    """A request from its bytes to those for the provider."""
    head = WIRES[client].parse("chat", body, target(client))
    losses = Losses()
    written = converter(upstream).write_request(converter(client).read_request(head), upstream_of(upstream), losses)
    losses.check()
    return written


def passed(body: bytes, protocol: str) -> bytes:
    """The same with the listed edits alone."""
    head = WIRES[protocol].parse("chat", body, target(protocol))
    return WIRES[protocol].encode(head, "another-model", force_usage=True)


def requests(rounds: int, sent: dict[str, bytes]) -> tuple[dict[str, float], dict[str, float]]:
    """Milliseconds for each request: passed through, and converted."""
    plain = {name: _ms(best(rounds, lambda: passed(body, name))) for name, body in sent.items()}  # noqa: B023  # run at once
    pairs: dict[str, float] = {}
    for client, body in sent.items():
        for upstream in WIRES:
            if upstream != client:
                pairs[f"{client} to {upstream}"] = _ms(best(rounds, lambda: convert(body, client, upstream)))  # noqa: B023  # run at once
    return plain, pairs


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def measure(rounds: int, events: int, size: int) -> Figures:
    """All of it."""
    found = streams(rounds, events)
    cold_plain, cold_added = cold_streams(min(events, 30))
    sent = bodies(size)
    plain, pairs = requests(rounds, sent)
    return Figures(
        events=events,
        request_bytes={name: len(body) for name, body in sent.items()},
        passthrough_us=found["passthrough"],
        withheld_us=found["withheld"],
        stream_us=found["stream"],
        added_us=found["added"],
        cold_passthrough_us=cold_plain,
        cold_added_us=cold_added,
        request_passthrough_ms=plain,
        request_ms=pairs,
        environment=describe(),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmarks.micro.conversion", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--events", type=int, default=500)
    parser.add_argument("--bytes", type=int, default=1_000_000)
    given = parser.parse_args(arguments)
    figures = measure(given.rounds, given.events, given.bytes)
    print(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
