"""Keys in a replica: cold, remembered, unknown, changed, and with the database away."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest

from adapters.errors import ClientError, GatewayFault
from deployments import keys
from deployments.keys import Key, Keys, make
from deployments.messages import Update
from storage import crypto
from tests.deployments.gateway import Gateway, until


async def test_a_key_is_looked_up_once(gateway: Gateway) -> None:
    await asyncio.gather(*(gateway.post() for _ in range(20)))
    assert gateway.lookups == 1
    await gateway.post()
    assert gateway.lookups == 1
    assert len(gateway.replica.keys) == 1


async def test_an_unknown_key_is_looked_up_once_in_a_while(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "UNKNOWN_S", 600.0)
    for _ in range(5):
        assert (await gateway.post(key="sk-gw-nobody")).status == 401
    assert gateway.lookups == 1
    monkeypatch.setattr("deployments.keys.time.monotonic", lambda: 1e9)
    assert (await gateway.post(key="sk-gw-nobody")).status == 401
    assert gateway.lookups == 2


async def test_a_key_that_comes_to_be_works_when_the_change_is_pushed(gateway: Gateway) -> None:
    secret = await gateway.add_key("late")
    gateway.replica.keys._unknown[crypto.digest(secret)] = 1e12
    assert (await gateway.post(key=secret)).status == 401
    await gateway.change_key(secret, admin=True)
    assert (await gateway.post(key=secret)).status == 200


async def test_a_disabled_key_stops_when_the_change_is_pushed(gateway: Gateway) -> None:
    assert (await gateway.post()).status == 200
    await gateway.change_key(gateway.key, enabled=False)
    answer = await gateway.post()
    assert (answer.status, answer.error["code"]) == (401, "key_disabled")
    await gateway.change_key(gateway.key, enabled=True, models=["text-x"])
    assert (await gateway.post()).status == 403
    gateway.replica.apply(Update(flush_keys=True, key_seq=7))
    assert gateway.replica.key_seq == 7
    assert (await gateway.post()).status == 403
    assert gateway.lookups == 4


async def test_with_the_database_away_known_keys_work_and_unknown_ones_are_told_so(gateway: Gateway) -> None:
    assert (await gateway.post()).status == 200
    gateway.database_away = True
    assert (await gateway.post()).status == 200
    answer = await gateway.post(key=gateway.admin_key)
    assert (answer.status, answer.error["code"], answer.headers["retry-after"]) == (503, "key_lookup_failed", "1")
    gateway.database_away = False
    assert (await gateway.post(key=gateway.admin_key)).status == 200


async def test_a_remembered_key_is_trusted_for_a_time_and_then_asked_for_behind_the_back(
    make_gateway, upstream
) -> None:
    gateway = await make_gateway(key_cache_s=0.05)
    await gateway.add_channel("one", upstream.url)
    assert (await gateway.post()).status == 200
    await asyncio.sleep(0.1)
    gateway.lookups_answered.clear()
    assert (await gateway.post()).status == 200
    await until(lambda: gateway.lookups == 2)
    gateway.database_away = True
    gateway.lookups_answered.set()
    await until(lambda: not gateway.replica.keys._pending)
    assert (await gateway.post()).status == 200, "no answer is no refusal"


async def test_a_slow_database_is_waited_for_and_no_longer(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keys, "LOOKUP_S", 0.1)
    gateway.lookups_answered.clear()
    for _ in range(3):
        assert (await gateway.post()).status == 503
    said = [record.getMessage() for record in caplog.records if record.name == "gateway"]
    assert said == ["keys: the database does not answer, unknown keys get 503: TimeoutError"]
    gateway.lookups_answered.set()
    await until(lambda: len(gateway.replica.keys) == 1)
    assert (await gateway.post()).status == 200, "the answer that came late is remembered"
    assert gateway.lookups == 1


def key(number: int = 1, **more: Any) -> Key:
    return make(number, "k", enabled=True, admin=False, models=None, expires_at=0.0, **more)


def memory(load: Callable[[bytes], object], capacity: int = 100) -> Keys:
    async def look_up(digest: bytes) -> Key | None:
        await asyncio.sleep(0)
        found = load(digest)
        assert found is None or isinstance(found, Key)
        return found

    return Keys(look_up, capacity=capacity, trust_s=600)


async def test_the_memory_is_bounded() -> None:
    known = memory(lambda _: key(), capacity=100)
    for number in range(300):
        await known.find(crypto.digest(str(number)))
    assert len(known) == 100
    unknown = memory(lambda _: None, capacity=100)
    for number in range(300):
        with pytest.raises(ClientError):
            await unknown.find(crypto.digest(str(number)))
    assert len(unknown._unknown) == 100


async def test_a_flood_of_invented_keys_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MAX_WAITING", 100)
    release = asyncio.Event()

    async def slow(_digest: bytes) -> None:
        await release.wait()

    flooded = Keys(slow, capacity=1000, trust_s=600)
    finding = [asyncio.get_running_loop().create_task(flooded.find(os.urandom(32))) for _ in range(300)]
    await asyncio.sleep(0.05)
    refused = [task for task in finding if task.done()]
    assert len(refused) == 200
    assert all(isinstance(task.exception(), GatewayFault) for task in refused)
    release.set()
    await asyncio.gather(*finding, return_exceptions=True)
    assert not flooded._pending


async def test_a_change_during_a_lookup_is_not_overwritten_by_it() -> None:
    release = asyncio.Event()

    async def slow(_digest: bytes) -> Key:
        await release.wait()
        return key()

    changing = Keys(slow, capacity=10, trust_s=600)
    digest = crypto.digest("x")
    finding = asyncio.get_running_loop().create_task(changing.find(digest))
    await asyncio.sleep(0.01)
    changing.forget([digest])
    release.set()
    assert (await finding).id == 1
    assert len(changing) == 0


def test_what_a_key_may_use() -> None:
    some = make(1, "k", enabled=True, admin=False, models=["gpt-4o", "claude-*", "o[13]"], expires_at=0.0)
    assert all(some.may_use(model) for model in ("gpt-4o", "claude-", "claude-x", "o1", "o3"))
    assert not any(some.may_use(model) for model in ("gpt-4o-mini", "xclaude-x", "o2", "o1-mini", ""))
    assert not make(1, "k", enabled=True, admin=False, models=[], expires_at=0.0).may_use("x")
    assert key().may_use("anything")
