"""What the API shows of users, and loading one within a caller's reach. Writes nothing."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import EVERYTHING, Scope
from admin.endpoints.common import object_id
from admin.problems import not_found
from admin.schemas.account import money_of, time_of
from admin.schemas.user import UserOut
from storage.ledger import accounts
from storage.models import User
from storage.repositories import organisations, users


async def load(session: AsyncSession, ref: str, scope: Scope = EVERYTHING, *, removed: bool = False) -> User:
    """The user of that name or id; raises a Problem (404), also for one outside of the scope.

    One who was removed exists only for those who ask for it.
    """
    number = object_id(ref)
    found = await (users.find_by_name(session, ref) if number is None else users.get(session, number))
    if found is None or not scope.holds(found.id, found.organisation_id):
        raise not_found("user", ref)
    if found.deleted_at is not None and not removed:
        raise not_found("user", ref)
    return found


async def shown(session: AsyncSession, rows: Sequence[User], *, remarks: bool = True) -> list[UserOut]:
    """The users as the API shows them; `remarks` are for operators."""
    money = await accounts.of(session, accounts.USER, [row.id for row in rows])
    wanted = {row.organisation_id for row in rows if row.organisation_id}
    names = {one.id: one.name for one in await organisations.of(session, wanted)}
    return [
        UserOut(
            id=row.id,
            name=row.name,
            display_name=row.display_name,
            email=row.email,
            email_verified=bool(row.email_verified_at),
            organisation=names.get(row.organisation_id or 0),
            organisation_id=row.organisation_id,
            group=row.group,
            role=row.role,
            organisation_role=row.organisation_role,
            by_teams=_by_teams(row),
            enabled=row.enabled,
            locked=bool(row.locked_at),
            removed=row.deleted_at is not None,
            remark=row.remark if remarks else "",
            last_login_at=time_of(row.last_login_at) if row.last_login_at else None,
            money=money_of(money[row.id]),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def _by_teams(row: User) -> list[Literal["organisation_role", "group"]]:
    found: list[Literal["organisation_role", "group"]] = []
    if row.role_by_team:
        found.append("organisation_role")
    if row.group_by_team:
        found.append("group")
    return found


def state(one: UserOut) -> UserOut:
    """What the ETag is of: balance and last login change by themselves and are no part of it."""
    return one.model_copy(update={"money": None, "last_login_at": None})


def recorded(one: UserOut) -> dict[str, object]:
    """What the audit log keeps."""
    return one.model_dump(mode="json", exclude={"money", "last_login_at"})
