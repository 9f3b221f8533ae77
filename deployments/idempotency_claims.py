"""Claims and kept answers in the database: who runs a request, until when he is believed, what came of it.

Owns the sealing of answers and every wait for the database. Writes nothing to a client.
"""

import asyncio
import logging
import time
import zlib
from base64 import b64decode, b64encode
from collections.abc import Collection

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from deployments.idempotency_rules import Rules
from deployments.idempotency_sink import Sink
from storage.crypto import SealError, SecretBox
from storage.models.idempotent_answer import IdempotentAnswer
from storage.repositories import idempotent_answers as answers
from storage.repositories import usage

RETRIES_S = (0.1, 0.5, 1.0, 2.0, *[5.0] * 60)
"""Pauses between attempts to write down what came of a request; about five minutes."""


class Kept(msgspec.Struct, array_like=True):
    """A finished answer."""

    status: int
    headers: bytes
    body: bytes
    streamed: bool
    whole: bool
    """False: a stream that was cut by the gateway without an event that says so."""


_decoder = msgspec.msgpack.Decoder(Kept)


def seal(box: SecretBox, claim: bytes, kept: Kept) -> bytes:
    """An answer as it is stored: compressed and encrypted for its claim. Milliseconds for each megabyte."""
    packed = zlib.compress(msgspec.msgpack.encode(kept), 1)
    return box.seal(b64encode(packed).decode(), f"idempotent:{claim.hex()}")


def unseal(box: SecretBox, claim: bytes, sealed: bytes) -> Kept:
    """What was sealed. Raises SealError."""
    packed = b64decode(box.open(sealed, f"idempotent:{claim.hex()}"))
    return _decoder.decode(zlib.decompress(packed))


class Claims:
    """`url`: where this replica's internal listener is; it names the owner of a claim."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], box: SecretBox, rules: Rules) -> None:
        self._sessions = sessions
        self._box = box
        self._rules = rules
        self._log = logging.getLogger("gateway")
        self.url = ""

    async def claim(self, sink: Sink, key_id: int, *, look: bool) -> IdempotentAnswer | None:
        """Claim the request for this attempt; else what is there. None: it is this attempt's.

        `look` before writing: for who waits for another attempt, and would else hold up all writers of an SQLite file.
        """
        while True:
            found = None
            if look:
                async with self._sessions() as session:
                    found = await answers.find(session, sink.claim)
            if found is None:
                async with self._sessions.begin() as session:
                    if await answers.claim(session, self._row(sink, key_id)):
                        return None
                    found = await answers.find(session, sink.claim)
            if found is None:  # released in between
                continue
            if found.expires_at > time.time():
                return found
            if await self.take_over(found, sink, key_id):
                return None

    async def take_over(self, before: IdempotentAnswer, sink: Sink, key_id: int) -> bool:
        """Put this attempt in the place of one whose owner is gone; False when another was faster."""
        async with self._sessions.begin() as session:
            return await answers.take_over(session, before, self._row(sink, key_id))

    async def charged(self, request_id: str) -> bool:
        """Whether the attempt of an owner that is gone had come so far that it was charged, as Sink.charged says."""
        async with self._sessions() as session:
            record = await usage.get(session, request_id)
        return record is not None and (record.end == "complete" or record.usage_source != "none")

    async def renew(self, request_ids: Collection[str]) -> None:
        """This replica still works on these."""
        async with self._sessions.begin() as session:
            await answers.renew(session, request_ids, self._lease())

    async def purge(self) -> None:
        """Delete what has expired."""
        more = True
        while more:
            async with self._sessions.begin() as session:
                more = await answers.purge(session, int(time.time())) > 0

    async def open(self, row: IdempotentAnswer) -> Kept | None:
        """The kept answer; None when it cannot be opened with this secret key."""
        try:
            return await asyncio.to_thread(unseal, self._box, row.id, row.sealed or b"")
        except (SealError, zlib.error, msgspec.MsgspecError, ValueError) as error:
            self._log.error("the answer of %s cannot be replayed: %s", row.request_id, error)
            return None

    async def settle(self, sink: Sink) -> None:
        """Write down what came of the attempt; while the database is away, again and again for some minutes."""
        state, sealed = answers.LARGE, None
        if sink.charged and sink.size <= self._rules.answer:
            state, sealed = answers.KEPT, await asyncio.to_thread(self._pack, sink)
        for pause in RETRIES_S:
            try:
                async with self._sessions.begin() as session:
                    if sink.charged:
                        mine = await answers.finish(session, sink.claim, sink.request_id, state, sealed)
                    else:
                        mine = await answers.release(session, sink.claim, sink.request_id)
            except Exception as error:  # noqa: BLE001  # any database error: the next attempt may go through
                self._log.info("the answer of %s is not kept yet: %s", sink.request_id, type(error).__name__)
                await asyncio.sleep(pause)
                continue
            if not mine and sink.charged:
                self._log.warning("the claim of %s was lost to another replica", sink.request_id)
            return
        self._log.error("the answer of %s could not be kept: the database is away", sink.request_id)

    def _pack(self, sink: Sink) -> bytes:
        body = sink.body if sink.body is not None else sink.spool.whole() if sink.spool is not None else b""
        return seal(self._box, sink.claim, Kept(sink.status, sink.headers, body, sink.body is None, not sink.broken))

    def _row(self, sink: Sink, key_id: int) -> IdempotentAnswer:
        now = int(time.time())
        return IdempotentAnswer(
            id=sink.claim,
            key_id=key_id,
            fingerprint=sink.fingerprint,
            request_id=sink.request_id,
            state=answers.RUNNING,
            url=self.url,
            lease_until=self._lease(),
            sealed=None,
            created_at=now,
            expires_at=now + max(int(self._rules.keep_s), 1),
        )

    def _lease(self) -> int:
        return int((time.time() + self._rules.lease_s) * 1000)
