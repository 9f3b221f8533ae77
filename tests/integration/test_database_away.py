"""PostgreSQL as the database, and what happens when it refuses and when it hangs for some seconds under load."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url

from tests.integration.conftest import MakeInstance
from tests.integration.instance import Instance, eventually
from tests.integration.load import Load
from tests.integration.outage import Outage
from tests.stopwatch import Stopwatch

AWAY_S = 5.0


@pytest.fixture
async def outage(postgres_database: str, pick_port: Callable[[], int]) -> AsyncIterator[tuple[Outage, str]]:
    """The relay, and the database's URL through it."""
    url = make_url(postgres_database)
    folder = Path(str(url.query["host"]))
    target = folder / f".s.PGSQL.{url.port or 5432}"
    port = pick_port()
    relay = Outage(target, port)
    await relay.restore()
    try:
        yield relay, f"postgresql://{url.username}:{url.password or ''}@127.0.0.1:{port}/{url.database}"
    finally:
        await relay.close()


async def test_the_data_plane_goes_on_without_its_database(
    make_instance: MakeInstance, upstream: str, outage: tuple[Outage, str]
):
    relay, url = outage
    instance = make_instance({"database_url": url})
    try:
        await _run(instance, relay, upstream)
    finally:
        await asyncio.to_thread(instance.close)


async def _run(instance: Instance, relay: Outage, upstream: str) -> None:
    await asyncio.to_thread(instance.start)
    await asyncio.to_thread(instance.add_channel, "mock", upstream)
    key = await asyncio.to_thread(instance.add_key, "known")
    stranger = await asyncio.to_thread(instance.add_key, "not yet seen")
    print(f"\nstart on PostgreSQL {instance.ready_s:.1f} s")
    async with Load(instance.url, key, [("mock-unary", False), ("mock-burst-20", True)], workers=4) as load:
        await load.more(50, 60)
        await relay.refuse()
        await during(instance, load, stranger, "refuses")
        await relay.restore()
        caught_up = await asyncio.to_thread(eventually, lambda: depth(instance), lambda left: left < 300, 60)
        relay.hang()
        await during(instance, load, stranger, "hangs")
        await relay.restore()
        await load.more(50, 60)
    print(f"journal {caught_up} records deep after the refusals; {len(load.seen.complete)} answers in all")
    assert not load.seen.failures, load.seen.failures
    rows = await asyncio.to_thread(instance.usage_of, load.seen.complete, key="known")
    found = {row["request_id"] for row in rows}
    assert load.seen.complete <= found
    assert len(rows) == len(found) == len(load.seen.complete), "each exactly once"

    # Changes work again, and are pushed.
    await asyncio.to_thread(instance.call, "PATCH", "/keys/known", {"enabled": False})
    assert await asyncio.to_thread(eventually, lambda: status(instance, key), lambda code: code == 401, 3) == 401
    assert await asyncio.to_thread(eventually, lambda: status(instance, stranger), lambda code: code == 200, 10) == 200


async def during(instance: Instance, load: Load, stranger: str, how: str) -> None:
    """While the database is away: remembered keys work, unknown ones get a 503 soon, the admin API fails cleanly."""
    before = len(load.seen.complete)
    loop = asyncio.get_running_loop()
    began = loop.time()
    unknown = asyncio.create_task(asyncio.to_thread(status, instance, stranger))
    admin = asyncio.create_task(asyncio.to_thread(admin_status, instance))
    await asyncio.gather(asyncio.sleep(AWAY_S), load.more(51, AWAY_S))
    sent = len(load.seen.complete) - before
    unknown_status, (admin_answer, admin_s) = await unknown, await admin
    waiting = await asyncio.to_thread(eventually, lambda: depth(instance), lambda deep: deep > 20, 30)
    print(
        f"database {how} for {loop.time() - began:.1f} s: {sent} answers, unknown key {unknown_status}, "
        f"admin API {admin_answer} after {admin_s:.1f} s, {waiting} records wait in the journal"
    )
    assert unknown_status == 503
    assert admin_answer == 503
    assert admin_s < 6
    assert waiting > 20


def status(instance: Instance, key: str) -> int:
    """Status of a chat request."""
    body = {"model": "mock-unary", "messages": [{"role": "user", "content": "x"}]}
    headers = {"authorization": f"Bearer {key}"}
    return httpx.post(
        f"{instance.url}/v1/chat/completions", json=body, headers=headers, timeout=60, trust_env=False
    ).status_code


def admin_status(instance: Instance) -> tuple[int, float]:
    """Status of a read of the admin API, 0 when it never came, and the seconds it took."""
    watch = Stopwatch()
    headers = {"authorization": f"Bearer {instance.token}"}
    try:
        answer = httpx.get(f"{instance.url}/api/v1/keys", headers=headers, timeout=40, trust_env=False)
        return answer.status_code, watch.s
    except httpx.TimeoutException:
        return 0, watch.s


def depth(instance: Instance) -> float:
    """Records in the journal, from the metrics."""
    text = httpx.get(f"{instance.url}/metrics", timeout=20, trust_env=False).text
    line = next((row for row in text.splitlines() if row.startswith("gateway_journal_depth_records ")), "x nan")
    return float(line.split()[1])
