"""Taking over users: who they are, their password's hash, and what they have as opening entries of the ledger."""

from datetime import UTC, datetime
from typing import NamedTuple

from admin import audit, authority, roles, user_rows
from admin.imports.taking import Import, NotTakenError, Page, Row, Taken, fitted
from admin.problems import Problem
from admin.schemas.base import Fields
from admin.schemas.user import UserCreate
from storage.imports import newapi_users
from storage.imports.values import nano
from storage.ledger import accounts, entries
from storage.models import User
from storage.models.base import now
from storage.repositories import imports, user_imports

KIND = "user"
_OPTIONAL = frozenset({"email", "display_name", "remark", "group"})
_FIRST, _LAST = 946_684_800, 4_102_444_800  # 2000 and 2100
_TOO_MUCH = "has more than a balance can hold"


class _Plan(NamedTuple):
    wanted: UserCreate
    mapped: newapi_users.MappedUser
    amounts: list[tuple[str, int, int]]
    """What for, quota there, nano-USD here."""


async def take(run: Import, page: Page) -> None:
    """Make the users."""
    plans = page.each(lambda row: _plan(run, row))
    names, addresses = await user_imports.taken(
        run.session, [plan.wanted.name for plan in plans.values()], [plan.wanted.email for plan in plans.values()]
    )
    given = {role: await _role(run, role) for role in {plan.wanted.role for plan in plans.values()}}
    new = [
        (_columns(foreign_id, plan, names, addresses, given), plan.mapped.password)
        for foreign_id, plan in plans.items()
    ]
    made = await user_imports.create_all(run.session, new, at=run.services.clock())
    users = dict(zip(plans, made, strict=True))
    await _invited(run, plans, users)
    await _money(run, plans, users)
    shown = await user_rows.shown(run.session, list(users.values()))
    await audit.record_all(run.session, run.services, run.caller, "users.import", kind="user", entries=[
        audit.Made(one.id, one.name, user_rows.recorded(one)) for one in shown
    ])  # fmt: skip
    for foreign_id, user in users.items():
        page.taken[foreign_id] = Taken(user.id, user.name, plans[foreign_id].mapped.notes)


def _plan(run: Import, row: Row) -> _Plan:
    mapped = newapi_users.user(row)
    if isinstance(mapped, str):
        raise NotTakenError(mapped)
    wanted, dropped = fitted(UserCreate, mapped.body, _OPTIONAL)
    mapped.notes.extend(f"{field} is not acceptable here and was left out" for field in dropped)
    parts = (("balance", mapped.quota), ("rewards for invitations", mapped.invited))
    amounts = [(what, quota, nano(quota, run.per_usd)) for what, quota in parts if quota]
    if sum(abs(amount) for _what, _quota, amount in amounts) > entries.LIMIT:
        raise NotTakenError(_TOO_MUCH)
    return _Plan(wanted, mapped, amounts)


def _columns(foreign_id: str, plan: _Plan, names: set[str], addresses: set[str], given: dict[str, bool]) -> Fields:
    wanted, notes = plan.wanted, plan.mapped.notes
    columns = wanted.model_dump(exclude={"organisation", "organisation_role"})
    columns["group"] = columns["group"] or "default"
    if wanted.name in names:
        columns["name"] = f"{wanted.name[:50]}-{foreign_id}"
        notes.append("another user here has the name; signs in under another one")
    if wanted.email is not None and wanted.email in addresses:
        columns["email"] = None
        notes.append("another user here has the e-mail address, which was left out")
    if not given[wanted.role]:
        columns["role"] = roles.MEMBER
        notes.append(f"you cannot give the role {wanted.role}: is a member")
    began = plan.mapped.created_at
    columns["created_at"] = datetime.fromtimestamp(began, UTC) if _FIRST < began < _LAST else now()
    names.add(columns["name"])
    if columns["email"] is not None:
        addresses.add(columns["email"])
    return columns


async def _role(run: Import, role: str) -> bool:
    """Whether the caller may give it: nobody gives what they do not have, by an import either."""
    if role == roles.MEMBER:
        return True
    try:
        await authority.require_role(run.session, run.caller, role)
    except Problem:
        return False
    return True


async def _invited(run: Import, plans: dict[str, _Plan], users: dict[str, User]) -> None:
    by = {foreign_id: str(plan.mapped.inviter) for foreign_id, plan in plans.items() if plan.mapped.inviter}
    earlier = await imports.known(run.session, run.source, KIND, set(by.values()))
    found = {
        users[foreign_id].id: users[inviter].id if inviter in users else earlier.get(inviter, 0)
        for foreign_id, inviter in by.items()
    }
    await user_imports.set_inviters(run.session, {user: inviter for user, inviter in found.items() if inviter})


async def _money(run: Import, plans: dict[str, _Plan], users: dict[str, User]) -> None:
    """What they had becomes their balance, which limits what they spend, as it did there."""
    subjects = {foreign_id: (accounts.USER, user.id, 0) for foreign_id, user in users.items()}
    ids = await accounts.ensure(run.session, list(subjects.values()), limited=True)
    await accounts.lock(run.session, list(ids.values()))
    at = run.services.clock()
    await entries.write(run.session, [
        entries.Row(
            ids[subjects[foreign_id]], amount, 0, entries.GRANT, run.caller.name,
            f"import:{run.source}:user:{foreign_id}:{what.split()[0]}", at, f"{what} of {quota} quota in {run.source}",
        )
        for foreign_id in users for what, quota, amount in plans[foreign_id].amounts
    ])  # fmt: skip
