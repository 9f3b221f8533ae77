"""The Router without Ray: what replicas are told, and what it forgets."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deployments import table
from deployments.messages import Report, Update, decode_update, encode
from deployments.router import Router
from deployments.settings import Settings
from deployments.suspects import Suspect
from deployments.telemetry import Histogram, Snapshot
from storage import crypto, models
from storage.repositories import channels, keys
from tests.stopwatch import Stopwatch

pytestmark = pytest.mark.usefixtures("unsettled")


class Quiet(Router):
    """A Router that the garbage collector does not stop a second time: Serve awaits `__del__`, Python does not."""

    def __del__(self) -> None:  # type: ignore[override]
        pass


async def start(settings: Settings) -> Router:
    router = Quiet.__new__(Quiet)
    await Router.__init__(router, settings.model_dump())
    return router


@pytest.fixture
async def router(tmp_path: Path, empty_database: Path) -> AsyncIterator[Router]:
    """A Router on an empty database that looks for changes every 0.1 s."""
    shutil.copy(empty_database, tmp_path / "gateway.db")
    router = await start(Settings(data=str(tmp_path), router_poll_s=0.1))
    yield router
    await Router.__del__(router)


async def sync(router: Router, **fields: object) -> Update:
    usual: dict[str, object] = {"replica": "i1", "kind": "ingress", "pid": 1}
    return decode_update(await router.sync(encode(Report(**{**usual, **fields}))))  # type: ignore[arg-type]


async def add_channel(router: Router, name: str) -> None:
    async with router._sessions.begin() as session:
        await channels.create(session, models.Channel(name=name, provider="openai", models={name: ""}))


async def test_every_ingress_is_told_once_to_try_channels_again(router: Router) -> None:
    for name, kind in (("i1", "ingress"), ("i2", "ingress"), ("a1", "admin")):
        known = await sync(router, replica=name, kind=kind)
    seen = {"table_version": table.decode(known.table or b"").version, "live_seq": known.live_seq}
    seen["key_seq"] = (await sync(router)).key_seq
    waits = asyncio.create_task(sync(router, replica="i1", wait_s=60.0, **seen))
    await asyncio.sleep(0)
    assert await router.retry([7, 3]) == 2
    assert (await waits).retries == [3, 7], "one that waits hears of it at once"
    assert (await sync(router, replica="i2", wait_s=60.0, **seen)).retries == [3, 7]
    for name, kind in (("i1", "ingress"), ("i2", "ingress"), ("a1", "admin")):
        assert (await sync(router, replica=name, kind=kind, **seen)).retries == []


async def test_a_new_replica_gets_everything_at_once(router: Router) -> None:
    news = await sync(router, wait_s=60.0)
    assert news.table is not None
    assert news.flush_keys
    version = table.decode(news.table).version
    again = await sync(router, table_version=version, live_seq=news.live_seq, key_seq=news.key_seq)
    assert (again.table, again.live, again.changed_keys, again.flush_keys) == (None, None, [], False)


async def test_a_starting_replica_is_told_everything_and_counts_when_it_listens(router: Router) -> None:
    news = await sync(router, kind="ingress:starting")
    assert news.table is not None
    assert news.flush_keys, "what a key is, it must know before its first request"
    assert b"gateway_replicas 0.0" in await router.scrape()
    assert [row["kind"] for row in (await router.status())["replicas"]] == ["ingress:starting"]
    await sync(router)
    assert b"gateway_replicas 1.0" in await router.scrape()
    await sync(router, leaving=True)
    assert b"gateway_replicas 0.0" in await router.scrape()


async def test_changes_wake_those_who_wait(router: Router) -> None:
    news = await sync(router)
    assert news.table is not None
    known = {
        "table_version": table.decode(news.table).version,
        "live_seq": news.live_seq,
        "key_seq": news.key_seq,
        "wait_s": 60.0,
    }
    waiting = asyncio.get_running_loop().create_task(sync(router, **known))
    await asyncio.sleep(0.02)
    await add_channel(router, "m")
    await router.refresh()
    watch = Stopwatch()
    news = await asyncio.wait_for(waiting, 20.0)
    assert watch.s < 1.0
    assert news.table is not None
    assert [table.decode_channel(part).name for part in table.decode(news.table).channels] == ["m"]
    known["table_version"] = table.decode(news.table).version

    waiting = asyncio.get_running_loop().create_task(sync(router, **known))
    secret = crypto.new_key()
    async with router._sessions.begin() as session:
        await keys.create(session, models.Key(name="k", digest=crypto.digest(secret)))
    watch = Stopwatch()
    news = await asyncio.wait_for(waiting, 20.0)  # nobody said it: found by looking
    assert watch.s < 1.0
    assert news.changed_keys == [crypto.digest(secret)]
    assert not news.flush_keys


async def test_a_quiet_poll_returns_in_time(router: Router) -> None:
    news = await sync(router)
    assert news.table is not None
    version = table.decode(news.table).version
    watch = Stopwatch()
    news = await sync(router, table_version=version, live_seq=news.live_seq, key_seq=news.key_seq, wait_s=0.3)
    assert news.table is None
    assert watch.s + watch.lost_s > 0.25
    assert watch.s < 1.0


async def test_where_things_run_is_told(router: Router) -> None:
    first = await sync(router)
    await sync(router, replica="a1", kind="adapter:openai", url="http://h:1")
    await sync(router, replica="a2", kind="adapter:openai", url="http://h:2")
    await sync(router, replica="ad", kind="admin", url="http://h:3")
    news = await sync(router, live_seq=first.live_seq)
    assert news.live is not None
    assert news.live.admin_url == "http://h:3"
    assert [(pool.family, pool.urls) for pool in news.live.pools] == [("openai", ("http://h:1", "http://h:2"))]
    await sync(router, replica="a1", kind="adapter:openai", url="http://h:1", leaving=True)
    news = await sync(router, live_seq=news.live_seq)
    assert news.live is not None
    assert news.live.pools[0].urls == ("http://h:2",)
    status = await router.status()
    assert [row["replica"] for row in status["replicas"]] == ["a2", "ad", "i1"]


async def test_a_look_at_what_runs_does_not_show_what_a_poll_said_that_still_waits(
    router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deployments.router.FRESH_S", 0.0)
    monkeypatch.setattr("deployments.router.ASK_S", 60.0)
    news = await sync(router)
    known = {"table_version": table.decode(news.table or b"").version, "live_seq": news.live_seq}
    known["key_seq"] = news.key_seq

    async def poll() -> None:
        await sync(router, open_requests=3, wait_s=60.0, **known)
        await sync(router, open_requests=0, wait_s=60.0, **known)

    polls = asyncio.create_task(poll())
    await asyncio.sleep(0)
    assert (await router.status())["traffic"]["open_requests"] == 0
    polls.cancel()
    monkeypatch.setattr("deployments.router.ASK_S", 0.05)
    await sync(router, replica="dead", open_requests=1)
    assert (await router.status())["traffic"]["open_requests"] == 1, "one that is away is not waited for"


def snapshot(requests: float) -> Snapshot:
    return Snapshot(
        {"gateway_requests_total": {("chat", "200", "complete"): requests}},
        {"gateway_overhead_seconds": {("chat",): Histogram([1] * 12, 1.0)}},
        {},
    )


async def test_counters_of_a_replica_that_left_stay(router: Router) -> None:
    line = b'gateway_requests_total{end="complete",gen_ai_operation_name="chat",status="200"} '
    await sync(router, replica="i1", snapshot=snapshot(5))
    await sync(router, replica="i2", snapshot=snapshot(7))
    assert line + b"12.0" in await router.scrape()
    await sync(router, replica="i1", snapshot=snapshot(6), leaving=True)
    assert line + b"13.0" in await router.scrape()
    await sync(router, replica="i1", snapshot=snapshot(6), leaving=True)
    assert line + b"13.0" in await router.scrape(), "a goodbye counts once"
    assert line + b"6.0" in (await _restarted(router)), "and over a restart"


async def _restarted(router: Router) -> bytes:
    again = await start(router._settings)
    try:
        return await again.scrape()
    finally:
        await Router.__del__(again)


async def test_old_and_lost_key_changes_flush(router: Router) -> None:
    news = await sync(router, key_seq=999)
    assert news.flush_keys, "a number from another database"


async def test_a_new_router_takes_nothing_away_before_it_has_heard_of_everything(
    router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router, "_gathered_at", router._gathered_at + 3600)  # however slow the machine is
    known = {"live_seq": router._first_live_seq - 1000, "table_version": router._table.version, "key_seq": 0}  # type: ignore[union-attr]
    assert (await sync(router, **known)).live is None, "its Admin may not have polled yet"
    monkeypatch.setattr(router, "_gathered_at", 0.0)
    told = (await sync(router, **known)).live
    assert told is not None
    assert told.admin_url == ""


async def test_failures_of_channels_are_told_to_an_admin_once(router: Router) -> None:
    await sync(router, replica="ad", kind="admin", url="http://h:3", table_version=99)
    told = [Suspect(7, 3, 401, 2, "upstream_auth", "no")]
    await sync(router, replica="a", suspects=told)
    assert (await sync(router, replica="b")).suspects == []
    assert (await sync(router, replica="ad", kind="admin", url="http://h:3")).suspects == told
    assert (await sync(router, replica="ad", kind="admin", url="http://h:3")).suspects == []
