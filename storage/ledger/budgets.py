"""Budgets: what a key, user, team or organisation may spend in all or per period. Each period is an account of its own.

The account of a period is made when it is first asked for, with the budget's amount as its first entry: a reset needs
no job at midnight, and what was leased in one period is settled in that one.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, entries
from storage.ledger.accounts import BUDGET
from storage.ledger.entries import BUDGET_RESET, CORRECTION, GATEWAY, GRANT, Row
from storage.ledger.periods import period_start
from storage.ledger.transactions import among, begin_write, new_id
from storage.models import Account, Budget, Key, Team, TeamMember, User
from storage.models.base import now as moment

SCOPES = ("key", "user", "team", "organisation")


async def list_all(session: AsyncSession, *, scope: str | None = None, scope_id: int | None = None) -> Sequence[Budget]:
    """Budgets in the order of their ids, of that scope and that owner when they are given."""
    statement = select(Budget).order_by(Budget.id)
    if scope is not None:
        statement = statement.where(Budget.scope == scope)
    if scope_id is not None:
        statement = statement.where(Budget.scope_id == scope_id)
    return (await session.scalars(statement)).all()


def query(
    *,
    scope: str | None = None,
    scope_id: int | None = None,
    user_id: int | None = None,
    organisation_id: int | None = None,
) -> Select[Budget]:
    """Budgets of a scope and an owner; of a user with keys and teams; of an organisation with all of it. To page."""
    statement = select(Budget)
    if scope is not None:
        statement = statement.where(Budget.scope == scope)
    if scope_id is not None:
        statement = statement.where(Budget.scope_id == scope_id)
    if user_id is None and organisation_id is None:
        return statement
    who = User.id == user_id if user_id is not None else User.organisation_id == organisation_id
    people = select(User.id).where(who)
    if user_id is not None:
        inside = select(TeamMember.team_id).where(TeamMember.user_id == user_id)
    else:
        inside = select(Team.id).where(Team.organisation_id == organisation_id)
    theirs = or_(Key.user_id.in_(people), Key.team_id.in_(inside))
    own = [
        and_(Budget.scope == "user", Budget.scope_id.in_(people)),
        and_(Budget.scope == "key", Budget.scope_id.in_(select(Key.id).where(theirs))),
        and_(Budget.scope == "team", Budget.scope_id.in_(inside)),
    ]
    if user_id is None:
        own.append(and_(Budget.scope == "organisation", Budget.scope_id == organisation_id))
    return statement.where(or_(*own))


async def get(session: AsyncSession, budget_id: int) -> Budget | None:
    """The budget of that id."""
    return await session.get(Budget, budget_id)


async def of_owners(session: AsyncSession, owners: Collection[tuple[str, int]]) -> Sequence[Budget]:
    """The budgets of these owners, each given as scope and id."""
    if not owners:
        return []
    conditions = [and_(Budget.scope == scope, Budget.scope_id == scope_id) for scope, scope_id in owners]
    return (await session.scalars(select(Budget).where(or_(*conditions)).order_by(Budget.id))).all()


async def create(session: AsyncSession, budget: Budget) -> Budget:
    """Store a new budget; its id is filled in."""
    session.add(budget)
    await session.flush()
    return budget


async def remove(session: AsyncSession, budget: Budget) -> None:
    """Delete the budget. Its accounts and entries stay; leases of them are given back or expire."""
    await session.delete(budget)
    await session.flush()


async def remove_of(session: AsyncSession, scope: str, scope_id: int) -> None:
    """Delete all budgets of an owner, as `remove` does."""
    for budget in await list_all(session, scope=scope, scope_id=scope_id):
        await remove(session, budget)


async def current(session: AsyncSession, wanted: Sequence[Budget], now: int) -> dict[int, int]:
    """The account ids of the budgets' present periods, by budget id; made and granted when they are new."""
    subjects = {budget.id: (BUDGET, budget.id, period_start(budget.period, now)) for budget in wanted}
    found = await accounts.find_ids(session, list(subjects.values()))
    new = [budget for budget in wanted if subjects[budget.id] not in found]
    if new:
        await begin_write(session)
        found |= await accounts.ensure(session, [subjects[budget.id] for budget in new], limited=True)
        await _grant(session, new, {budget.id: found[subjects[budget.id]] for budget in new}, now)
    return {budget.id: found[subjects[budget.id]] for budget in wanted}


async def _grant(session: AsyncSession, new: Sequence[Budget], ids: Mapping[int, int], now: int) -> None:
    await accounts.lock(session, sorted(ids.values()))
    rows: list[Row] = []
    for budget in sorted(new, key=lambda one: ids[one.id]):
        account_id = ids[budget.id]
        reason = GRANT if budget.period == "total" else BUDGET_RESET
        # Whoever made the account at the same time and got the lock first has booked this already.
        if not await entries.booked(session, reason, _FIRST, [account_id]):
            rows.append(Row(account_id, budget.amount, 0, reason, GATEWAY, _FIRST, now))
    await entries.write(session, rows)


_FIRST = "first"


async def change(
    session: AsyncSession, budget: Budget, *, amount: int, alerts: list[int], period: str, actor: str, now: int
) -> bool:
    """Set what the budget allows; the difference counts at once in the present period. False when nothing changed.

    With less than before, spending stops when what is left is used up; what replicas have leased is theirs to spend.
    Another period begins with the full amount.
    """
    if (budget.amount, budget.alerts, budget.period) == (amount, alerts, period):
        return False
    account_id = (await current(session, [budget], now))[budget.id]
    # The account's lock puts two changes of one budget in order.
    await accounts.lock(session, [account_id])
    await session.refresh(budget)
    difference = amount - budget.amount if period == budget.period else 0
    if difference:
        await entries.post(
            session, account_id, difference, reason=CORRECTION, actor=actor, overdraw=True, now=now,
            note="the budget was changed",
        )  # fmt: skip
    budget.amount = amount
    budget.alerts = alerts
    budget.period = period
    budget.updated_at = moment()
    await session.flush()
    return True


async def reset(session: AsyncSession, budget: Budget, *, actor: str, now: int, reference: str = "") -> int:
    """Give the present period its full amount back; returns what was added, nano-USD. A reference adds it once."""
    account_id = (await current(session, [budget], now))[budget.id]
    account = (await accounts.lock(session, [account_id]))[account_id]
    reference = reference or new_id()
    earlier = await entries.booked(session, BUDGET_RESET, reference, [account_id])
    if earlier:
        return earlier[account_id][0]
    amount = budget.amount - account.balance
    await entries.write(session, [Row(account_id, amount, 0, BUDGET_RESET, actor, reference, now)])
    return amount


async def instances(session: AsyncSession, budget: Budget, *, limit: int = 60) -> Sequence[Account]:
    """The accounts of the budget's periods, the latest first."""
    columns = accounts.TABLE.c
    statement = select(Account).where(columns.kind == BUDGET, columns.subject_id == budget.id)
    return (await session.scalars(statement.order_by(columns.period_start.desc()).limit(limit))).all()


async def present(session: AsyncSession, wanted: Sequence[Budget], now: int) -> dict[int, Account]:
    """The accounts of the budgets' present periods, by budget id, as far as anybody has asked for them yet."""
    subjects = {budget.id: (BUDGET, budget.id, period_start(budget.period, now)) for budget in wanted}
    ids = await accounts.find_ids(session, list(subjects.values()))
    statement = select(Account).where(among(session, accounts.TABLE.c.id, list(ids.values())))
    found = await session.scalars(statement.execution_options(populate_existing=True))
    return {account.subject_id: account for account in found}


async def mark(session: AsyncSession, account_id: int, percent: int) -> None:
    """Note the highest percentage that was reported of this period."""
    table = accounts.TABLE
    await session.execute(update(table).where(table.c.id == account_id).values(alerted=percent))


def new_budget(scope: str, scope_id: int, period: str, amount: int, alerts: Sequence[int] = ()) -> Budget:
    """A budget that is not stored yet. Raises ValueError for a scope or period that does not exist."""
    if scope not in SCOPES:
        msg = f"no budget is for a {scope!r}"
        raise ValueError(msg)
    period_start(period, int(time.time()))
    return Budget(scope=scope, scope_id=scope_id, period=period, amount=amount, alerts=sorted(set(alerts)))
