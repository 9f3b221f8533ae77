"""Answers to calls with an Idempotency-Key: one row per call, written in the transaction of what the call did."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import IdempotentCall


async def find(session: AsyncSession, digest: bytes) -> IdempotentCall | None:
    """The call of that digest."""
    return await session.get(IdempotentCall, digest)


async def add(session: AsyncSession, call: IdempotentCall) -> None:
    """Store a call. Raises sqlalchemy.exc.IntegrityError when another transaction was first; nothing happens then."""
    session.add(call)
    await session.flush()


async def purge(session: AsyncSession, now: int) -> None:
    """Delete what is not kept any longer."""
    await session.execute(
        delete(IdempotentCall).where(IdempotentCall.expires_at < now).execution_options(synchronize_session=False)
    )
