"""Owns the data planes and upstreams of these tests; everything runs in this process on uvloop, as in a replica."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop

from deployments.settling import Settling
from tests.deployments import speakers
from tests.deployments.asks import PROTOCOLS
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Upstream
from tests.deployments.virtual import VirtualLoop


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that Serve's replicas run on, or one on a clock of its own for a test that is marked so."""
    mark = item.get_closest_marker("asyncio")
    if mark is not None and "virtual" in mark.kwargs.get("loop_factories", ()):
        return {"virtual": VirtualLoop}
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def empty_database(migrated_file: Path) -> Path:
    """A migrated database file, copied for each test."""
    return migrated_file


@pytest.fixture
def unsettled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Routers of this test start no settler: a process that takes a second to load."""

    async def run(_settling: Settling, stop: asyncio.Event) -> None:
        await stop.wait()

    monkeypatch.setattr(Settling, "run", run)


@pytest.fixture
async def make_gateway(tmp_path: Path, empty_database: Path) -> AsyncIterator[Callable[..., Awaitable[Gateway]]]:
    """A function that starts a data plane with these settings."""
    running: list[Gateway] = []

    async def start(**settings: Any) -> Gateway:
        limits = settings.pop("limits", None)
        journal_bytes = settings.pop("journal_bytes", None)
        gateway = Gateway(tmp_path / f"data-{len(running)}", empty_database, **settings)
        gateway.limits = limits
        gateway.journal_bytes = journal_bytes or gateway.journal_bytes
        await gateway.start()
        running.append(gateway)
        return gateway

    yield start
    for gateway in running:
        await gateway.stop()


@pytest.fixture
async def make_upstream() -> AsyncIterator[Callable[[], Awaitable[Upstream]]]:
    """A function that starts an upstream."""
    running: list[Upstream] = []

    async def start() -> Upstream:
        upstream = Upstream()
        await upstream.start()
        running.append(upstream)
        return upstream

    yield start
    for upstream in running:
        await upstream.stop()


@pytest.fixture
async def upstream(make_upstream: Callable[[], Awaitable[Upstream]]) -> Upstream:
    """One upstream."""
    return await make_upstream()


@pytest.fixture
async def gateway(make_gateway: Callable[..., Awaitable[Gateway]], upstream: Upstream) -> Gateway:
    """A data plane with one channel "one" to `upstream`: gpt-x (alias of up-model), text-x and embed-x."""
    gateway = await make_gateway()
    await gateway.add_channel("one", upstream.url)
    return gateway


@pytest.fixture
async def spoken(make_gateway: Callable[..., Awaitable[Gateway]], upstream: Upstream) -> Gateway:
    """A gateway with one channel for each protocol: the model "x-chat" is on one that speaks chat only."""
    upstream.behave = speakers.speaks
    gateway = await make_gateway()
    for protocol in PROTOCOLS:
        settings = {"protocols": [protocol], "capabilities": {"images": True, "stream_usage": True}}
        await gateway.add_channel(
            f"only-{protocol}", upstream.url, models={f"x-{protocol}": f"up-{protocol}"}, settings=settings, push=False
        )
    await gateway.push()
    return gateway
