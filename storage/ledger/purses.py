"""Purses: the limited accounts that the requests of a key draw on, as data for a replica's memory of keys.

Read when a key is looked up, and again when a period ends. Owns no money.

Where an owner has subscriptions there are several choices: each stands for one subscription, or for the balance, with
all the rest. A request is covered by the first choice that can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.ledger import accounts, budgets, charges
from storage.ledger.accounts import BUDGET, ORGANISATION, USER
from storage.ledger.periods import period_end
from storage.ledger.transactions import transact
from storage.models import Key, Organisation, Team, User
from storage.subscriptions import purses as subscriptions
from storage.subscriptions.purses import Way


class Purse(msgspec.Struct, frozen=True):
    """A limited account. `period_end` is the first unix second in which another one counts, 0 = never.

    `label` says in a refusal what has run out: "user", "month budget of the organisation". `stands_in` is the letter
    of a subscription (storage/ledger/charges.py), "" for all else.
    """

    account_id: int
    kind: str
    period_end: int
    label: str
    stands_in: str = ""


class Holder(msgspec.Struct, frozen=True):
    """Whose a key is, and what its requests draw on. `enabled`: neither its user nor the organisation is switched off.

    `group` is the one that the key uses, `user_group` the one that its user is in, a subscription's while that runs;
    `groups` are tried in order in place of `group`. `purses` are the first choice, `more` those that follow. `until` is
    the second at which a subscription begins, 0 = none does. `team_models` are what the team's keys may use at most,
    None: all.
    """

    user_id: int
    organisation_id: int
    group: str
    user_group: str
    enabled: bool
    purses: list[Purse]
    groups: list[str] = []
    group_retry: bool = False
    more: list[list[Purse]] = []
    until: int = 0
    team_id: int = 0
    team_models: list[str] | None = None


MAX_CHOICES = 8
"""Of more choices the last ones are left out, but for the very last."""

DEFAULT_GROUP = "default"


async def holder(session: AsyncSession, key: Key, now: int) -> Holder:
    """Everything about the key's user that a replica remembers.

    It makes the accounts of periods that have just begun: the caller commits, or `find_holder` does.
    """
    user = await session.get(User, key.user_id, populate_existing=True) if key.user_id else None
    team = await session.get(Team, key.team_id, populate_existing=True) if key.team_id else None
    home = user.organisation_id if user is not None else team.organisation_id if team is not None else None
    organisation_id = home or 0
    user_id = user.id if user is not None else 0
    owners = [(kind, of) for kind, of in ((USER, user_id), (ORGANISATION, organisation_id)) if of]
    ways = await subscriptions.ways(session, owners, now)
    organisation = await session.get(Organisation, organisation_id, populate_existing=True) if home else None
    # A key of a team alone is priced as the people that its organisation makes.
    without = organisation.default_group if organisation is not None else DEFAULT_GROUP
    user_group = _group(user.group if user is not None else without, ways.get((USER, user_id), []))
    members = [("team", team.id)] if team is not None else []
    choices = await _choices(session, [("key", key.id), *members], owners, ways, now)
    return Holder(
        user_id=user_id,
        organisation_id=organisation_id,
        group=key.group or user_group,
        user_group=user_group,
        enabled=(user.enabled if user is not None else not key.user_id)
        and (team is not None or not key.team_id)
        and (organisation is None or organisation.enabled),
        purses=choices[0],
        groups=list(key.groups or ()),
        group_retry=key.group_retry,
        more=choices[1:],
        until=await subscriptions.begins_next(session, owners, now),
        team_id=team.id if team is not None else 0,
        team_models=team.models if team is not None else None,
    )


def _group(own: str, ways: Sequence[Way]) -> str:
    """The group of the highest subscription that gives one, else the user's own."""
    given = [way for way in ways if way.group]
    return max(given, key=lambda way: way.rank).group if given else own


async def find_holder(sessions: async_sessionmaker[AsyncSession], key: Key, now: int) -> Holder:
    """`holder` in a transaction of its own."""
    return await transact(sessions, lambda session: holder(session, key, now))


async def purses(session: AsyncSession, key: Key, now: int) -> list[Purse]:
    """The limited accounts that a request of this key has to be covered by: the first choice of them."""
    return (await holder(session, key, now)).purses


Owner = tuple[str, int]


async def _choices(
    session: AsyncSession, held_to: Sequence[Owner], owners: Sequence[Owner], ways: Mapping[Owner, list[Way]], now: int
) -> list[list[Purse]]:
    found: list[list[Purse]] = [[]]
    for kind, subject_id in owners:
        account = (await accounts.of(session, kind, [subject_id])).get(subject_id)
        limited = account is not None and account.limited
        balance = [Purse(account.id, kind, 0, f"balance of the {kind}")] if account is not None and limited else []
        options = _order(kind, balance, ways.get((kind, subject_id), []))
        found = [[*before, *option] for before in found for option in options]
    if len(found) > MAX_CHOICES:
        found = [*found[: MAX_CHOICES - 1], found[-1]]
    wanted = await budgets.of_owners(session, [*held_to, *owners])
    ids = await budgets.current(session, wanted, now)
    tail = [
        Purse(ids[budget.id], BUDGET, period_end(budget.period, now), f"{budget.period} budget of the {budget.scope}")
        for budget in wanted
    ]
    return [[*choice, *tail] for choice in found]


def _order(kind: str, balance: list[Purse], ways: Sequence[Way]) -> list[list[Purse]]:
    """What may pay for one owner, in order; the balance among it, unless a subscription that is used first bars it."""
    letter = charges.FOR_USER if kind == USER else charges.FOR_ORGANISATION
    purses = [
        (way, [Purse(way.account_id, accounts.SUBSCRIPTION, way.until, f"subscription of the {kind}", letter)])
        for way in ways
    ]
    first = [purse for way, purse in purses if not way.after_wallet]
    if any(not way.overflow and not way.after_wallet for way in ways):
        return first
    return [*first, balance, *(purse for way, purse in purses if way.after_wallet)]
