"""`placement: pool`: the same answers, errors and records as inline, and what the loss of an adapter replica costs."""

import asyncio
import os
import re
import signal
from typing import Any

import httpx
import pytest

from tests.integration.conftest import DRAIN_S, MakeInstance
from tests.integration.instance import Instance, eventually
from tests.integration.load import MESSAGES, Load
from tests.integration.test_stop import stop_under_streams

CASES = [
    ("mock-unary", False),
    ("mock-unary-200000", False),
    ("mock-burst-20", True),
    ("mock-paced-10x20", True),
    ("mock-cut-6", True),
    ("mock-fail-6", True),
    *[(f"mock-error-{status}", stream) for status in (400, 401, 404, 429, 500, 503) for stream in (False, True)],
    ("mock-html-502", False),
    ("mock-html-200", True),
    ("mock-reset", False),
    ("mock-reset", True),
]
_CHANGES = re.compile(rb'"(?:id|request_id)":"[^"]*"|chatcmpl-[0-9a-f]+|req_[0-9a-f]+')
_RECORDED = (
    "operation", "model", "upstream_model", "response_model", "stream", "status", "end", "error", "input_tokens",
    "output_tokens", "usage_source", "finish_reason", "attempts", "provider",
)  # fmt: skip


@pytest.fixture(scope="module")
def pool(make_module_instance: MakeInstance, upstream: str) -> Instance:
    """A gateway whose openai family runs in two Adapter replicas."""
    scale = {"min_replicas": 2, "max_replicas": 2}
    adapters = {"openai": {"placement": "pool", "scale": scale}}
    instance = make_module_instance({"adapters": adapters, "timeouts": {"drain_s": DRAIN_S}})
    instance.start()
    instance.add_channel("mock", upstream, {"mock-*": ""})
    return instance


@pytest.fixture(scope="module")
def pool_key(pool: Instance) -> str:
    """A key of it."""
    return pool.add_key("pool")


def ask(instance: Instance, key: str, model: str, stream: bool, **more: Any) -> tuple[int, str, bytes, dict[str, Any]]:
    """(status, content type, body without what differs each time, what was recorded)."""
    body = {"model": model, "messages": MESSAGES, "stream": stream, **more}
    headers = {"authorization": f"Bearer {key}"}
    answer = httpx.post(f"{instance.url}/v1/chat/completions", json=body, headers=headers, timeout=60, trust_env=False)
    request_id = answer.headers["x-request-id"]
    (record,) = instance.usage_of({request_id}, request_id=request_id)
    recorded = {name: record[name] for name in _RECORDED}
    return answer.status_code, answer.headers["content-type"], _CHANGES.sub(b"", answer.content), recorded


def test_the_requests_pass_through_the_pool(pool: Instance, pool_key: str):
    found = eventually(lambda: pool.replicas("adapter:openai"), lambda rows: len(rows) == 2, 60)
    assert {row["pid"] for row in found} == pool.pids("Adapter-openai")


@pytest.mark.parametrize(("model", "stream"), CASES)
def test_same_as_inline(gateway: Instance, key: str, pool: Instance, pool_key: str, model: str, stream: bool):
    inline = ask(gateway, key, model, stream)
    pooled = ask(pool, pool_key, model, stream)
    assert pooled[3] == inline[3]
    assert pooled[:3] == inline[:3]


def test_a_client_that_leaves_cancels_the_upstream_call(pool: Instance, pool_key: str, upstream: str):
    stats = upstream.removesuffix("/v1") + "/__stats"
    before = httpx.get(stats, trust_env=False).json()["abandoned"]
    body = {"model": "mock-paced-2000x20", "messages": MESSAGES, "stream": True}
    headers = {"authorization": f"Bearer {pool_key}"}
    with (
        httpx.Client(base_url=pool.url, headers=headers, timeout=30, trust_env=False) as client,
        client.stream("POST", "/v1/chat/completions", json=body) as response,
    ):
        next(response.iter_bytes())
    after = eventually(
        lambda: httpx.get(stats, trust_env=False).json()["abandoned"], lambda value: value > before, 20, 0.02
    )
    assert after == before + 1


async def test_a_killed_adapter_replica_costs_only_what_it_carried(pool: Instance, pool_key: str):
    victim = next(iter(pool.pids("Adapter-openai")))
    async with Load(pool.url, pool_key, [("mock-unary", False), ("mock-burst-20", True)], workers=6) as load:
        await load.more(100, 60)
        os.kill(victim, signal.SIGKILL)
        await load.more(200, 60)
        back = await asyncio.to_thread(
            eventually,
            lambda: {row["pid"] for row in pool.replicas("adapter:openai")},
            lambda pids: len(pids) == 2 and victim not in pids,
            120,
        )
        await load.more(100, 60)
    seen = load.seen
    print(
        f"\nadapter replica killed: {len(seen.complete)} answers, failures {dict(seen.failures)} over "
        f"{seen.outage_s:.1f} s, {seen.ended_with_error_event} streams ended with an error event"
    )
    assert len(back) == 2
    assert victim not in back
    assert seen.failures.total() + seen.ended_with_error_event <= 6, "no more than what was under way"
    rows = await asyncio.to_thread(pool.usage_of, seen.complete, key="pool")
    assert seen.complete <= {row["request_id"] for row in rows}


async def test_sigterm_lets_the_streams_of_the_pool_finish(pool: Instance, pool_key: str):
    await stop_under_streams(pool, pool_key, lambda: pool.signal(signal.SIGTERM))
