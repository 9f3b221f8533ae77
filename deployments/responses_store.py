"""Kept responses between this replica and the database: written in the background, read when a client refers to one.

Owns the sealing of what was said and every wait for the database. Knows no request. What is not written yet is read
from memory; another replica may have something that it has not written yet, so that a reader looks more than once.
"""

import asyncio
import hashlib
import logging
import random
import time
import zlib
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.errors import GatewayFault
from deployments.settings_responses import Responses
from storage.crypto import SealError, SecretBox
from storage.repositories import kept_responses as rows
from storage.repositories import tasks
from storage.repositories.kept_responses import Kept

Count = Callable[[str, tuple[str, ...]], None]
T = TypeVar("T")

MAX_WAITING_BYTES = 64 * 1024 * 1024
"""What waits for a database that is away; more is not kept."""
MAX_WAITING = 20_000

_BATCH = 200
_GATHER_S = 0.02
_RETRY_S = 1.0
_WRITE_S = 10.0
"""A batch that takes longer is tried again; who deletes a response waits for the batch on its way."""
_PURGE_S = 600.0
_CLOSE_S = 2.0
_LOOKS_S = (0.0, 0.05, 0.15, 0.4)
"""Pauses before each look for a response that another replica may just be writing."""


class Said(msgspec.Struct, array_like=True, frozen=True):
    """One turn: the response's JSON as the client got it, and the items of its own input as a JSON array."""

    response: bytes
    items: bytes


_decoder = msgspec.msgpack.Decoder(Said)


class ResponseStore:
    """One for each replica. Make it inside a running event loop; `close` writes what waits."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], box: SecretBox, rules: Responses, count: Count
    ) -> None:
        self._sessions = sessions
        self._box = box
        self._rules = rules
        self._count = count
        self._log = logging.getLogger("gateway")
        self._waiting: dict[bytes, tuple[Kept, Said | None]] = {}
        self._bytes = 0
        self._news = asyncio.Event()
        self._writing = asyncio.Lock()
        self._closing = False
        self._task = asyncio.get_running_loop().create_task(self._write_on())

    @property
    def alive(self) -> bool:
        """Whether what is put in will be written."""
        return not self._task.done()

    def put(self, row: Kept, said: Said | None = None) -> None:
        """Keep a response; does not wait. While the database is away it waits in memory, within bounds."""
        size = row.size if said is not None else 0
        if len(self._waiting) >= MAX_WAITING or self._bytes + size > MAX_WAITING_BYTES:
            self._count("gateway_responses_kept_total", ("lost",))
            return
        if row.id not in self._waiting:
            self._waiting[row.id] = (row, said)
            self._bytes += size
            self._news.set()

    async def find(self, ids: Sequence[bytes], *, patient: bool = True) -> dict[bytes, Kept]:
        """The rows of these ids. Raises GatewayFault (503) when the database does not answer."""
        found = {each: self._waiting[each][0] for each in ids if each in self._waiting}
        for pause in _LOOKS_S if patient else _LOOKS_S[:1]:
            missing = [each for each in ids if each not in found]
            if not missing:
                break
            await asyncio.sleep(pause)
            found |= await self._find(missing)
        return found

    async def chain(self, last: Kept) -> list[Kept] | None:
        """The turns up to `last`, the first one first; None when one of them is gone. At most one more than allowed."""
        known = {last.id: last}
        found = [last]
        asked = False
        while (previous := found[-1].previous) is not None and len(found) <= self._rules.chain:
            before = known.get(previous) or self._pending(previous)
            if before is None and not asked:
                asked = True
                known |= await self._ask(lambda session: rows.thread(session, last.thread))
                before = known.get(previous)
            if before is None:
                return None
            found.append(before)
        return found[::-1]

    async def said(self, turns: Sequence[Kept]) -> list[Said] | None:
        """What was said in these turns; None when one of them is gone, or cannot be opened with this secret key."""
        here = {turn.id: self._waiting[turn.id][1] for turn in turns if turn.id in self._waiting}
        wanted = [turn.id for turn in turns if turn.id not in here]
        sealed = await self._ask(lambda session: rows.contents(session, wanted)) if wanted else {}
        try:
            opened = await asyncio.to_thread(self._open_all, sealed)
        except (SealError, zlib.error, msgspec.MsgspecError, ValueError) as error:
            self._log.error("a kept response cannot be read: %s", error)
            return None
        found = [here.get(turn.id) or opened.get(turn.id) for turn in turns]
        return [said for said in found if said is not None] if None not in found else None

    async def remove(self, row: Kept) -> bool:
        """Forget a response; False when it is gone already. Raises GatewayFault (503), and then it is still kept."""
        async with self._writing:  # a batch on its way would put the row back after it was deleted
            gone = await self._ask(lambda session: rows.remove(session, row), writes=True)
            waiting = self._waiting.pop(row.id, None)
        if waiting is not None:
            self._bytes -= waiting[0].size if waiting[1] is not None else 0
        return gone or waiting is not None

    async def booked(self, row: Kept) -> bool:
        """Mark the usage of a background response as booked; False when it is already. Raises GatewayFault (503)."""
        async with self._writing:
            waiting = self._waiting.get(row.id)
            if waiting is None:
                return await self._ask(lambda session: _mark(session, row), writes=True)
            if waiting[0].kind != rows.BACKGROUND:
                return False
            self._waiting[row.id] = msgspec.structs.replace(waiting[0], kind=rows.UPSTREAM, size=0), waiting[1]
            return True

    async def close(self) -> None:
        """Write what waits, for a moment at most."""
        self._closing = True
        self._news.set()
        await asyncio.wait([self._task], timeout=_CLOSE_S)
        self._task.cancel()
        if self._waiting:
            self._log.warning("%d responses were not kept: the database is away", len(self._waiting))

    def _pending(self, response_id: bytes) -> Kept | None:
        waiting = self._waiting.get(response_id)
        return waiting[0] if waiting is not None else None

    async def _find(self, ids: Sequence[bytes]) -> dict[bytes, Kept]:
        return await self._ask(lambda session: rows.find(session, ids, int(time.time())))

    async def _ask(self, query: Callable[[AsyncSession], Awaitable[T]], *, writes: bool = False) -> T:
        """What the database says. Raises GatewayFault (503)."""
        try:
            async with asyncio.timeout(self._rules.timeout_s):
                if writes:
                    async with self._sessions.begin() as session:
                        return await query(session)
                async with self._sessions() as session:
                    return await query(session)
        except Exception as error:
            self._log.warning("kept responses cannot be read: %s", type(error).__name__)
            raise GatewayFault(
                503, "Kept responses cannot be looked up at the moment; retry.", code="responses_away", retry_after="2"
            ) from error

    async def _write_on(self) -> None:
        purge_at = time.monotonic() + random.uniform(0.1, 1.0) * _PURGE_S  # noqa: S311  # no secret
        while not (self._closing and not self._waiting):
            try:
                async with asyncio.timeout(max(purge_at - time.monotonic(), 0.0)):
                    await self._news.wait()
            except TimeoutError:
                purge_at = time.monotonic() + _PURGE_S
                await self._purge()
                continue
            await asyncio.sleep(0 if self._closing else _GATHER_S)  # one transaction for what comes together
            try:
                await self._write()
            except Exception as error:  # noqa: BLE001  # any database error: the next turn may go through
                self._log.warning("responses are not kept yet: %s", type(error).__name__)
                await asyncio.sleep(_RETRY_S)
            if not self._waiting and not self._closing:
                self._news.clear()

    async def _write(self) -> None:
        async with self._writing:
            batch = list(self._waiting.values())[:_BATCH]
            if not batch:
                return
            sealed = await asyncio.to_thread(self._seal_all, batch)
            async with asyncio.timeout(_WRITE_S), self._sessions.begin() as session:
                await rows.insert(session, sealed)
            for row, said in batch:
                if self._waiting.pop(row.id, None) is not None and said is not None:
                    self._bytes -= row.size
        responses = sum(row.kind != rows.ITEM for row, _ in batch)
        for _ in range(responses):
            self._count("gateway_responses_kept_total", ("kept",))

    async def _purge(self) -> None:
        try:
            more = True
            while more:
                async with self._sessions.begin() as session:
                    more = await rows.purge(session, int(time.time())) > 0
        except Exception as error:  # noqa: BLE001  # as above
            self._log.warning("expired responses wait to be deleted: %s", type(error).__name__)

    def _seal_all(self, batch: list[tuple[Kept, Said | None]]) -> list[Kept]:
        return [
            row if said is None else msgspec.structs.replace(row, sealed=self._seal(row, said)) for row, said in batch
        ]

    def _seal(self, row: Kept, said: Said) -> bytes:
        packed = zlib.compress(msgspec.msgpack.encode(said), 1)
        return self._box.seal(b64encode(packed).decode(), f"response:{row.id.hex()}")

    def _open_all(self, sealed: dict[bytes, bytes]) -> dict[bytes, Said]:
        return {
            each: _decoder.decode(zlib.decompress(b64decode(self._box.open(data, f"response:{each.hex()}"))))
            for each, data in sealed.items()
        }


async def _mark(session: AsyncSession, row: Kept) -> bool:
    """Mark the row; its task is concluded soon."""
    reference = tasks.reference_of(row.id, row.key_id, row.channel_id, row.created_at)
    await tasks.hurry(session, reference, int(time.time()))
    return await rows.booked(session, row)


def digest(name: str) -> bytes:
    """The row's id for a response's or an item's."""
    return hashlib.sha256(b"response:" + name.encode("utf-8", "replace")).digest()
