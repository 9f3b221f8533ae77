"""Keys between the API and the database: loading within a caller's reach, what is shown, what a caller may set.

Knows no request; writes only what belongs to a key: its budgets and its rate limits.
"""

import secrets
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from admin import team_rows, user_rows
from admin.caller import EVERYTHING, Caller
from admin.endpoints.common import object_id
from admin.options.keys import KeyOptions
from admin.permissions import Reach
from admin.problems import Problem, invalid, not_found
from admin.schemas.account import signed_to_nano, time_of
from admin.schemas.amounts import nano_to_usd
from admin.schemas.base import Fields
from admin.schemas.key import KeyBudget, KeyLimit, KeyOut
from admin.services import Services
from admin.team_rows import Within
from storage.ledger import budgets
from storage.models import Key, KeyTotal, Limit, Team
from storage.repositories import groups, key_rules, key_totals, keys, limits, organisations, teams, users

AUTO = "auto"
_MOVING: Fields = {"requests": 0, "used_nano": 0, "last_used_at": None}
_DIRECT = set(KeyOut.model_fields) - {"user", "team", "metadata", "budgets", "limits", *_MOVING}
ALL = Within(EVERYTHING)


async def readable(session: AsyncSession, caller: Caller) -> Within:
    """What the caller sees: also the keys of teams that they are in."""
    return await team_rows.within(session, caller, "keys.read", lead=False)


async def writable(session: AsyncSession, caller: Caller) -> Within:
    """What the caller changes: also the keys of teams that they lead."""
    return await team_rows.within(session, caller, "keys.write", lead=True)


async def load(session: AsyncSession, ref: str, within: Within = ALL) -> Key:
    """The key of that name or id; raises a Problem (404), also for one out of reach."""
    number = object_id(ref)
    found = await (keys.find_by_name(session, ref) if number is None else keys.get(session, number))
    if found is None or (within != ALL and not await _holds(session, found, within)):
        raise not_found("key", ref)
    return found


async def _holds(session: AsyncSession, key: Key, within: Within) -> bool:
    scope = within.scope
    if scope == EVERYTHING or (key.team_id is not None and key.team_id in within.team_ids):
        return True
    if scope.user_id is not None:
        return key.user_id == scope.user_id
    home = await organisation_of(session, key)
    return home is not None and scope.holds(key.user_id, home)


def value_allowed(caller: Caller, key: Key) -> None:
    """Raise a Problem (403) when knowing the value would let the caller spend what belongs to somebody else.

    A lead changes and removes the keys of the members of their team, but such a key is paid for by its user.
    """
    if caller.reach("keys.write") is Reach.OWN and key.user_id not in {None, caller.user_id}:
        raise Problem(403, "This key is somebody's own: only they and administrators give it a new value.")


async def shown(session: AsyncSession, rows: Sequence[Key]) -> list[KeyOut]:
    """The keys as the API shows them."""
    ids = [row.id for row in rows]
    names = await users.names(session, {row.user_id for row in rows if row.user_id})
    spending = await key_rules.budgets(session, ids)
    rates = await key_rules.limits(session, ids)
    used = await key_totals.of(session, ids)
    inside = {row.team_id for row in rows if row.team_id}
    places = await teams.places(session, inside) if inside else {}
    return [
        KeyOut.model_validate({
            **{name: getattr(row, name) for name in _DIRECT},
            "user": names.get(row.user_id, "") if row.user_id else None,
            "team": places.get(row.team_id, "") if row.team_id else None,
            "metadata": row.labels or {},
            **_used(used.get(row.id)),
            "budgets": [
                {"period": one.period, "amount": nano_to_usd(one.amount), "alerts": one.alerts}
                for one in spending.get(row.id, [])
            ],
            "limits": [
                {"metric": one.metric, "window": one.window or None, "amount": one.amount}
                for one in rates.get(row.id, [])
            ],
        })
        for row in rows
    ]  # fmt: skip


def _used(total: KeyTotal | None) -> Fields:
    if total is None:
        return _MOVING
    return {"requests": total.requests, "used_nano": total.cost, "last_used_at": time_of(total.last_used_at)}


def steady(shown: KeyOut) -> KeyOut:
    """What the ETag and the audit log are of: not what changes with every request."""
    return KeyOut(**{**shown.model_dump(include=set(KeyOut.model_fields)), **_MOVING})


async def set_budgets(session: AsyncSession, key: Key, wanted: Sequence[KeyBudget], actor: str, now: int) -> None:
    """Make the key's budgets those that are wanted, by period."""
    periods = [one.period for one in wanted]
    if len(set(periods)) != len(periods):
        raise invalid([("body.budgets", "names a period twice")])
    known = {row.period: row for row in await budgets.list_all(session, scope="key", scope_id=key.id)}
    for one in wanted:
        row = known.pop(one.period, None)
        amount = signed_to_nano(one.amount)
        if row is None:
            await budgets.create(session, budgets.new_budget("key", key.id, one.period, amount, one.alerts))
        else:
            await budgets.change(
                session, row, amount=amount, alerts=one.alerts, period=one.period, actor=actor, now=now
            )
    for row in known.values():
        await budgets.remove(session, row)
    await keys.announce(session, key_id=key.id)


async def set_limits(session: AsyncSession, key: Key, wanted: Sequence[KeyLimit]) -> None:
    """Make the key's own rate limits those that are wanted."""
    for one in wanted:
        if (one.metric == "concurrent") != (one.window is None):
            raise invalid([("body.limits", "a window belongs to requests and tokens, and to nothing else")])
    places = [(one.metric, one.window or "") for one in wanted]
    if len(set(places)) != len(places):
        raise invalid([("body.limits", "names a metric and window twice")])
    known = {(row.metric, row.window): row for row in (await key_rules.limits(session, [key.id])).get(key.id, [])}
    for one in wanted:
        row = known.pop((one.metric, one.window or ""), None)
        if row is None:
            name = f"key {key.id} {one.metric} {one.window or ''}".strip()
            fresh = Limit(name=name, metric=one.metric, window=one.window or "", amount=one.amount, key_id=key.id)
            await limits.create(session, fresh)
        else:
            await limits.update(session, row, {"amount": one.amount})
    for row in known.values():
        await limits.remove(session, row)


async def placed(session: AsyncSession, caller: Caller, fields: Fields, row: Key | None) -> Fields:
    """The stored columns of what is wanted, checked against what the caller may set. Raises Problems."""
    columns = dict(fields)
    everywhere = caller.reach("keys.write") is Reach.ALL
    if "user" in columns:
        columns["user_id"] = await _user_id(session, columns.pop("user"), caller)
    team, managed = await _team(session, caller, columns, row)
    if not everywhere:
        if columns.get("admin"):
            raise Problem(403, "Only operators make keys that see the channels.", slug="forbidden")
        if row is None and columns.get("user_id") is None and not managed:
            columns["user_id"] = caller.user_id
        if columns.keys() & {"user_id", "team_id"} and not managed and _after(columns, row, "user_id") is None:
            raise Problem(403, "A key of yours belongs to somebody.", slug="forbidden")
        await _groups(session, columns, row, team)
    user_id = _after(columns, row, "user_id")
    placed_anew = bool(columns.keys() & {"user_id", "team_id"})
    if placed_anew and team is not None and user_id is not None and not await teams.has(session, team.id, user_id):
        raise invalid([("body.team", "is a team that the key's user is not in")])
    return columns


def _after(columns: Fields, row: Key | None, name: str) -> int | None:
    """The id that the key has when the columns are written."""
    found: int | None = columns.get(name, getattr(row, name) if row is not None else None)
    return found


async def _team(session: AsyncSession, caller: Caller, columns: Fields, row: Key | None) -> tuple[Team | None, bool]:
    """The team that the key is in afterwards, and whether the caller manages its keys. Raises a Problem (403, 404)."""
    reached = await writable(session, caller)
    before = row.team_id if row is not None else None
    ref = columns.pop("team", None) if "team" in columns else before
    team = None
    if ref is not None:
        team = await (teams.get(session, ref) if ref == before else team_rows.load(session, str(ref), caller, reached))
    after = team.id if team is not None else None
    if after != before:
        if before is not None and reached.scope.user_id is not None and before not in reached.team_ids:
            raise Problem(403, "Only leads of its team take a key out of it.", slug="forbidden")
        columns["team_id"] = after
    managed = team is not None and (reached.scope.user_id is None or team.id in reached.team_ids)
    return team, managed


async def _user_id(session: AsyncSession, ref: str | None, caller: Caller) -> int | None:
    """The user's id, who is not removed before this transaction ends."""
    if ref is None:
        return None
    user = await user_rows.load(session, ref, caller.scope("keys.write"))
    await users.lock(session, user.id)
    return user.id


async def _groups(session: AsyncSession, columns: Fields, row: Key | None, team: Team | None) -> None:
    """A group decides prices: people choose among those that their own group may use."""
    wanted = {*(columns.get("groups") or ()), *([columns["group"]] if columns.get("group") else ())}
    owner = columns.get("user_id", row.user_id if row is not None else None)
    if row is not None and "user_id" in columns and owner != row.user_id:  # what it has must be open to its new owner
        wanted |= {*(row.groups or ()), *([row.group] if row.group else ())}
    if not wanted:
        return
    user = await users.get(session, owner) if owner is not None else None
    open_to = {AUTO} if user is None else {AUTO, user.group, *(await groups.usable(session, user))}
    if user is None and team is not None and (home := await organisations.get(session, team.organisation_id)):
        open_to.add(home.default_group)
    if refused := sorted(wanted - open_to):
        raise invalid([("body.group", f"{refused[0]!r} is not open to this user")])


async def free_name(session: AsyncSession, caller: Caller, name: str) -> str:
    """A name that no key has. An operator is told that it is taken (409); others get it with something behind it.

    Names are the gateway's: what others call their keys is nobody's business.
    """
    if await keys.find_by_name(session, name) is None:
        return name
    if caller.reach("keys.write") is Reach.ALL:
        raise Problem(409, f"There is a key {name!r} already; change it, or choose another name.")
    return f"{name[:55]}-{secrets.token_hex(4)}"


async def room(session: AsyncSession, services: Services, caller: Caller, columns: Fields, more: int) -> None:
    """Raise 409 when a user, or a team by itself, may not have that many more keys."""
    user_id, team_id = columns.get("user_id"), columns.get("team_id")
    if caller.reach("keys.write") is Reach.ALL or (user_id is None and team_id is None):
        return
    options = await services.options.read(session, KeyOptions)
    has = await (users.count_keys(session, user_id) if user_id else keys.count_of_team(session, team_id or 0))
    if has + more > options.most_per_user:
        raise Problem(409, f"A user or team has at most {options.most_per_user} keys here.", slug="too-many")


async def organisation_of(session: AsyncSession, key: Key) -> int | None:
    """Whose organisation's the key is, for the audit log."""
    if key.user_id is None:
        team = await teams.get(session, key.team_id) if key.team_id else None
        return team.organisation_id if team is not None else None
    user = await users.get(session, key.user_id)
    return user.organisation_id if user is not None else None
