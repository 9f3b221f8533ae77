"""Accounts: finding, making and locking them, and whether their balance limits spending.

Balances are changed by storage/ledger/entries.py, leases.py and settling.py only, each change with its entry.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Insert, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger.transactions import among, begin_write, many, table_of
from storage.models import Account, User

USER = "user"
ORGANISATION = "organisation"
BUDGET = "budget"
CHANNEL = "channel"
SUBSCRIPTION = "subscription"
KINDS = (USER, ORGANISATION, BUDGET, CHANNEL, SUBSCRIPTION)

TABLE = table_of(Account)
_C = TABLE.c

Subject = tuple[str, int, int]
"""Kind, subject id, start of the period."""


class Locked(NamedTuple):
    """An account as it is while this transaction holds its lock."""

    id: int
    kind: str
    subject_id: int
    period_start: int
    limited: bool
    balance: int
    held: int

    @property
    def subject(self) -> Subject:
        """What it is of."""
        return self.kind, self.subject_id, self.period_start

    @property
    def available(self) -> int:
        """What nobody spent and nobody holds; below zero when more was spent than the account had."""
        return self.balance - self.held


_LOCKED = tuple(_C[name] for name in Locked._fields)


async def lock(session: AsyncSession, ids: Collection[int], subjects: Collection[Subject] = ()) -> dict[int, Locked]:
    """The accounts of these ids and of these subjects, locked until the transaction ends, by id and in their order.

    What does not exist is left out.
    """
    await begin_write(session)
    if not ids and not subjects:
        return {}
    wanted = or_(*([among(session, _C.id, ids)] if ids else []), *_are(session, subjects))
    # Columns, not objects: an object that the session knows already would keep its old values.
    statement = select(*_LOCKED).where(wanted).order_by(_C.id).with_for_update(key_share=True)
    return {row[0]: Locked(*row) for row in await session.execute(statement)}


def _are(session: AsyncSession, subjects: Collection[Subject]) -> list[ColumnElement[bool]]:
    groups: dict[tuple[str, int], list[int]] = {}
    for kind, subject_id, period in subjects:
        groups.setdefault((kind, period), []).append(subject_id)
    return [
        and_(_C.kind == kind, _C.period_start == period, among(session, _C.subject_id, ids))
        for (kind, period), ids in sorted(groups.items())
    ]


async def find_ids(session: AsyncSession, subjects: Collection[Subject]) -> dict[Subject, int]:
    """The ids of those accounts that exist."""
    if not subjects:
        return {}
    named = select(_C.kind, _C.subject_id, _C.period_start, _C.id).where(or_(*_are(session, subjects)))
    rows = await session.execute(named)
    return {(row[0], row[1], row[2]): row[3] for row in rows}


async def ensure(session: AsyncSession, subjects: Collection[Subject], *, limited: bool = False) -> dict[Subject, int]:
    """The ids of these accounts; those that are missing are made, empty. Any number of callers may do so at once."""
    found = await find_ids(session, subjects)
    missing = sorted(set(subjects) - found.keys())
    if missing:
        now = int(time.time())
        rows = [
            {
                "kind": kind, "subject_id": subject_id, "period_start": period,
                "limited": limited, "balance": 0, "held": 0, "alerted": 0, "created_at": now,
            }
            for kind, subject_id, period in missing
        ]  # fmt: skip
        await session.execute(_insert_missing(session.get_bind().dialect.name), rows)
        found |= await find_ids(session, missing)
    return found


def _insert_missing(dialect: str) -> Insert:
    if dialect == "postgresql":
        return postgresql.insert(TABLE).on_conflict_do_nothing()
    if dialect == "sqlite":
        return sqlite.insert(TABLE).on_conflict_do_nothing()
    insert = mysql.insert(TABLE)
    return insert.on_duplicate_key_update(kind=insert.inserted.kind)


async def change(session: AsyncSession, changes: Sequence[tuple[int, int, int]]) -> None:
    """Add (account id, amount, held) to the kept balances; the caller holds the locks and writes the entries."""
    # One row for each account: PostgreSQL's UPDATE ... FROM would take one of several and leave the others out.
    sums: dict[int, tuple[int, int]] = {}
    for account_id, amount, held in changes:
        before = sums.get(account_id, (0, 0))
        sums[account_id] = (before[0] + amount, before[1] + held)
    rows = [{"of": account_id, "amount": amount, "more": held} for account_id, (amount, held) in sums.items()]
    await many(session, _CHANGE, _POSTGRES_CHANGE, rows)


_CHANGE = (
    update(TABLE)
    .where(_C.id == bindparam("of"))
    .values(balance=_C.balance + bindparam("amount"), held=_C.held + bindparam("more"))
)
_POSTGRES_CHANGE = (
    "UPDATE accounts SET balance = accounts.balance + more.amount, held = accounts.held + more.held "
    "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS more (id, amount, held) WHERE accounts.id = more.id"
)


async def get(session: AsyncSession, account_id: int) -> Account | None:
    """The account of that id, as it is in the database now."""
    return await session.get(Account, account_id, populate_existing=True)


async def of(session: AsyncSession, kind: str, subject_ids: Collection[int]) -> Mapping[int, Account]:
    """The accounts without a period of these subjects, by subject id, as far as they exist."""
    if not subject_ids:
        return {}
    statement = select(Account).where(_C.kind == kind, _C.period_start == 0, among(session, _C.subject_id, subject_ids))
    found = await session.scalars(statement.execution_options(populate_existing=True))
    return {account.subject_id: account for account in found}


async def list_page(
    session: AsyncSession,
    *,
    kind: str | None = None,
    subject_id: int | None = None,
    user_id: int | None = None,
    organisation_id: int | None = None,
    after: int = 0,
    limit: int = 100,
) -> Sequence[Account]:
    """Accounts in the order of their ids, from behind `after`; of one user, or of an organisation and its users."""
    statement = query(kind=kind, subject_id=subject_id, user_id=user_id, organisation_id=organisation_id)
    return (await session.scalars(statement.where(_C.id > after).order_by(_C.id).limit(limit))).all()


def query(
    *,
    kind: str | None = None,
    subject_id: int | None = None,
    user_id: int | None = None,
    organisation_id: int | None = None,
) -> Select[Account]:
    """Accounts of one user, or of an organisation and its users; without these all."""
    statement = select(Account)
    if user_id is not None:
        statement = statement.where(_C.kind == USER, _C.subject_id == user_id)
    if organisation_id is not None:
        members = select(User.id).where(User.organisation_id == organisation_id)
        of_members = and_(_C.kind == USER, _C.subject_id.in_(members))
        statement = statement.where(or_(of_members, and_(_C.kind == ORGANISATION, _C.subject_id == organisation_id)))
    if kind is not None:
        statement = statement.where(_C.kind == kind)
    if subject_id is not None:
        statement = statement.where(_C.subject_id == subject_id)
    return statement


async def set_limited(session: AsyncSession, account_id: int, *, limited: bool) -> None:
    """Whether the balance limits spending from here on. The caller announces it to the keys that spend from it."""
    await session.execute(update(TABLE).where(_C.id == account_id).values(limited=limited))


async def sums(session: AsyncSession, kind: str) -> tuple[int, int, int]:
    """(accounts, sum of balances, sum held) of that kind, for metrics."""
    statement = select(func.count(), func.coalesce(func.sum(_C.balance), 0), func.coalesce(func.sum(_C.held), 0))
    row: Any = (await session.execute(statement.where(_C.kind == kind))).one()
    return row[0], int(row[1]), int(row[2])
