"""Low balances: owners whose balance has fallen below the amount they named are told once, and again after a rise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.events.outbox import emit
from storage.ledger import accounts
from storage.ledger.accounts import ORGANISATION, USER
from storage.models import Account, Organisation, User
from storage.models.base import now as moment
from storage.models.event import AlertSetting
from storage.pricing.units import usd_text
from storage.repositories.names import names as names_of

_A = accounts.TABLE.c


async def setting(session: AsyncSession, scope: str, scope_id: int) -> int | None:
    """The amount that the owner named, nano-USD; None: nothing was said."""
    row = await session.get(AlertSetting, (scope, scope_id), populate_existing=True)
    return row.low_balance if row is not None else None


async def set_setting(session: AsyncSession, scope: str, scope_id: int, low_balance: int | None) -> None:
    """Name the amount; 0: never tell, None: what the gateway does by default."""
    row = await session.get(AlertSetting, (scope, scope_id))
    if row is not None and low_balance is None:
        await session.delete(row)
    elif row is not None:
        row.low_balance, row.updated_at = low_balance or 0, moment()
    elif low_balance is not None:
        session.add(AlertSetting(scope=scope, scope_id=scope_id, low_balance=low_balance, updated_at=moment()))
    await session.flush()


async def any_limited(session: AsyncSession) -> bool:
    """Whether there is an account whose balance limits spending."""
    limited = select(_A.id).where(_A.kind.in_((USER, ORGANISATION)), _A.period_start == 0, _A.limited)
    return await session.scalar(limited.limit(1)) is not None


async def tell(session: AsyncSession, *, default: int, now: int, limit: int = 500) -> int:
    """Tell owners of balances that limit spending and are low; returns how many.

    `default` is for those who said nothing, 0: they are not told. Told and risen again: the next fall is told anew.
    """
    threshold = func.coalesce(AlertSetting.low_balance, default)
    own = and_(AlertSetting.scope == _A.kind, AlertSetting.scope_id == _A.subject_id)
    limited = (_A.kind.in_((USER, ORGANISATION)), _A.period_start == 0, _A.limited)
    joined = select(Account, threshold).join(AlertSetting, own, isouter=True).where(*limited)
    risen = joined.where(_A.alerted == 1, _A.balance >= threshold).limit(limit)
    for account, _ in (await session.execute(risen)).all():
        await _mark(session, account.id, 0)
    fallen = joined.where(_A.alerted == 0, threshold > 0, _A.balance < threshold).limit(limit)
    found = [(account, int(amount)) for account, amount in (await session.execute(fallen)).all()]
    named = await _names(session, [account for account, _ in found])
    for account, amount in found:
        await _mark(session, account.id, 1)
        data = {
            "scope": account.kind,
            "name": named.get((account.kind, account.subject_id), ""),
            "balance": usd_text(account.balance),
            "below": usd_text(amount),
        }
        user_id = account.subject_id if account.kind == USER else None
        organisation_id = account.subject_id if account.kind == ORGANISATION else None
        await emit(session, "balance.low", data, user_id=user_id, organisation_id=organisation_id, now=now)
    return len(found)


async def _mark(session: AsyncSession, account_id: int, told: int) -> None:
    statement = update(accounts.TABLE).where(_A.id == account_id).values(alerted=told)
    await session.execute(statement)


async def _names(session: AsyncSession, found: Sequence[Account]) -> Mapping[tuple[str, int], str]:
    named: dict[tuple[str, int], str] = {}
    for account_kind, model in ((USER, User), (ORGANISATION, Organisation)):
        ids = [account.subject_id for account in found if account.kind == account_kind]
        named |= {(account_kind, of): name for of, name in (await names_of(session, model, ids)).items()}
    return named
