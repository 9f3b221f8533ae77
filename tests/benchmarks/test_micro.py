"""The micro benchmarks run, and what they convert is a whole answer."""

import msgspec
import pytest

from adapters.protocols.table import WIRES
from benchmarks.micro import conversion, rules
from benchmarks.micro.samples import stream, words


def test_it_measures_every_pair(capsys: pytest.CaptureFixture[str]) -> None:
    assert conversion.main(["--rounds", "1", "--events", "5", "--bytes", "20000"]) == 0
    figures = msgspec.json.decode(capsys.readouterr().out, type=conversion.Figures)
    assert figures.passthrough_us.keys() == figures.withheld_us.keys() == WIRES.keys()
    assert len(figures.stream_us) == len(figures.added_us) == len(figures.cold_added_us) == len(WIRES) ** 2
    assert len(figures.request_ms) == len(WIRES) * (len(WIRES) - 1)
    assert all(15_000 < size < 40_000 for size in figures.request_bytes.values())


@pytest.mark.parametrize("upstream", WIRES)
def test_the_streams_are_whole(upstream: str) -> None:
    chunks = stream(upstream, 5)
    tap = conversion.pour(lambda: WIRES[upstream].tap(withhold=False), chunks)
    assert (tap.usage.input, tap.usage.output, tap.complete, tap.failed) == (19, 10, True, False)
    for client in WIRES:
        there = conversion.translated(upstream, client)
        out = b"".join(map(there.feed, chunks)) + there.finish()
        assert (there.usage.input, there.usage.output, there.complete, there.failed) == (19, 10, True, False)
        assert all(word.strip().encode() in out for word in words(5))


def test_it_measures_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules.main(["--rounds", "1", "--repeat", "1"]) == 0
    figures = msgspec.json.decode(capsys.readouterr().out, type=rules.Figures)
    assert figures.request_us.keys() == rules.RULES.keys()
    assert figures.event_us.keys() == rules.FILTERS.keys()
