"""Subscriptions as the endpoints load and show them, inside the caller's reach."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import Caller
from admin.permissions import Reach
from admin.problems import not_found
from admin.schemas.account import time_of
from admin.schemas.amounts import nano_to_usd
from admin.schemas.subscription import PeriodOut, SubscriptionOut
from storage.ledger import accounts
from storage.ledger.accounts import ORGANISATION, USER
from storage.models import Organisation, User
from storage.models.subscription import Subscription
from storage.repositories.names import names
from storage.subscriptions import listing, plans, purses, terms
from storage.subscriptions.periods import period


async def load(session: AsyncSession, subscription_id: int, caller: Caller, permission: str) -> Subscription:
    """The subscription, when the caller's permission reaches it; raises a Problem (404)."""
    found = await listing.get(session, subscription_id)
    if found is None or not await _reaches(session, found, caller, permission):
        raise not_found("subscription", str(subscription_id))
    return found


async def locked(session: AsyncSession, subscription_id: int, caller: Caller, permission: str) -> Subscription:
    """As `load`, and nobody else changes it before this transaction ends."""
    found = await terms.lock(session, subscription_id)
    if found is None or not await _reaches(session, found, caller, permission):
        raise not_found("subscription", str(subscription_id))
    return found


async def _reaches(session: AsyncSession, row: Subscription, caller: Caller, permission: str) -> bool:
    scope = caller.scope(permission)
    if row.scope == ORGANISATION:
        # What is an organisation's is not each member's own.
        return caller.reach(permission) is not Reach.OWN and scope.holds(None, row.scope_id)
    user = await session.get(User, row.scope_id)
    return scope.holds(row.scope_id, user.organisation_id if user is not None else None)


async def shown(session: AsyncSession, rows: Sequence[Subscription], now: int) -> list[SubscriptionOut]:
    """The subscriptions with their names and what is left of their present periods."""
    named = {(USER, of): name for of, name in (await names(session, User, _ids(rows, USER))).items()}
    found = await names(session, Organisation, _ids(rows, ORGANISATION))
    named |= {(ORGANISATION, of): name for of, name in found.items()}
    plan_names = await plans.names(session, {row.plan_id for row in rows} | {row.next_plan_id or 0 for row in rows})
    present = await _present(session, rows, now)
    return [
        SubscriptionOut(
            id=row.id, scope=row.scope, owner=named.get((row.scope, row.scope_id), ""), owner_id=row.scope_id,
            plan=plan_names.get(row.plan_id, ""), plan_id=row.plan_id,
            next_plan=plan_names.get(row.next_plan_id) if row.next_plan_id else None, state=row.state,
            ended_because=row.ended_because, term=row.term, term_start=time_of(row.term_start),
            term_end=time_of(row.term_end), paid_until=time_of(row.paid_until), renews=row.renews, pay_by=row.pay_by,
            price=nano_to_usd(row.price), quota=nano_to_usd(row.quota), reset=row.reset, reset_s=row.reset_s,
            use=row.use, overflow=row.overflow, group=row.group, period=present.get(row.id),
            created_at=time_of(row.created_at), updated_at=time_of(row.updated_at),
            ended_at=time_of(row.ended_at) if row.ended_at else None,
        )
        for row in rows
    ]  # fmt: skip


def tag(one: SubscriptionOut) -> SubscriptionOut:
    """What the ETag is of: not what changes with every request."""
    return one.model_copy(update={"period": None})


def _ids(rows: Sequence[Subscription], scope: str) -> set[int]:
    return {row.scope_id for row in rows if row.scope == scope}


async def _present(session: AsyncSession, rows: Sequence[Subscription], now: int) -> dict[int, PeriodOut]:
    """The present periods, by subscription id; one that nobody has spent from has no account yet."""
    spans = {
        row.id: period(row.reset, row.reset_s, (row.term_start, row.term_end), now)
        for row in rows
        if row.state == "active" and row.term_start <= now < purses.ends_at(row)
    }
    subjects = {(accounts.SUBSCRIPTION, of, span[0]): of for of, span in spans.items()}
    ids = await accounts.find_ids(session, list(subjects))
    found: dict[int, PeriodOut] = {}
    by_id = {row.id: row for row in rows}
    for subject, of in subjects.items():
        account = await accounts.get(session, ids[subject]) if subject in ids else None
        quota = by_id[of].quota
        balance, held = (account.balance, account.held) if account is not None else (quota, 0)
        found[of] = PeriodOut(
            account_id=account.id if account is not None else 0, ends_at=time_of(spans[of][1]),
            quota=nano_to_usd(quota), spent=nano_to_usd(max(quota - balance, 0)), held=nano_to_usd(held),
            available=nano_to_usd(balance - held),
        )  # fmt: skip
    return found
