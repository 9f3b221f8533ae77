"""What the rules of a channel cost: a request of 10 KB and one of 1 MB with each kind of rule, and filters of streams.

    python -m benchmarks.micro.rules [--rounds 7] [--repeat 200]

Prints one JSON object: microseconds of CPU for each request by kind of rule and size, and for each event of a converted
stream by filter; the best of the rounds. `none` is a channel without rules, which is not even asked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from adapters.canonical.context import Client
from adapters.overrides import Context, Overrides, compile_overrides
from adapters.translate import Translated
from benchmarks.environment import describe
from benchmarks.micro.conversion import best, bodies, converter, pour
from benchmarks.micro.samples import CREATED, stream

RULES: dict[str, dict[str, Any]] = {
    "none": {},
    "set one field": {"param_override": {"temperature": 0.2}},
    "condition on the model": {
        "param_override": [
            {"mode": "delete", "path": "top_k", "conditions": [{"path": "model", "mode": "prefix", "value": "gpt"}]}
        ]
    },
    "headers": {"header_override": {"X-A": "{client_header:x-session}", "re:^x-": ""}},
    "privacy": {"privacy": True},
    "system prompt": {"system_prompt": "Answer in English."},
    "change every message": {"param_override": [{"mode": "trim_space", "path": "messages.*.content"}]},
    "pattern in the last message": {
        "param_override": [
            {"mode": "regex_replace", "path": "messages.-1.content", "from": r"[\w.]+@[\w.]+", "to": "[mail]"}
        ]
    },
}
FILTERS: dict[str, dict[str, Any]] = {
    "none": {},
    "think_tags": {"think_tags": True},
    "thinking_to_content": {"thinking_to_content": True},
}
SIZES = {"10 KB": 10_000, "1 MB": 1_000_000}


class Figures(msgspec.Struct):
    """`request_us`: kind of rule -> size -> microseconds; `event_us`: filter -> microseconds for each event."""

    request_bytes: dict[str, int]
    request_us: dict[str, dict[str, float]]
    event_us: dict[str, float]
    environment: dict[str, str]


def repeated(step: Callable[[], object], times: int) -> Callable[[], None]:
    """The step, so often that the clock's grain does not matter."""

    def run() -> None:
        for _ in range(times):
            step()

    return run


def asked(rules: Overrides | None, body: bytes) -> object:
    """What the data plane does with a channel's rules."""
    if rules is None or not rules.edits:
        return body
    return rules.request(body, HEADERS, CONTEXT)


HEADERS = [("authorization", "Bearer x"), ("content-type", "application/json")]
CONTEXT = Context(model="gpt-5-mini", upstream_model="gpt-5-mini", headers={b"x-session": b"1", b"accept": b"*/*"})


def measure(rounds: int, repeat: int) -> Figures:
    """All of it."""
    sent = {name: bodies(size)["chat"] for name, size in SIZES.items()}
    request_us: dict[str, dict[str, float]] = {}
    for kind, settings in RULES.items():
        rules = compile_overrides(settings)
        request_us[kind] = {}
        for name, body in sent.items():
            times = repeat if len(body) < 100_000 else max(repeat // 100, 1)
            seconds = best(rounds, repeated(lambda: asked(rules, body), times))  # noqa: B023  # run at once
            request_us[kind][name] = round(seconds / times * 1e6, 1)
    return Figures({name: len(body) for name, body in sent.items()}, request_us, events(rounds), describe())


def events(rounds: int) -> dict[str, float]:
    """A chat stream converted to Messages through each filter."""
    chunks = stream("chat", 500)
    found: dict[str, float] = {}
    for name, settings in FILTERS.items():
        rules = compile_overrides(settings)

        def filtered(rules: Overrides | None = rules) -> Translated:
            to = Client(request_id="req_bench", created=CREATED, model="bench")
            filters = () if rules is None else rules.filters()
            return Translated(converter("chat").reader(), converter("messages").writer(to), filters)

        found[name] = round(best(rounds, lambda: pour(filtered, chunks)) / len(chunks) * 1e6, 2)  # run at once
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmarks.micro.rules", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--repeat", type=int, default=200)
    given = parser.parse_args(arguments)
    figures = measure(given.rounds, given.repeat)
    print(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
