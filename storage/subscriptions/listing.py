"""Subscriptions: queries."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger.accounts import ORGANISATION, USER
from storage.models import User
from storage.models.subscription import Subscription, SubscriptionTerm


def query(*, user_id: int | None = None, organisation_id: int | None = None) -> Select[Subscription]:
    """All subscriptions, or those of a user, or those of an organisation and its members."""
    statement = select(Subscription)
    if user_id is not None:
        return statement.where(Subscription.scope == USER, Subscription.scope_id == user_id)
    if organisation_id is not None:
        members = select(User.id).where(User.organisation_id == organisation_id)
        return statement.where(
            or_(
                and_(Subscription.scope == ORGANISATION, Subscription.scope_id == organisation_id),
                and_(Subscription.scope == USER, Subscription.scope_id.in_(members)),
            )
        )
    return statement


def of_owner(scope: str, scope_id: int) -> Select[Subscription]:
    """The subscriptions of one owner."""
    return select(Subscription).where(Subscription.scope == scope, Subscription.scope_id == scope_id)


async def get(session: AsyncSession, subscription_id: int) -> Subscription | None:
    """The subscription of that id."""
    return await session.get(Subscription, subscription_id)


async def terms_of(session: AsyncSession, subscription_id: int, *, limit: int = 200) -> Sequence[SubscriptionTerm]:
    """Its terms, the latest first."""
    statement = select(SubscriptionTerm).where(SubscriptionTerm.subscription_id == subscription_id)
    return (await session.scalars(statement.order_by(SubscriptionTerm.term.desc()).limit(limit))).all()


async def of_reference(session: AsyncSession, reference: str) -> Subscription | None:
    """The subscription of which a payment of that reference began a term."""
    statement = select(Subscription).join(SubscriptionTerm, SubscriptionTerm.subscription_id == Subscription.id)
    return (await session.scalars(statement.where(SubscriptionTerm.reference == reference))).one_or_none()


async def to_renew(session: AsyncSession, *, before: int, after: int, limit: int) -> Sequence[int]:
    """Ids of those behind `after` that are to be renewed from the balance, paid until before that second."""
    wanted = (
        Subscription.state == "active", Subscription.paid_until < before, Subscription.renews,
        Subscription.pay_by == "balance", Subscription.id > after,
    )  # fmt: skip
    return (await session.scalars(select(Subscription.id).where(*wanted).order_by(Subscription.id).limit(limit))).all()


async def over(session: AsyncSession, *, now: int, after: int, limit: int) -> Sequence[int]:
    """Ids of those behind `after` whose last term is over."""
    wanted = (Subscription.state == "active", Subscription.paid_until <= now, Subscription.id > after)
    return (await session.scalars(select(Subscription.id).where(*wanted).order_by(Subscription.id).limit(limit))).all()


async def ending(session: AsyncSession, *, now: int, before: int, after: int, limit: int) -> Sequence[Subscription]:
    """Those behind `after` that end before that second and are not renewed."""
    wanted = (
        Subscription.state == "active", Subscription.paid_until > now, Subscription.paid_until < before,
        Subscription.renews.is_(False), Subscription.id > after,
    )  # fmt: skip
    return (await session.scalars(select(Subscription).where(*wanted).order_by(Subscription.id).limit(limit))).all()
