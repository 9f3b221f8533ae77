"""Gateways with idempotency, one or more on the same database. Owns no fake: claims, listener and relay are real."""

import asyncio
import time
from pathlib import Path
from typing import Any

from sqlalchemy import update

from deployments.idempotency import Idempotency
from deployments.idempotency_rules import Rules
from storage.models import IdempotentAnswer
from tests.deployments.client import Answer, Client
from tests.deployments.gateway import Gateway


class Twin(Gateway):
    """Another replica of a gateway: same database, same keys."""

    def __init__(self, folder: Path, first: Gateway) -> None:
        super().__init__(folder, first.folder / "gateway.db", database_url=first.settings.database)
        self._first = first

    async def add_key(self, name: str, **fields: Any) -> str:
        """The first one has made them."""
        del fields
        return self._first.admin_key if name == "admin" else self._first.key


SHORT_S = 0.6
"""A lease that is to end, or to be renewed, while its owner lives."""


class Replicas:
    """What a test has started."""

    def __init__(self) -> None:
        self.parts: list[Idempotency] = []
        self.twins: list[Gateway] = []

    async def guard(self, gateway: Gateway, **rules: Any) -> Idempotency:
        """Switch idempotency on in a gateway. Its leases end in no test that does not make them shorter."""
        part = Idempotency(
            gateway.replica,
            gateway.plane._pipeline._ledger,
            gateway.sessions,
            gateway.box,
            Rules(**{"lease_s": 60.0, **rules}),
        )
        await part.listen("127.0.0.1", gateway.server.limits)
        gateway.plane.idempotency = part
        self.parts.append(part)
        return part

    async def twin(self, first: Gateway, folder: Path, **rules: Any) -> tuple[Gateway, Idempotency]:
        """A second replica."""
        gateway = Twin(folder, first)
        await gateway.start()
        await gateway.push()
        self.twins.append(gateway)
        return gateway, await self.guard(gateway, **rules)

    async def stop(self) -> None:
        """Stop everything."""
        for part in self.parts:
            await part.close()
        for gateway in self.twins:
            await gateway.stop()


def kill(part: Idempotency) -> None:
    """End it as kill -9 would: nothing is written any more, nobody is told."""

    async def dead(_: object) -> None:
        raise asyncio.CancelledError

    part._claims.settle = dead  # type: ignore[method-assign, assignment]
    for task in (part._beat, *part._tasks):
        if task is not None:
            task.cancel()
    listener = part._listener
    assert listener is not None
    assert listener._listener is not None
    listener._listener.close()
    for connection in list(listener.connections):
        connection.transport.abort()
    part._running.clear()


async def end_leases(gateway: Gateway) -> None:
    """What is claimed now is claimed for a moment only. Until then no pause of the machine ended it."""
    async with gateway.sessions.begin() as session:
        await session.execute(update(IdempotentAnswer).values(lease_until=int((time.time() + 0.3) * 1000)))


async def ask(gateway: Gateway, key: str = "k-1", body: dict[str, Any] | None = None, **more: Any) -> Answer:
    """A POST with an Idempotency-Key."""
    headers = {"idempotency-key": key, **more.pop("headers", {})}
    return await gateway.post(body, headers=headers, **more)


async def begin(gateway: Gateway, client: Client, key: str = "k-1", body: dict[str, Any] | None = None) -> Answer:
    """Send a POST with an Idempotency-Key and read the head of its answer."""
    client.send(gateway.raw(body, headers={"idempotency-key": key}))
    return await client.head()


async def rest(client: Client) -> bytes:
    """The rest of a streamed body."""
    pieces = []
    while piece := await client.piece():
        pieces.append(piece)
    return b"".join(pieces)


async def settled(part: Idempotency) -> None:
    """Wait until everything is written down."""
    async with asyncio.timeout(30.0):
        while part.running or part._tasks:  # noqa: ASYNC110  # it ends without an event
            await asyncio.sleep(0.005)
