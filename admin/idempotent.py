"""Idempotency-Key on calls that move money: repeated, the first answer comes again and nothing happens twice.

    async def redeem(..., once: Once) -> Redeemed:
        async with once.transaction(Redeemed) as (session, before):
            if before is not None:
                return before
            ...
            return once.answer(shown)

The answer is stored in the transaction of the change, so that there is never one without the other. Of two calls at
the same time one waits for the other, or gets 409.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import Caller, caller_of
from admin.problems import Problem
from admin.services import Services
from admin.surroundings import Surroundings
from storage.models import IdempotentCall
from storage.repositories import idempotent_calls

KEEP_S = 7 * 86_400

Model = TypeVar("Model", bound=BaseModel)

_Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Repeats of a call with the same key get the first answer, for 7 days.",
    ),
]


class OnceOnly:
    """One call. Without a key every call happens."""

    def __init__(self, services: Services, digest: bytes | None, fingerprint: bytes) -> None:
        self._services = services
        self._digest = digest
        self._fingerprint = fingerprint
        self._answer: BaseModel | None = None

    def answer(self, shown: Model) -> Model:
        """Say what is answered, inside the transaction."""
        self._answer = shown
        return shown

    def part(self, of: int) -> "OnceOnly":
        """One of many changes of the call, each once: repeated, what was changed before gives its first answer."""
        digest = None if self._digest is None else hashlib.sha256(self._digest + b"\0%d" % of).digest()
        return OnceOnly(self._services, digest, self._fingerprint)

    @asynccontextmanager
    async def transaction(self, shape: type[Model]) -> AsyncIterator[tuple[AsyncSession, Model | None]]:
        """A transaction, and the answer of the first such call; raises a Problem (409) when that was another."""
        try:
            async with self._services.sessions.begin() as session:
                yield session, await self._before(session, shape)
                await self._keep(session)
        except IntegrityError:
            if self._digest is None:
                raise
            raise Problem(409, "A call with this Idempotency-Key is under way; repeat it.", slug="in-flight") from None

    async def _before(self, session: AsyncSession, shape: type[Model]) -> Model | None:
        if self._digest is None:
            return None
        call = await idempotent_calls.find(session, self._digest)
        if call is None:
            return None
        if call.fingerprint != self._fingerprint:
            raise Problem(409, "This Idempotency-Key was used for another call.", slug="idempotency-key-reused")
        return shape.model_validate_json(self._services.box.open(call.answer, self._context))

    async def _keep(self, session: AsyncSession) -> None:
        if self._digest is None or self._answer is None:
            return
        now = self._services.clock()
        await idempotent_calls.purge(session, now)
        sealed = self._services.box.seal(self._answer.model_dump_json(), self._context)
        call = IdempotentCall(
            id=self._digest, fingerprint=self._fingerprint, status=200, answer=sealed, expires_at=now + KEEP_S
        )
        await idempotent_calls.add(session, call)

    @property
    def _context(self) -> str:
        return f"call:{(self._digest or b'').hex()}"


async def _once(
    request: Request,
    services: Surroundings,
    caller: Annotated[Caller, Depends(caller_of)],
    key: _Key = None,
) -> OnceOnly:
    body = await request.body()
    where = f"{request.method} {request.url.path}?{request.url.query}".encode()
    fingerprint = hashlib.sha256(where + b"\0" + body).digest()
    digest = None
    if key is not None:
        digest = hashlib.sha256(f"{caller.name}\0{caller.user_id}\0{key}".encode()).digest()
    return OnceOnly(services, digest, fingerprint)


Once = Annotated[OnceOnly, Depends(_once)]
"""The call, as an argument of an endpoint that moves money."""
