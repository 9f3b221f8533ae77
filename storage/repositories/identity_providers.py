"""Identity providers and links to accounts there: queries and changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import IdentityLink, IdentityProvider
from storage.models.base import now
from storage.repositories.changes import assign


async def list_all(session: AsyncSession, *, enabled_only: bool = False) -> Sequence[IdentityProvider]:
    """All providers in their order."""
    statement = select(IdentityProvider).order_by(IdentityProvider.position, IdentityProvider.id)
    if enabled_only:
        statement = statement.where(IdentityProvider.enabled.is_(True))
    return (await session.scalars(statement)).all()


async def find(session: AsyncSession, slug: str) -> IdentityProvider | None:
    """The provider of that slug."""
    return (await session.scalars(select(IdentityProvider).where(IdentityProvider.slug == slug))).one_or_none()


async def create(session: AsyncSession, provider: IdentityProvider) -> IdentityProvider:
    """Store a provider. Raises sqlalchemy.exc.IntegrityError when the slug is taken."""
    session.add(provider)
    await session.flush()
    return provider


async def update(session: AsyncSession, provider: IdentityProvider, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False, and nothing written, when all had that value."""
    if not assign(provider, changes):
        return False
    provider.updated_at = now()
    await session.flush()
    return True


async def remove(session: AsyncSession, provider: IdentityProvider) -> None:
    """Delete a provider with its links."""
    statement = delete(IdentityLink).where(IdentityLink.provider_id == provider.id)
    await session.execute(statement.execution_options(synchronize_session=False))
    await session.delete(provider)
    await session.flush()


async def link_of(session: AsyncSession, provider_id: int, subject: str) -> IdentityLink | None:
    """The link of an account there."""
    statement = select(IdentityLink).where(IdentityLink.provider_id == provider_id, IdentityLink.subject == subject)
    return (await session.scalars(statement)).one_or_none()


async def links_of(session: AsyncSession, user_id: int) -> Sequence[tuple[IdentityLink, IdentityProvider]]:
    """The links of a user, with their providers."""
    statement = (
        select(IdentityLink, IdentityProvider)
        .join(IdentityProvider, IdentityProvider.id == IdentityLink.provider_id)
        .where(IdentityLink.user_id == user_id)
        .order_by(IdentityLink.id)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def add_link(session: AsyncSession, link: IdentityLink) -> IdentityLink:
    """Store a link. Raises sqlalchemy.exc.IntegrityError when the account there is linked already."""
    session.add(link)
    await session.flush()
    return link


async def remove_link(session: AsyncSession, link: IdentityLink) -> None:
    """Delete a link."""
    await session.delete(link)
    await session.flush()


async def count_links(session: AsyncSession, user_id: int) -> int:
    """How many links a user has with providers that may be used."""
    statement = (
        select(func.count())
        .select_from(IdentityLink)
        .join(IdentityProvider, IdentityProvider.id == IdentityLink.provider_id)
        .where(IdentityLink.user_id == user_id, IdentityProvider.enabled.is_(True))
    )
    return await session.scalar(statement) or 0


async def remove_links_of(session: AsyncSession, user_id: int) -> None:
    """Delete the links of a user who is removed."""
    statement = delete(IdentityLink).where(IdentityLink.user_id == user_id)
    await session.execute(statement.execution_options(synchronize_session=False))
