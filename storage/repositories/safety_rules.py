"""Safety rules: queries and changes. A change counts the revision "routes" up: rules travel with the route table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import SafetyRule
from storage.models.base import now
from storage.repositories import revisions
from storage.repositories.changes import assign


async def list_all(session: AsyncSession) -> Sequence[SafetyRule]:
    """All rules in the order in which they are looked at."""
    return (await session.scalars(select(SafetyRule).order_by(SafetyRule.position, SafetyRule.id))).all()


def query() -> Select[SafetyRule]:
    """All rules, to be filtered and paged by storage.listing."""
    return select(SafetyRule)


async def get(session: AsyncSession, rule_id: int) -> SafetyRule | None:
    """The rule of that id."""
    return await session.get(SafetyRule, rule_id)


async def find_by_name(session: AsyncSession, name: str) -> SafetyRule | None:
    """The rule of that name."""
    return (await session.scalars(select(SafetyRule).where(SafetyRule.name == name))).one_or_none()


async def create(session: AsyncSession, rule: SafetyRule) -> SafetyRule:
    """Store a new rule. Raises sqlalchemy.exc.IntegrityError when the name is taken."""
    session.add(rule)
    await session.flush()
    await revisions.bump(session, revisions.ROUTES)
    return rule


async def update(session: AsyncSession, rule: SafetyRule, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False, and nothing written, when all had that value."""
    if not assign(rule, changes):
        return False
    rule.updated_at = now()
    await session.flush()
    await revisions.bump(session, revisions.ROUTES)
    return True


async def remove(session: AsyncSession, rule: SafetyRule) -> None:
    """Delete the rule."""
    await session.delete(rule)
    await session.flush()
    await revisions.bump(session, revisions.ROUTES)
