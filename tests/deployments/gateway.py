"""A whole data plane in this process, without Ray: real server, pipeline, journal, drainer and SQLite database.

Stands in for what deployments/ingress.py puts together and for the Router's pushes; holds no fake of either.
"""

import asyncio
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from deployments import compiler, shape, table
from deployments.booking import Booking
from deployments.capture_store import CaptureStore
from deployments.dataplane import DataPlane
from deployments.ingress import limits
from deployments.keys import Key, load
from deployments.leases_authority import LedgerAuthority
from deployments.limits import Limits
from deployments.messages import Update
from deployments.replica import Replica
from deployments.responses_state import ResponsesState
from deployments.responses_store import ResponseStore
from deployments.server import Server
from deployments.settings import Settings
from deployments.upkeep import Upkeep
from storage import crypto, models
from storage.database import open_engine, session_factory
from storage.journal import JournalDrainer, JournalWriter
from storage.records import FIELDS, UsageRecord
from storage.repositories import channels, keys, prices
from storage.repositories.usage_search import Wanted, search
from tests.deployments.client import Answer, Client, request
from tests.stopwatch import Stopwatch

MASTER = b"m" * 32
CHAT = {"model": "gpt-x", "messages": [{"role": "user", "content": "hi"}]}


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until it holds; fails when it does not come true within so many seconds in which the machine ran."""
    watch = Stopwatch()
    while not condition():
        assert watch.s < seconds, "did not come true in time"
        await asyncio.sleep(0.005)


async def at_rest(value: Callable[[], int], looks: int = 50) -> int:
    """Wait until it is the same at so many looks in a row; what it is then.

    Looks are counted and not seconds: in a pause of the machine nothing looks, and nothing moves.
    """
    seen, same = value(), 0
    while same < looks:
        await asyncio.sleep(0.01)
        same = same + 1 if value() == seen else 0
        seen = value()
    return seen


class Clock:
    """The loop of a server with a time of its own: what waits for a client gets older only when `now` is moved."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.now = loop.time()

    def time(self) -> float:
        """Seconds, as `loop.time`."""
        return self.now

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)


class Gateway:
    """One data plane; `key` is a key that may use everything, `admin_key` sees routing details."""

    def __init__(self, folder: Path, template: Path, **settings: Any) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, folder / "gateway.db")
        self.settings = Settings.model_validate({"data": str(folder), "admin": False, **settings})
        self.limits: Limits | None = None
        self.journal_bytes = 1 << 30
        self.lookups = 0
        self._before: compiler.Before = {}
        self.database_away = False
        self.lookups_answered = asyncio.Event()
        """Cleared: the database does not answer about keys until it is set."""
        self.lookups_answered.set()
        self.key = ""
        self.admin_key = ""

    async def start(self, port: int = 0) -> None:
        """Everything but the channels."""
        self.box = crypto.SecretBox(MASTER)
        self.engine = open_engine(self.settings.database)
        self.sessions = session_factory(self.engine)
        self.replica = Replica(
            self.settings, MASTER, self._load_key, name="test", leases=LedgerAuthority(self.sessions, ttl_s=60)
        )
        store = ResponseStore(self.sessions, self.box, self.settings.responses, self.replica.telemetry.count)
        self.replica.responses = ResponsesState(self.replica, store, self.settings.responses)
        self.replica.capture_store = CaptureStore(self.sessions, self.box, self.replica.telemetry.count)
        self.upkeep = Upkeep(self.settings, self.sessions)
        directory = self.settings.data_dir / "journal"
        self.journal = JournalWriter(directory, "test", max_bytes=self.journal_bytes)
        self.drainer = JournalDrainer(directory, self.upkeep.insert)
        self.plane = DataPlane(self.replica, Booking(self.replica, self.journal), self._scrape)
        self.server = Server(self.plane.handle, self.limits or limits(self.settings), shape.unreadable)
        self.port = await self.server.listen("127.0.0.1", port)
        self.key = await self.add_key("everything")
        self.admin_key = await self.add_key("admin", admin=True)

    async def stop(self) -> None:
        """Stop everything."""
        await self.server.drain(0.0, 10.0)
        await self.replica.give_back()
        self.journal.close()
        self.drainer.close()
        await self.replica.close()
        await self.engine.dispose()

    # -- what the admin API and the Router do -------------------------------------------------------------------------

    async def add_channel(self, name: str, url: str, *, push: bool = True, **fields: Any) -> int:
        """Store a channel and push the table; returns its id."""
        secret = self.box.seal(f"sk-upstream-{name}", f"channel:{name}")
        row = models.Channel(
            **{
                "name": name,
                "provider": "openai-compatible",
                "base_url": url,
                "secret": secret,
                "models": {"gpt-x": "up-model", "text-x": "", "embed-x": ""},
                "headers": {},
                "settings": {},
                "priority": 0,
                "weight": 1,
                "enabled": True,
                **fields,
            }
        )
        async with self.sessions.begin() as session:
            await channels.create(session, row)
            number = row.id
        if push:
            await self.push()
        return number

    async def add_price(self, model: str, cost_in: int, cost_out: int, cache_read: int | None = None) -> int:
        """Store an operator's price in nano-USD per million tokens and push the table."""
        row = models.Price(
            provider="", model=model, input=cost_in, output=cost_out, cache_read=cache_read, source="operator"
        )
        async with self.sessions.begin() as session:
            await prices.create(session, row)
            number = row.id
        await self.push()
        return number

    async def push(self) -> None:
        """Compile the table and hand it over as the Router does."""
        async with self.sessions() as session:
            data = await compiler.compile_table(session, self.settings.timeouts, before=self._before)
        assert data is not None
        self.replica.apply(Update(table=table.encode(data)))

    async def add_key(self, name: str, **fields: Any) -> str:
        """Store a key; the replica learns of it at its first use."""
        secret = crypto.new_key()
        row = models.Key(name=name, digest=crypto.digest(secret), **fields)
        async with self.sessions.begin() as session:
            await keys.create(session, row)
        return secret

    async def change_key(self, secret: str, **changes: Any) -> None:
        """Change a key and push the change."""
        async with self.sessions.begin() as session:
            row = await keys.find_by_digest(session, crypto.digest(secret))
            assert row is not None
            await keys.update(session, row, changes)
        self.replica.apply(Update(changed_keys=[crypto.digest(secret)]))

    # -- requests -----------------------------------------------------------------------------------------------------

    def headers(self, key: str | None = None, **more: str) -> dict[str, str]:
        """Headers of a request with a key."""
        return {"authorization": f"Bearer {self.key if key is None else key}", **more}

    def raw(self, body: bytes | dict[str, Any] | None = None, path: str = "/v1/chat/completions", **more: Any) -> bytes:
        """The bytes of a POST."""
        data = body if isinstance(body, bytes) else msgspec.json.encode({**CHAT, **(body or {})})
        headers = self.headers(more.pop("key", None), **{"content-type": "application/json", **more.pop("headers", {})})
        return request("POST", path, headers, data)

    async def post(
        self, body: bytes | dict[str, Any] | None = None, path: str = "/v1/chat/completions", **more: Any
    ) -> Answer:
        """A POST on a connection of its own."""
        return await self.send(self.raw(body, path, **more))

    async def get(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
        """A GET on a connection of its own."""
        return await self.send(
            request(method, path, self.headers() if headers is None else headers), bodiless=method == "HEAD"
        )

    async def send(self, data: bytes, *, bodiless: bool = False) -> Answer:
        """These bytes on a connection of their own."""
        async with Client(self.port) as client:
            client.send(data)
            return await client.answer(bodiless=bodiless)

    # -- what was booked ----------------------------------------------------------------------------------------------

    async def records(self, count: int | None = None) -> list[UsageRecord]:
        """What the drainer has brought into the database, oldest first; waits until there are `count`."""
        deadline = time.monotonic() + 20.0
        while True:
            await self.drainer.drain_once()
            async with self.sessions() as session:
                rows: Sequence[models.Usage] = await search(session, Wanted(), limit=1000)
            if count is None or len(rows) >= count or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.02)
        counters = self.replica.telemetry.counters
        assert count is None or len(rows) == count, f"{len(rows)} records instead of {count}: {counters}"
        assert self.journal.appended == len(rows), "a request was appended twice"
        assert ("gateway_records_lost_total") not in self.replica.telemetry.counters
        return [UsageRecord(**{name: getattr(row, name) for name in FIELDS}) for row in reversed(rows)]

    async def record(self) -> UsageRecord:
        """The only record."""
        return (await self.records(1))[0]

    async def _load_key(self, digest: bytes) -> Key | None:
        self.lookups += 1
        await self.lookups_answered.wait()
        if self.database_away:
            raise OSError("the database is away")
        return await load(self.sessions, digest)

    async def _scrape(self) -> bytes:
        return b"# metrics\n"
