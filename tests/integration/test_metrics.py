"""GET /metrics: valid for Prometheus, true, and bounded whatever clients send."""

import asyncio
import shutil
import subprocess
import time

import httpx
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.instance import Instance, eventually
from tests.integration.load import Load, open_streams


def scrape(gateway: Instance) -> str:
    """The exposition text over all replicas: a Router that does not answer within two seconds is left out of it."""

    def read() -> str:
        response = httpx.get(f"{gateway.url}/metrics", timeout=30, trust_env=False)
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
        return response.text

    text = eventually(read, lambda found: "\ngateway_router_up 1" in found, 60)
    assert "\ngateway_router_up 1" in text
    return text


def reported(gateway: Instance) -> None:
    """Wait until what has happened is in the sums: of each replica's reports from now on the second began after now."""
    for _ in range(2):
        since = time.monotonic()

        def oldest() -> float:
            asked = time.monotonic()
            return min((asked - row["seen_seconds_ago"] for row in gateway.replicas("")), default=0.0)

        def good(heard_at: float, since: float = since) -> bool:
            return heard_at > since + 0.05  # the age is rounded to a tenth

        assert good(eventually(oldest, good, 60))


def families(gateway: Instance) -> dict[str, Metric]:
    """Parsed by prometheus-client, by name."""
    return {family.name: family for family in text_string_to_metric_families(scrape(gateway))}


def total(gateway: Instance, family: str, sample: str = "", **labels: str) -> float:
    """Sum over the samples with these labels."""
    found = families(gateway).get(family)
    return sum(
        row.value
        for row in (found.samples if found else [])
        if row.name == (sample or row.name) and labels.items() <= row.labels.items()
    )


def test_metrics_pass_promtool_and_the_parser(gateway: Instance, key: str, plain: httpx.Client):
    body = {"model": "mock-burst-5", "stream": True, "messages": [{"role": "user", "content": "x"}]}
    plain.post("/v1/chat/completions", json=body, headers={"authorization": f"Bearer {key}"})
    eventually(lambda: total(gateway, "gen_ai_client_operation_duration_seconds"), bool, 60)
    names = set(families(gateway))
    assert names >= {
        "gateway_requests", "gateway_router_up", "gateway_replicas", "gateway_open_requests", "gateway_active_streams",
        "gateway_journal_depth_records", "gateway_route_table_version", "gateway_overhead_seconds",
        "gen_ai_client_token_usage", "gen_ai_client_operation_duration_seconds",
        "gen_ai_server_time_to_first_token_seconds",
    }  # fmt: skip
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed; the parser alone was content")
    done = subprocess.run(
        [promtool, "check", "metrics"], input=scrape(gateway), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (done.stdout + done.stderr).strip()


async def test_metrics_count_what_was_sent(gateway: Instance):
    key = gateway.add_key("metrics")

    def read() -> float:
        return total(gateway, "gateway_requests", end="complete")

    await asyncio.to_thread(reported, gateway)
    before = await asyncio.to_thread(read)
    async with Load(gateway.url, key, [("mock-unary", False)], workers=4) as load:
        await load.more(50, 60)
    sent = len(load.seen.complete)
    assert await asyncio.to_thread(eventually, read, lambda now: now - before >= sent, 60) == before + sent


async def test_open_streams_are_seen(gateway: Instance, key: str):
    async def active(wanted: float) -> float:
        return await asyncio.to_thread(
            eventually, lambda: total(gateway, "gateway_active_streams"), lambda value: value == wanted, 60
        )

    async with open_streams(gateway.url, key, "mock-paced-2000x50", 7) as (_, tasks):
        assert await active(7) == 7
        async with open_streams(gateway.url, key, "mock-paced-20x50", 5):
            pass  # a second later they have ended by themselves
        await asyncio.to_thread(reported, gateway)
        assert await active(7) == 7
        for task in tasks:  # they would go on for 100 s
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        tasks.clear()
    assert await active(0) == 0


async def test_names_that_clients_invent_make_no_series(gateway: Instance):
    everything = gateway.add_key("junk")
    await asyncio.to_thread(reported, gateway)
    before = await asyncio.to_thread(scrape, gateway)
    async with httpx.AsyncClient(base_url=gateway.url, timeout=60, trust_env=False) as client:
        slots = asyncio.Semaphore(16)

        async def ask(model: str) -> int:
            async with slots:
                body = {"model": model, "messages": [{"role": "user", "content": "x"}]}
                headers = {"authorization": f"Bearer {everything}"}
                return (await client.post("/v1/chat/completions", json=body, headers=headers)).status_code

        # Half of them are served: a glob matches whatever the client makes up.
        names = [f'junk-{n}"\\{{}}' for n in range(250)] + [f"mock-junk-{n}" for n in range(250)]
        statuses = await asyncio.gather(*(ask(name) for name in names))
        paths = await asyncio.gather(*(client.get(f"/v1/junk-{n}") for n in range(50)))
    assert sorted(set(statuses)) == [200, 404]
    assert {answer.status_code for answer in paths} == {404}
    await asyncio.to_thread(reported, gateway)
    after = await asyncio.to_thread(scrape, gateway)
    assert "junk" not in after
    assert after.count("\n") - before.count("\n") < 150, "a handful of new histograms at most"
