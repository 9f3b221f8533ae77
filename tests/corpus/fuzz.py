"""Mutated requests and streams through every converter: nothing but a ClientError, nothing slow, nothing that grows.

    python -m tests.corpus.fuzz [--count 100000] [--seed 1]

Starts from recorded traffic, or from a few requests and streams of our own where there is none.
"""

import argparse
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from adapters.canonical.context import Client, Upstream
from adapters.canonical.loss import Losses
from adapters.capabilities import CAPABILITIES
from adapters.errors import ClientError
from adapters.head import NO_TARGET, Target
from adapters.protocols.table import WIRES
from adapters.translate import Translated
from tests.corpus.asking import recorded
from tests.corpus.recordings import recordings
from tests.deployments import asks, speakers

SLOW_S = 2.0
MAX_BYTES = 40_000
UPSTREAM = Upstream(model="m", capabilities=frozenset(CAPABILITIES))
_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 2**63, -(2**70), 1e300, "", "x", "\u2028",
    "\x00", "🌍" * 40, [], {}, [[]], [None], {"type": None}, {"type": "text"}, {"type": "function"},
    [{"type": "x"}], "9" * 400,
)  # fmt: skip


def mutated(value: Any, rolled: random.Random, depth: int = 0) -> Any:  # JSON
    """The value with something in it replaced, left out, doubled, or put elsewhere."""
    if depth > 12 or rolled.random() < 0.12:
        return rolled.choice(_ODD)
    if isinstance(value, dict) and value:
        name = rolled.choice(list(value))
        kind = rolled.random()
        if kind < 0.15:
            return {key: each for key, each in value.items() if key != name}
        if kind < 0.25:
            return {**value, rolled.choice([*value, "type", "role", "content", "zz"]): rolled.choice(_ODD)}
        if kind < 0.3:
            other = rolled.choice(list(value))
            return {**value, name: value[other], other: value[name]}
        return {**value, name: mutated(value[name], rolled, depth + 1)}
    if isinstance(value, list) and value:
        place = rolled.randrange(len(value))
        kind = rolled.random()
        if kind < 0.15:
            return value[:place] + value[place + 1 :]
        if kind < 0.3:
            return [*value[:place], rolled.choice(value), *value[place:]]
        return [*value[:place], mutated(value[place], rolled, depth + 1), *value[place + 1 :]]
    return rolled.choice(_ODD)


def spoiled(body: bytes, rolled: random.Random) -> bytes:
    """Bytes with a few of them changed, left out, or taken twice."""
    found = bytearray(body)
    for _ in range(rolled.randrange(1, 6)):
        if not found:
            break
        begin = rolled.randrange(len(found))
        end = min(len(found), begin + rolled.randrange(1, 200))
        kind = rolled.random()
        if kind < 0.4:
            found[begin] = rolled.randrange(256)
        elif kind < 0.7:
            del found[begin:end]
        else:
            found[begin:begin] = found[begin:end]
    return bytes(found)


def _respoken(body: bytes, rolled: random.Random) -> bytes:
    """A stream with one event's JSON mutated."""
    frames = body.split(b"\n\n")
    place = rolled.randrange(len(frames))
    head, found, data = frames[place].partition(b"data:")
    try:
        value = msgspec.json.decode(data)
    except msgspec.DecodeError:
        return spoiled(body, rolled)
    frames[place] = head + found + b" " + msgspec.json.encode(mutated(value, rolled))
    return b"\n\n".join(frames)


def requests(protocol: str) -> list[Any]:
    """Requests to begin with."""
    found = [recorded(one) for one in recordings() if one.protocol == protocol]
    kept = [body for body in found if body is not None and len(msgspec.json.encode(body)) < MAX_BYTES]
    return kept or [asks.body(protocol, "m", tools=True)]


def streams(protocol: str) -> list[bytes]:
    """Streams to begin with."""
    kept = [one.body for one in recordings() if one.protocol == protocol and one.streaming and one.status == 200]
    kept = [body for body in kept if len(body) < MAX_BYTES and body.lstrip()[:1] != b"["]
    return kept or [b"".join(speakers.STREAMS[protocol])]


def request(protocol: str, body: bytes) -> str:
    """One request to all protocols; how it ended."""
    wire = WIRES[protocol]
    verb = "generateContent"
    target = Target(model="m", verb=verb) if protocol == "gemini" else NO_TARGET
    assert wire.conversion is not None
    try:
        asked = wire.conversion.read_request(wire.parse("chat", body, target))
    except ClientError:
        return "refused"
    for other in WIRES.values():
        assert other.conversion is not None
        losses = Losses()
        try:
            written = other.conversion.write_request(asked, UPSTREAM, losses)
        except ClientError:
            continue
        msgspec.json.decode(written)
    return "read"


def stream(protocol: str, body: bytes, rolled: random.Random) -> str:
    """One stream to all protocols, cut somewhere; how it ended."""
    reading = WIRES[protocol].conversion
    assert reading is not None
    cut = rolled.randrange(len(body) + 1)
    ends = set()
    for wire in WIRES.values():
        assert wire.conversion is not None
        client = Client(request_id="req_1", created=1, model="m", include_usage=True, operation="chat")
        tap = Translated(reading.reader(), wire.conversion.writer(client))
        for piece in (body[:cut], body[cut:]):
            tap.feed(piece)
        tap.finish()
        tap.counted(100)
        ends.add("failed" if tap.failed else "complete" if tap.complete else "cut")
    through = WIRES[protocol].tap(withhold=True)
    for piece in (body[:cut], body[cut:]):
        through.feed(piece)
    through.finish()
    through.counted(100)
    return "/".join(sorted(ends))


def run(count: int, seed: int, report: Callable[[str], object]) -> Counter[str]:
    """`count` requests and as many streams. Raises what a converter raises, with the input in a note."""
    rolled = random.Random(seed)  # the same each time
    asks = {protocol: requests(protocol) for protocol in WIRES}
    answers = {protocol: streams(protocol) for protocol in WIRES}
    ends: Counter[str] = Counter()
    slowest = 0.0
    for number in range(count):
        protocol = rolled.choice(tuple(WIRES))
        body = msgspec.json.encode(mutated(rolled.choice(asks[protocol]), rolled))
        if rolled.random() < 0.2:
            body = spoiled(body, rolled)
        answer = rolled.choice(answers[protocol])
        answer = spoiled(answer, rolled) if rolled.random() < 0.4 else _respoken(answer, rolled)
        began = time.process_time()  # what others did meanwhile does not count
        try:
            ends[f"request {request(protocol, body)}"] += 1
            ends[f"stream {stream(protocol, answer, rolled)}"] += 1
        except Exception as error:
            error.add_note(f"{protocol}, seed {seed}, number {number}: {body[:2000]!r} {answer[:2000]!r}")
            raise
        took = time.process_time() - began
        slowest = max(slowest, took)
        assert took < SLOW_S, f"{protocol} {number} took {took:.1f} s: {body[:2000]!r}"
        if number % 10_000 == 9_999:
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            report(f"{number + 1}: slowest {slowest * 1000:.0f} ms, at most {memory} MB resident\n")
    return ends


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures."""
    given = argparse.ArgumentParser(description="Mutated requests and streams through every converter.")
    given.add_argument("--count", type=int, default=100_000)
    given.add_argument("--seed", type=int, default=1)
    options = given.parse_args(arguments)
    for end, number in run(options.count, options.seed, sys.stdout.write).most_common():
        sys.stdout.write(f"{number:8} {end}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
