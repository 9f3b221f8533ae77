"""Whose accounts, budgets and limits are: from a kind and an id to a user and an organisation, for a caller's scope."""

from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import EVERYTHING, Scope
from storage.ledger import accounts, budgets
from storage.repositories import keys, teams, users
from storage.subscriptions import listing

NOBODY = (None, None)


async def owner_of(session: AsyncSession, kind: str, subject_id: int) -> tuple[int | None, int | None]:
    """(user, organisation) of a key, user, team, organisation or budget; of a team or organisation no user."""
    if kind == accounts.BUDGET:
        budget = await budgets.get(session, subject_id)
        return NOBODY if budget is None else await owner_of(session, budget.scope, budget.scope_id)
    if kind == accounts.SUBSCRIPTION:
        subscription = await listing.get(session, subject_id)
        return NOBODY if subscription is None else await owner_of(session, subscription.scope, subscription.scope_id)
    if kind == accounts.ORGANISATION:
        return None, subject_id
    if kind == "key":
        key = await keys.get(session, subject_id)
        if key is None:
            return NOBODY
        kind, subject_id = (accounts.USER, key.user_id) if key.user_id else ("team", key.team_id or 0)
    if kind == "team":
        team = await teams.get(session, subject_id)
        return NOBODY if team is None else (None, team.organisation_id)
    if kind != accounts.USER:
        return NOBODY
    user = await users.get(session, subject_id)
    return NOBODY if user is None else (user.id, user.organisation_id)


async def holds(session: AsyncSession, scope: Scope, kind: str, subject_id: int, *, lead: bool = False) -> bool:
    """Whether something of that kind and id is inside of the scope; to a user also what is of teams they are in.

    With `lead`: of teams that they lead.
    """
    if scope == EVERYTHING or scope.holds(*await owner_of(session, kind, subject_id)):
        return True
    if scope.user_id is None:
        return False
    team_id = await team_of(session, kind, subject_id)
    return bool(team_id) and await (teams.leads if lead else teams.has)(session, team_id, scope.user_id)


async def team_of(session: AsyncSession, kind: str, subject_id: int) -> int:
    """The team of a key, of a budget, or itself; 0: none."""
    if kind == accounts.BUDGET:
        budget = await budgets.get(session, subject_id)
        return 0 if budget is None else await team_of(session, budget.scope, budget.scope_id)
    if kind == "key":
        key = await keys.get(session, subject_id)
        return (key.team_id or 0) if key is not None else 0
    return subject_id if kind == "team" else 0
