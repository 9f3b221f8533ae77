"""Usage records: inserting, and getting single ones. Rows are never changed.

usage_search.py looks for many of them, usage_totals.py sums them up.
"""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_hex

from sqlalchemy.ext.asyncio import AsyncSession

from storage import rollups
from storage.models import Usage
from storage.records import UsageRecord
from storage.repositories import failed_requests
from storage.repositories.usage_batch import insert_new


async def insert_many(session: AsyncSession, records: Sequence[UsageRecord]) -> None:
    """Insert the records and add them to the roll-ups, without booking them; those there already change nothing."""
    new = await insert_new(session, records, token_hex(16))
    await rollups.add(session, new)
    await failed_requests.add(session, new)


async def get(session: AsyncSession, request_id: str) -> Usage | None:
    """The record of that request."""
    return await session.get(Usage, request_id)
