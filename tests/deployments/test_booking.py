"""Booking: the journal when it is full, what is counted, and nothing twice."""

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from deployments import metrics
from deployments.telemetry import Snapshot, Telemetry
from storage.journal import JournalFull
from storage.repositories.usage_search import Wanted, search
from tests.deployments.client import Client
from tests.deployments.gateway import Gateway, until
from tests.deployments.mock import Behaviour, Upstream, answers, normal, stalls, streams


async def test_a_full_journal_is_told_before_anything_is_called(make_gateway, upstream: Upstream) -> None:
    gateway = await make_gateway(journal_bytes=64 * 1024)
    await gateway.add_channel("one", upstream.url)
    seen = 0
    while (answer := await gateway.post()).status == 200:
        seen += 1
        assert seen < 2000
    assert (answer.status, answer.error["code"], answer.headers["retry-after"]) == (503, "journal_full", "5")
    calls = len(upstream.calls)
    assert (await gateway.post()).status == 503
    assert len(upstream.calls) == calls == seen
    await gateway.drainer.drain_once()
    async with gateway.sessions() as session:
        rows = await search(session, Wanted(), limit=5000)
    assert len([row for row in rows if row.status == 200]) == seen, "what was answered is booked"


async def test_a_disk_that_fails_is_counted_and_the_client_gets_its_answer(gateway: Gateway, monkeypatch) -> None:
    def fail(_record: object) -> None:
        raise OSError("no more")

    monkeypatch.setattr(gateway.journal, "append", fail)
    assert (await gateway.post()).status == 200
    assert gateway.replica.telemetry.counters["gateway_records_lost_total"] == {(): 1}
    monkeypatch.setattr(gateway.journal, "ensure_room", lambda: (_ for _ in ()).throw(JournalFull("full")))
    assert (await gateway.post()).status == 503


async def test_exactly_one_record_each(gateway: Gateway, upstream: Upstream) -> None:
    plans: list[tuple[dict[str, Any], Behaviour | None]] = [
        ({}, None), ({"stream": True}, None), ({"model": "nope"}, None), ({"messages": 1}, None),
        ({}, answers(500)), ({"stream": True}, streams(b"data: {}\n\n")),
    ]  # fmt: skip
    for body, behave in plans:
        upstream.behave = behave or normal
        await gateway.post(body)
    upstream.behave = stalls
    calls = len(upstream.calls)
    async with Client(gateway.port) as client:
        client.send(gateway.raw())
        await until(lambda: len(upstream.calls) > calls)
    await until(lambda: gateway.server.open_requests == 0)
    records = await gateway.records(7)
    assert len({record.request_id for record in records}) == 7
    assert [(record.status, record.end) for record in records] == [
        (200, "complete"),
        (200, "complete"),
        (404, "rejected"),
        (400, "rejected"),
        (502, "upstream_error"),
        (200, "upstream_cut"),
        (499, "client_gone"),
    ]
    counted = gateway.replica.telemetry.counters["gateway_requests_total"]
    assert sum(counted.values()) == 7


async def test_labels_are_bounded(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_channel("all", upstream.url, models={"*": ""}, priority=-1)
    for number in range(30):
        await gateway.post({"model": f"invented-{number}"})
    upstream.behave = answers(418, b'{"error":{"code":"made-up"}}')
    await gateway.post()
    durations = gateway.replica.telemetry.histograms["gen_ai_client_operation_duration_seconds"]
    assert {labels[2] for labels in durations} == {"other", "gpt-x"}
    assert len(durations) == 2


async def test_metrics_can_be_read_and_add_up(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.post()
    await gateway.post({"stream": True})
    await gateway.post(key="")
    snapshot = gateway.replica.telemetry.snapshot()
    text = metrics.render(
        metrics.merge([snapshot, snapshot], Snapshot({}, {}, {}), {"gateway_router_up": 1.0})
    ).decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    totals = {sample.name: sample.value for sample in families["gateway_requests"].samples}
    assert totals["gateway_requests_total"] == 4.0
    tokens = families["gen_ai_client_token_usage"]
    sums = {
        sample.labels["gen_ai_token_type"]: sample.value for sample in tokens.samples if sample.name.endswith("_sum")
    }
    assert sums == {"input": 36.0, "output": 16.0}
    for family in families.values():
        if family.type == "histogram":
            by_series: dict[tuple[tuple[str, str], ...], list[float]] = {}
            for sample in family.samples:
                if sample.name.endswith("_bucket"):
                    labels = tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))
                    by_series.setdefault(labels, []).append(sample.value)
            for counts in by_series.values():
                assert counts == sorted(counts), "buckets are cumulative"
    assert families["gateway_refused"].samples[0].labels == {"status": "401"}


def test_the_past_is_folded_in() -> None:
    first, second = Telemetry(), Telemetry()
    for telemetry, value in ((first, 1), (second, 2)):
        telemetry.count("c", ("x",), value)
        telemetry.observe("h", (), value, (1.0, 2.0))
        telemetry.gauges["gateway_route_table_version"] = lambda value=value: float(value)  # type: ignore[misc]
        telemetry.gauges["gateway_open_requests"] = lambda value=value: float(value)  # type: ignore[misc]
    gone = Snapshot({"c": {("x",): 10.0}}, {}, {})
    merged = metrics.merge([first.snapshot(), second.snapshot()], gone, {})
    assert merged.counters["c"] == {("x",): 13}
    assert merged.histograms["h"][()].counts == [1, 1, 0]
    assert merged.gauges == {"gateway_route_table_version": 1.0, "gateway_open_requests": 3.0}
    assert first.snapshot().histograms["h"][()].counts == [1, 0, 0], "the live numbers are not touched"
