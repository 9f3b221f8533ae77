"""Taking over tokens as keys with the same value, so that clients go on; the value itself is not kept, as ever.

A page of them together: databases of resellers have a million. Nobody is told of each by mail or webhook.
"""

from typing import NamedTuple

from admin import audit, key_rows
from admin.imports.taking import Import, NotTakenError, Page, Row, Taken, fitted
from admin.schemas.account import signed_to_nano
from admin.schemas.key import KeyMake
from storage import crypto
from storage.imports import newapi_users
from storage.models import Key, User
from storage.repositories import imports, key_imports, keys
from storage.repositories.key_imports import NewKey

KIND = "key"
# What narrows a key: without one of them the key would do more than it did, so it is switched off.
_NARROWING = frozenset({"models", "networks", "expires_at", "budgets", "group"})
_NOBODY = 0


class _Plan(NamedTuple):
    wanted: KeyMake
    dropped: bool
    notes: list[str]
    owner: int
    value: str
    digest: bytes


async def take(run: Import, page: Page) -> None:
    """Make the keys."""
    plans = page.each(lambda row: _plan(run, row))
    owners = await _owners(run, {plan.owner for plan in plans.values()})
    values = await key_imports.digests_taken(run.session, [plan.digest for plan in plans.values()])
    names = await keys.taken(run.session, [plan.wanted.name for plan in plans.values()])
    new: dict[str, NewKey] = {}
    for foreign_id, plan in plans.items():
        owner = owners.get(plan.owner)
        if isinstance(owner, str) or owner is None:
            page.refused[foreign_id] = owner or "its user is no longer here"
            continue
        if plan.digest in values:
            page.refused[foreign_id] = "Another key has this value already."
            continue
        name = plan.wanted.name if plan.wanted.name not in names else f"{plan.wanted.name[:50]}-{foreign_id}"
        names.add(name)
        values.add(plan.digest)
        new[foreign_id] = _row(plan, name, owner)
    made = await key_imports.create_all(run.session, list(new.values()))
    await _record(run, made, owners)
    for foreign_id, key in zip(new, made, strict=True):
        page.taken[foreign_id] = Taken(key.id, key.name, plans[foreign_id].notes)


def _plan(run: Import, row: Row) -> _Plan:
    mapped = newapi_users.key(row, run.per_usd)
    if isinstance(mapped, str):
        raise NotTakenError(mapped)
    wanted, dropped = fitted(KeyMake, mapped.body, _NARROWING)
    notes = mapped.notes
    if dropped:
        notes.append(f"{', '.join(sorted(dropped))} cannot be expressed here: switched off")
    value = str(wanted.key)
    return _Plan(wanted, bool(dropped), notes, mapped.owner, value, crypto.digest(value))


def _row(plan: _Plan, name: str, owner: User | int) -> NewKey:
    columns = {**plan.wanted.columns(), "user_id": None if isinstance(owner, int) else owner.id}
    columns |= {"name": name, "digest": plan.digest, "hint": crypto.hint(plan.value)}
    columns["enabled"] = plan.wanted.enabled and not plan.dropped
    # Of the periods only this one comes from there.
    total = next((signed_to_nano(one.amount) for one in plan.wanted.budgets), None)
    return NewKey(columns, total)


async def _owners(run: Import, wanted: set[int]) -> dict[int, User | int | str]:
    """Whose keys they are here, by id there; text: why they are nobody's.

    A dry run has only been told of some that they would be here: _NOBODY.
    """
    known = await imports.known(run.session, run.source, "user", [str(each) for each in wanted])
    # Locked, so that nobody removes a user before the keys are there.
    users = await key_imports.lock_owners(run.session, set(known.values()))
    found: dict[int, User | int | str] = {}
    for each in wanted:
        local = known.get(str(each))
        if run.dry_run and each in run.expected:
            found[each] = _NOBODY
        elif local is None:
            found[each] = "its user was not taken"
        else:
            found[each] = users.get(local, "its user is no longer here")
    return found


async def _record(run: Import, rows: list[Key], owners: dict[int, User | int | str]) -> None:
    homes = {user.id: user.organisation_id for user in owners.values() if isinstance(user, User)}
    shown = await key_rows.shown(run.session, rows)
    await audit.record_all(run.session, run.services, run.caller, "keys.import", kind="key", entries=[
        audit.Made(key.id, key.name, after, homes.get(key.user_id or 0)) for key, after in zip(rows, shown, strict=True)
    ])  # fmt: skip
