"""Alerts: budgets whose spending crossed a percentage that somebody wants to hear of, each told once per period."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, budgets
from storage.models import Account, Budget


class Alert(msgspec.Struct, frozen=True):
    """A budget of which `percent` or more is spent. Amounts are nano-USD, `period_start` is unix seconds, 0 = total."""

    budget_id: int
    scope: str
    scope_id: int
    period: str
    period_start: int
    percent: int
    spent: int
    amount: int


async def due_alerts(session: AsyncSession, now: int) -> list[Alert]:
    """The alerts that nobody was told of yet, now marked as told: deliver them, then commit, and none is lost."""
    wanted = [budget for budget in await budgets.list_all(session) if budget.alerts]
    present = await budgets.present(session, wanted, now)
    crossed = [budget for budget in wanted if _is_new(budget, present)]
    # Again under the locks: another process may be telling the same.
    await accounts.lock(session, sorted(present[budget.id].id for budget in crossed))
    present = await budgets.present(session, crossed, now)
    alerts: list[Alert] = []
    for budget in crossed:
        account = present[budget.id]
        percent = _reached(budget, account.balance)
        if percent == account.alerted:
            continue
        # Lower than what was told: the budget has been raised or reset, and begins to warn anew.
        await budgets.mark(session, account.id, percent)
        if percent > account.alerted:
            spent = budget.amount - account.balance
            alerts.append(
                Alert(
                    budget.id, budget.scope, budget.scope_id, budget.period, account.period_start, percent, spent,
                    budget.amount,
                )
            )  # fmt: skip
    return alerts


def _is_new(budget: Budget, present: dict[int, Account]) -> bool:
    account = present.get(budget.id)
    return account is not None and _reached(budget, account.balance) != account.alerted


def _reached(budget: Budget, balance: int) -> int:
    spent = budget.amount - balance
    return max((percent for percent in _sorted(budget.alerts) if spent * 100 >= percent * budget.amount), default=0)


def _sorted(percents: Sequence[int]) -> Sequence[int]:
    return [percent for percent in percents if percent > 0]
