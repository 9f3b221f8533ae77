"""Captured requests on their way to the database: redacted, packed, sealed and written in the background.

Owns every wait for the database and all work on the copies; no request waits for any of it. What there is no room for
is not kept, and counted. One for each replica that has rules.
"""

import asyncio
import logging
import zlib
from base64 import b64encode
from collections.abc import Callable

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.canonical.context import Client
from adapters.errors import GatewayError
from adapters.protocols.table import WIRES
from adapters.redaction import Redactor, UnreadableError
from adapters.whole import whole
from deployments.capture import Body, Taken
from storage.captured import Bodies, Part, context
from storage.crypto import SecretBox
from storage.repositories import captures
from storage.repositories.captures import CaptureData

Count = Callable[[str, tuple[str, ...]], None]

MAX_HELD_BYTES = 64 * 1024 * 1024
"""Of all captured requests that run or wait; beyond it bodies are cut."""

MAX_WAITING = 10_000
_BATCH = 250
_BATCH_BYTES = 8 * 1024 * 1024
_GATHER_S = 0.05
_RETRY_S = 1.0
_TRIES = 60
_WRITE_S = 20.0
_CLOSE_S = 2.0
_NOT_KEPT = "not kept: what has to be taken out of it cannot be found"


class CaptureStore:
    """Make it inside a running event loop; `close` writes what waits."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], box: SecretBox, count: Count) -> None:
        self._sessions = sessions
        self._box = box
        self._count = count
        self._log = logging.getLogger("gateway")
        self._waiting: list[Taken] = []
        self._news = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self.held = 0
        """Bytes of all copies."""

    @property
    def alive(self) -> bool:
        """Whether what is put in will be written."""
        return self._task is None or not self._task.done()

    @property
    def room(self) -> int:
        """Bytes that may still be copied."""
        return max(MAX_HELD_BYTES - self.held, 0)

    def put(self, taken: Taken) -> None:
        """Keep a request that is over."""
        if len(self._waiting) >= MAX_WAITING:
            self.held -= taken.held
            self._count("gateway_captures_total", ("lost",))
            return
        self._waiting.append(taken)
        self._news.set()
        if self._task is None:  # nothing runs where nothing is captured
            self._task = asyncio.get_running_loop().create_task(self._write_on())

    async def close(self) -> None:
        """Write what waits, for a moment at most."""
        self._closing = True
        self._news.set()
        if self._task is None:
            return
        await asyncio.wait([self._task], timeout=_CLOSE_S)
        self._task.cancel()
        if self._waiting:
            self._log.warning("%d captured requests were not kept: the database is away", len(self._waiting))

    async def _write_on(self) -> None:
        failed = 0
        while not (self._closing and not self._waiting):
            await self._news.wait()
            # One transaction for what comes together; where enough waits already, at once.
            await asyncio.sleep(0 if self._closing or len(self._waiting) >= _BATCH else _GATHER_S)
            batch = self._batch()
            try:
                await self._write(batch)
                failed = 0
            except Exception as error:  # noqa: BLE001  # any database error: the next turn may go through
                failed += 1
                self._log.warning("captured requests are not kept yet: %s", type(error).__name__)
                if failed < _TRIES:
                    await asyncio.sleep(_RETRY_S)
                    continue
                self._done(batch, "lost")
                failed = 0
            if not self._waiting and not self._closing:
                self._news.clear()

    def _batch(self) -> list[Taken]:
        """The first of what waits: at least one, and not much more than fits a transaction."""
        size = 0
        for place, taken in enumerate(self._waiting[:_BATCH]):
            size += taken.held
            if size > _BATCH_BYTES and place:
                return self._waiting[:place]
        return self._waiting[:_BATCH]

    async def _write(self, batch: list[Taken]) -> None:
        rows = await asyncio.to_thread(lambda: [self._row(taken) for taken in batch])
        async with asyncio.timeout(_WRITE_S), self._sessions.begin() as session:
            await captures.insert(session, rows)
        self._done(batch, "kept")

    def _done(self, batch: list[Taken], how: str) -> None:
        del self._waiting[: len(batch)]
        for taken in batch:
            self.held -= taken.held
            self._count("gateway_captures_total", (how,))

    def _row(self, taken: Taken) -> CaptureData:
        exchange, rule = taken.exchange, taken.rule
        most = rule.row.max_bytes
        if rule.redactor:
            bodies = Bodies(_redacted(taken, taken.request, most), _redacted(taken, taken.response, most))
        else:
            bodies = Bodies(_plain(taken.request, most), _plain(taken.response, most))
        packed = zlib.compress(msgspec.msgpack.encode(bodies), 1)
        key = exchange.key
        return CaptureData(
            request_id=exchange.request_id,
            started_at=exchange.started_at,
            key_id=key.id,
            user_id=key.user_id,
            organisation_id=key.organisation_id,
            rule_id=rule.row.id,
            request_bytes=taken.request.size,
            response_bytes=taken.response.size,
            size=len(bodies.request.body) + len(bodies.response.body),
            expires_at=exchange.started_at // 1_000_000 + rule.row.keep_s,
            sealed=self._box.seal(b64encode(packed).decode(), context(exchange.request_id)),
        )


def _plain(body: Body, most: int) -> Part:
    return _part(b"".join(body.pieces), body, most, 0)


def _part(data: bytes, body: Body, most: int, redacted: int) -> Part:
    cut = not body.whole or len(data) > most
    return Part(data[:most], body.kind, body.size, cut, redacted)


def _redacted(taken: Taken, body: Body, most: int) -> Part:
    """The body without what is to go; nothing of it where that cannot be done."""
    data = b"".join(body.pieces)
    if not data:
        return _part(data, body, most, 0)
    nothing = Part(b"", body.kind, body.size, cut=True, redacted=0, note=_NOT_KEPT)
    if not body.whole:
        return nothing
    try:
        if "event-stream" in body.kind:
            changed, found = _events(taken, data, taken.rule.redactor)
        else:
            changed, found = taken.rule.redactor.json(data)
    except (UnreadableError, GatewayError, msgspec.DecodeError, ValueError, RecursionError):
        return nothing
    return _part(changed, body, most, found)


def _events(taken: Taken, data: bytes, redactor: Redactor) -> tuple[bytes, int]:
    """A stream; where a pattern might match across its pieces, as the answer in one piece that it comes to."""
    if not redactor.needs_whole_texts:
        return redactor.events(data)
    exchange = taken.exchange
    conversion = WIRES[exchange.protocol].conversion
    if conversion is None:
        raise UnreadableError("a protocol whose streams cannot be put together")
    to = Client(request_id=exchange.request_id, created=exchange.started_at // 1_000_000, model=exchange.model)
    return redactor.json(whole(data, conversion, conversion, to, events=True).body)
