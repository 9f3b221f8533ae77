"""Which channel a request goes to, and to which one next."""

import asyncio
import random
import time
from collections import Counter
from types import SimpleNamespace

import msgspec
import pytest

from adapters.errors import UpstreamError
from deployments.breaker import Breakers, _seconds
from deployments.messages import Update
from deployments.routing import choose
from deployments.settings import Breaker
from deployments.table import ChannelRow, RouteTable, TableData, decode, decode_channel, decode_prices, encode, ready
from storage.pricing import PriceEntry
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream, answers, closes, normal, stalls, streams
from tests.deployments.virtual import virtual


def row(number: int, models: dict[str, str], **fields: object) -> ChannelRow:
    usual: dict[str, object] = {
        "id": number, "name": f"c{number}", "provider": "openai", "family": "openai", "base_url": "http://x/v1/",
        "secret": b"", "models": models, "priority": 0, "weight": 1, "headers": {}, "stream_usage": True,
        "connect_s": 1.0, "first_byte_s": 1.0, "idle_s": 1.0, "proxy": "",
    }  # fmt: skip
    return ChannelRow(**{**usual, **fields})  # type: ignore[arg-type]


def routes(*rows: ChannelRow) -> RouteTable:
    return RouteTable(TableData(1, list(rows), []), ready(rows))


def picked(table: RouteTable, model: str, tried: set[int] | None = None, resting: set[int] | None = None) -> int | None:
    target = choose(table.tiers(model), tried or set(), resting or set(), random.Random(7).random)
    return None if target is None else target.channel.id


def test_priority_before_weight() -> None:
    table = routes(row(1, {"m": ""}, weight=100), row(2, {"m": ""}, priority=5), row(3, {"m": ""}, priority=-1))
    assert picked(table, "m") == 2
    assert picked(table, "m", {2}) == 1
    assert picked(table, "m", {1, 2}) == 3
    assert picked(table, "m", {1, 2, 3}) is None
    assert picked(table, "other") is None


def test_a_resting_channel_is_used_when_nothing_else_is_left() -> None:
    table = routes(row(1, {"m": ""}, priority=1), row(2, {"m": ""}), row(3, {"m": ""}))
    assert picked(table, "m", resting={1}) in (2, 3)
    assert picked(table, "m", {2}, {1}) == 3
    assert picked(table, "m", {2, 3}, {1}) == 1
    assert picked(table, "m", set(), {1, 2, 3}) == 1
    assert picked(table, "m", {1, 2, 3}, {1}) is None


@pytest.mark.parametrize("weights", [(1, 1), (3, 1), (10, 5, 1), (1, 0), (0, 0)])
def test_weights(weights: tuple[int, ...]) -> None:
    table = routes(*(row(number, {"m": ""}, weight=weight) for number, weight in enumerate(weights)))
    generator = random.Random(20261122)
    rounds = 20_000
    chosen = Counter(
        target.channel.id for _ in range(rounds) if (target := choose(table.tiers("m"), (), (), generator.random))
    )
    assert chosen.total() == rounds
    shares = weights if sum(weights) else tuple(1 for _ in weights)
    expected = [rounds * share / sum(shares) for share in shares]
    assert all(chosen[number] == 0 for number, share in enumerate(shares) if not share)
    chi_square = sum((chosen[n] - share) ** 2 / share for n, share in enumerate(expected) if share)
    assert chi_square < 13.8, "p > 0.001 for two degrees of freedom"


def test_weight_zero_serves_when_nothing_else_is_left() -> None:
    table = routes(row(1, {"m": ""}), row(2, {"m": ""}, weight=0))
    assert picked(table, "m", {1}) == 2


def test_rounding_never_falls_off_the_end() -> None:
    table = routes(row(1, {"m": ""}), row(2, {"m": ""}))
    target = choose(table.tiers("m"), (), (), lambda: 1.0)
    assert target is not None
    assert target.channel.id == 2


def test_names_globs_and_aliases() -> None:
    table = routes(
        row(1, {"gpt-4o": "azure-4o"}),
        row(2, {"gpt-*": ""}),
        row(3, {"gpt-4*": "fixed"}),
        row(4, {"*": "*"}),
        row(5, {"gpt-4o": "", "gpt-*": ""}),
    )
    upstream = {t.channel.id: t.upstream_model for tier in table.tiers("gpt-4o") for t in tier.targets}
    assert upstream == {1: "azure-4o", 5: "gpt-4o", 3: "fixed", 2: "gpt-4o", 4: "gpt-4o"}
    assert {t.channel.id for tier in table.tiers("gpt-x") for t in tier.targets} == {2, 4, 5}
    assert table.names() == ["gpt-4o"]
    assert table.knows("gpt-4o")
    assert not table.knows("gpt-*")
    assert table.tiers("gpt-4o") is table.tiers("gpt-4o")
    assert routes(row(1, {"a*": ""})).tiers("b") == ()


def test_names_that_nobody_serves_are_not_remembered() -> None:
    table = routes(row(1, {"a*": ""}))
    for number in range(12_000):
        table.tiers(f"b{number}")
        table.tiers(f"a{number}")
    assert len(table._tiers) == 10_000
    assert table.tiers("a11999")


def test_the_table_travels() -> None:
    price = PriceEntry(1, "", "m", 1, 2, None, None, "operator")
    data = TableData(7, [row(1, {"m": "x"}, secret=b"\x00sealed", headers={"a": "b"})], [price], hidden=["m"])
    parts = decode(encode(data))
    assert [decode_channel(part) for part in parts.channels] == data.channels
    assert decode_prices(parts.prices) == data.prices
    assert (parts.version, parts.hidden) == (7, ["m"])
    with pytest.raises(msgspec.DecodeError):
        decode(b"\xc1")


def failure(klass: str, retry_after: str | None = None) -> UpstreamError:
    return UpstreamError(502, "x", klass=klass, retry_after=retry_after)


FAILURES = Breaker().failures


async def test_breakers() -> None:
    breakers = Breakers(Breaker(rest_s=0.05))
    for _ in range(FAILURES * 3):
        breakers.failed(1, failure("upstream_invalid"))
        breakers.failed(1, failure("upstream_not_found"))
        breakers.failed(1, failure("upstream_content_policy"))
    assert not breakers.resting
    for _ in range(FAILURES - 1):
        breakers.failed(1, failure("upstream_error"))
    breakers.succeeded(1)
    for _ in range(FAILURES - 1):
        breakers.failed(1, failure("upstream_error"))
    assert not breakers.resting
    breakers.failed(1, failure("upstream_timeout"))
    assert breakers.resting == {1}
    await asyncio.sleep(0.1)
    assert not breakers.resting
    breakers.failed(1, failure("upstream_error"))
    assert breakers.resting == {1}, "after the rest one failure is enough"
    breakers.succeeded(1)
    assert not breakers.resting
    breakers.failed(2, failure("upstream_rate_limit", "0.5"))
    assert breakers.resting == {2}


@virtual
async def test_the_end_of_an_earlier_rest_does_not_end_a_later_one() -> None:
    breakers = Breakers(Breaker(failures=1, rest_s=0.2))
    breakers.failed(1, failure("upstream_error"))
    await asyncio.sleep(0.15)
    breakers.succeeded(1)
    breakers.failed(1, failure("upstream_error"))
    await asyncio.sleep(0.1)
    assert breakers.resting == {1}, "the first rest would have ended by now, the second has not"
    await asyncio.sleep(0.15)
    assert not breakers.resting
    assert not breakers._ends


async def test_the_longer_of_two_rests_counts() -> None:
    breakers = Breakers(Breaker(failures=1, rest_s=0.05))
    breakers.failed(1, failure("upstream_error"))
    breakers.failed(1, failure("upstream_rate_limit", "30"))
    breakers.failed(1, failure("upstream_error"))
    await asyncio.sleep(0.15)
    assert breakers.resting == {1}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, 1.0),
        ("", 1.0),
        ("7", 7.0),
        ("0", 0.5),
        ("-3", 0.5),
        ("1e9", 60.0),
        ("nan", 0.5),
        ("inf", 60.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 1.0),
    ],
)
def test_how_long_a_provider_wants_to_be_left_alone(text: str | None, seconds: float) -> None:
    assert _seconds(text) == seconds


# -- a whole data plane ------------------------------------------------------------------------------------------------


async def test_the_next_channel_is_tried(make_gateway, make_upstream) -> None:
    gateway = await make_gateway()
    first, second, third = [await make_upstream() for _ in range(3)]
    first.behave, second.behave = answers(500), closes
    await gateway.add_channel("first", first.url, priority=2, models={"gpt-x": "first-model"})
    await gateway.add_channel("second", second.url, priority=1)
    await gateway.add_channel("third", third.url, models={"gpt-x": "third-model"})
    answer = await gateway.post(key=gateway.admin_key)
    assert answer.status == 200
    assert [len(up.calls) for up in (first, second, third)] == [1, 2, 1]
    assert first.calls[0].json["model"] == "first-model"
    assert third.calls[0].json["model"] == "third-model"
    steps = [step.strip().split(":")[:2] for step in answer.headers["x-gateway-attempts"].split(",")]
    assert steps == [
        ["first", "upstream_error"],
        ["second", "upstream_reset"],
        ["second", "upstream_reset"],
        ["third", "ok"],
    ]
    record = await gateway.record()
    assert (record.attempts, record.end, record.upstream_model, record.channel_id) == (4, "complete", "third-model", 3)
    assert [step[:2] for step in msgspec.json.decode(record.attempt_log)] == [
        [1, "upstream_error"],
        [2, "upstream_reset"],
        [2, "upstream_reset"],
        [3, "ok"],
    ]
    assert gateway.replica.telemetry.counters["gateway_retries_total"] == {("chat",): 3}


async def test_what_was_tried_is_for_administrators_only(gateway: Gateway) -> None:
    assert "x-gateway-attempts" not in (await gateway.post()).headers
    assert (await gateway.post(key=gateway.admin_key)).headers["x-gateway-attempts"] == "one:ok"
    assert (await gateway.post({"stream": True}, key=gateway.admin_key)).headers["x-gateway-attempts"] == "one:ok"


@pytest.mark.parametrize("behave", [stalls, answers(429), streams(), streams(b'data: {"error":{}}\n\n')])
async def test_streams_too_as_long_as_nothing_is_out(make_gateway, make_upstream, behave) -> None:
    gateway = await make_gateway()
    bad, good = await make_upstream(), await make_upstream()
    bad.behave = behave
    await gateway.add_channel("bad", bad.url, priority=1, settings={"first_byte_timeout_s": 0.1})
    await gateway.add_channel("good", good.url)
    answer = await gateway.post({"stream": True})
    assert answer.status == 200
    assert b"error" not in answer.body
    record = await gateway.record()
    assert (record.attempts, record.end, record.usage_source) == (2, "complete", "upstream")


async def test_errors_of_the_request_are_not_tried_elsewhere(make_gateway, make_upstream) -> None:
    gateway = await make_gateway()
    bad, good = await make_upstream(), await make_upstream()
    bad.behave = answers(400)
    await gateway.add_channel("bad", bad.url, priority=1)
    await gateway.add_channel("good", good.url)
    assert (await gateway.post()).status == 400
    assert not good.calls


async def test_the_number_of_attempts_is_bounded(make_gateway, make_upstream) -> None:
    gateway = await make_gateway(max_attempts=3)
    upstream = await make_upstream()
    upstream.behave = answers(503)
    for number in range(6):
        await gateway.add_channel(f"c{number}", upstream.url)
    answer = await gateway.post()
    assert (answer.status, answer.error["code"]) == (503, "upstream_overloaded")
    assert len(upstream.calls) == 3
    record = await gateway.record()
    assert (record.attempts, record.status, record.end) == (3, 503, "upstream_error")


async def test_the_time_of_attempts_is_bounded(make_gateway, make_upstream, monkeypatch) -> None:
    gateway = await make_gateway(max_attempts=20, timeouts={"retry_budget_s": 3000.0})
    upstream = await make_upstream()
    real, ahead = time.monotonic, 0.0

    async def fails_slowly(call: Call) -> None:  # its time is made up: of real time a slow machine takes what it likes
        nonlocal ahead
        ahead += 500.0
        await answers(500)(call)

    upstream.behave = fails_slowly
    for number in range(20):
        await gateway.add_channel(f"c{number}", upstream.url, push=number == 19)
    monkeypatch.setattr("deployments.pipeline.time", SimpleNamespace(monotonic=lambda: real() + ahead))
    answer = await gateway.post()
    assert (answer.status, answer.error["code"]) == (502, "upstream_error")
    assert len(upstream.calls) == 6


async def test_a_failing_channel_rests(make_gateway, make_upstream) -> None:
    gateway = await make_gateway()
    bad, good = await make_upstream(), await make_upstream()
    bad.behave = answers(500)
    number = await gateway.add_channel("bad", bad.url, priority=1)
    await gateway.add_channel("good", good.url)
    for _ in range(FAILURES + 5):
        assert (await gateway.post()).status == 200
    assert len(bad.calls) == FAILURES
    assert gateway.replica.resting == {number}


async def test_a_channel_is_tried_again_at_once_when_somebody_says_so(make_gateway, make_upstream) -> None:
    gateway = await make_gateway()
    bad, good = await make_upstream(), await make_upstream()
    bad.behave = answers(500)
    number = await gateway.add_channel("bad", bad.url, priority=1)
    await gateway.add_channel("good", good.url)
    for _ in range(FAILURES):
        await gateway.post()
    bad.behave = normal
    gateway.replica.apply(Update(retries=[number, 99]))
    assert gateway.replica.resting == set()
    assert (await gateway.post()).status == 200
    assert len(bad.calls) == FAILURES + 1


async def test_a_rate_limit_rests_at_once_and_one_channel_alone_is_used_all_the_same(gateway, upstream) -> None:
    upstream.behave = answers(429, more="retry-after: 30\r\n")
    assert (await gateway.post()).status == 429
    assert gateway.replica.resting == {1}
    upstream.behave = normal
    assert (await gateway.post()).status == 200
    assert gateway.replica.resting == set()


async def test_bad_requests_do_not_send_a_channel_to_rest(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = answers(400, b'{"error":{"message":"Invalid value: \'billing account api key\'","code":"bad"}}')
    for _ in range(FAILURES * 2):
        assert (await gateway.post()).status == 400
    assert gateway.replica.resting == set()


async def test_a_new_table_is_used_at_once(gateway: Gateway, upstream: Upstream, make_upstream) -> None:
    other = await make_upstream()
    assert (await gateway.post()).status == 200
    await gateway.add_channel("better", other.url, priority=9)
    assert (await gateway.post()).status == 200
    assert (len(upstream.calls), len(other.calls)) == (1, 1)


async def test_a_channel_whose_secret_cannot_be_opened_is_left_out(gateway: Gateway, caplog) -> None:
    await gateway.add_channel("broken", "http://x", models={"b": ""}, secret=b"not sealed")
    assert (await gateway.post({"model": "b"})).status == 404
    assert "broken cannot be used" in caplog.text
    assert (await gateway.post()).status == 200
