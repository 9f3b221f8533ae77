"""A statement from the ledger and the roll-ups. Reads only."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from admin.schemas.account import time_of
from admin.schemas.amounts import nano_to_usd
from admin.schemas.statement import ModelLine, StatementLine, StatementOut
from storage.ledger import accounts, statements
from storage.ledger.entries import REQUEST
from storage.ledger.periods import period_end
from storage.subscriptions import listing


def month_span(month: str) -> tuple[int, int]:
    """First second of the month "2026-10" and of the next one, UTC. Raises ValueError."""
    start = int(datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).timestamp())
    return start, period_end("month", start)


async def statement(session: AsyncSession, kind: str, subject_id: int, name: str, month: str, now: int) -> StatementOut:
    """The statement of a user or an organisation for a month that has begun."""
    start, end = month_span(month)
    account = (await accounts.of(session, kind, [subject_id])).get(subject_id)
    sums = statements.Sums(0, 0, {})
    lines = []
    if account is not None:
        sums = await statements.sums(session, account.id, start, end)
        lines = list(await statements.booked(session, account.id, start, end))
    owned = await session.scalars(listing.of_owner(kind, subject_id))
    paid_by_quota = await statements.from_subscriptions(session, [row.id for row in owned], start, end)
    models = await statements.by_model(session, kind, subject_id, start, end)
    return StatementOut(
        month=month, final=end <= now, kind=kind, owner_id=subject_id, owner=name,
        starts_at=time_of(start), ends_at=time_of(end), opening=nano_to_usd(sums.opening),
        closing=nano_to_usd(sums.closing), spent=nano_to_usd(-sums.by_reason.get(REQUEST, 0)),
        spent_from_subscriptions=nano_to_usd(paid_by_quota),
        by_reason={reason: nano_to_usd(amount) for reason, amount in sorted(sums.by_reason.items())},
        lines=[
            StatementLine(
                at=time_of(row.at), reason=row.reason, reference=row.reference, note=row.note,
                amount=nano_to_usd(row.amount),
            )
            for row in lines
            if row.amount
        ],
        models=[
            ModelLine(
                model=row.model, requests=row.requests, input_tokens=row.input_tokens,
                output_tokens=row.output_tokens, cost=nano_to_usd(row.cost),
            )
            for row in models
        ],
    )  # fmt: skip
