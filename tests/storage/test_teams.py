"""Teams: what their keys draw on and may use, who leaves with which keys, and what keys have used so far."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from deployments.keys import load
from deployments.rates_rules import Rule, Subject, limit_row
from storage import crypto
from storage.ledger import budgets, settle
from storage.ledger.transactions import transact
from storage.models import Key, Limit, Organisation, Team, User
from storage.models.team import LEAD
from storage.repositories import key_totals, keys, limits, organisations, teams, users

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def team(sessions: Sessions) -> Team:
    """The team acme/search with ann, and a key of hers in it."""
    async with sessions.begin() as session:
        home = await organisations.create(session, Organisation(name="acme", default_group="vip"))
        ann = await users.create(session, User(name="ann", organisation_id=home.id))
        made = await teams.create(session, Team(organisation_id=home.id, name="search", models=["gpt-*"]))
        await teams.join(session, made.id, ann.id, LEAD)
        await keys.create(
            session,
            Key(name="hers", digest=crypto.digest("hers"), user_id=ann.id, team_id=made.id, models=["gpt-5", "x"]),
        )
        return made


async def test_a_key_is_held_to_the_budgets_limits_and_models_of_its_team(sessions: Sessions, team: Team) -> None:
    async with sessions.begin() as session:
        await budgets.create(session, budgets.new_budget("team", team.id, "month", 10**9))
        await keys.create(session, Key(name="alone", digest=crypto.digest("alone"), team_id=team.id))
        await limits.create(
            session, Limit(name="t", metric="requests", window="minute", amount=5, per=[], team_id=team.id)
        )
    hers = await load(sessions, crypto.digest("hers"))
    alone = await load(sessions, crypto.digest("alone"))
    assert hers is not None
    assert alone is not None
    assert [purse.label for purse in hers.purses] == ["month budget of the team"]
    assert hers.purses == alone.purses, "one account for all keys of the team"
    assert [hers.may_use(model) for model in ("gpt-5", "gpt-4", "x")] == [True, False, False]
    assert [alone.may_use(model) for model in ("gpt-4", "x")] == [True, False]
    assert (alone.organisation_id, alone.user_id, alone.group, alone.enabled) == (team.organisation_id, 0, "vip", True)
    async with sessions.begin() as session:
        (rule,) = [Rule(limit_row(row)) for row in await limits.list_all(session)]
        assert await limits.names_of(session, await limits.list_all(session)) == {("team", team.id): "acme/search"}
        assert await limits.id_of(session, "team", "acme/search") == team.id
        assert await limits.all_names(session, "team") == ["acme/search"]
        home = await organisations.get(session, team.organisation_id)
        assert home is not None
        await organisations.update(session, home, {"enabled": False})
    assert rule.counts(Subject(1, 0, "", "m", 0, team.id))
    assert not rule.counts(Subject(1, 0, "", "m", 0, team.id + 1))
    off = await load(sessions, crypto.digest("alone"))
    assert off is not None
    assert not off.enabled


async def test_who_leaves_a_team_takes_their_keys_out_of_it(sessions: Sessions, team: Team) -> None:
    async with sessions.begin() as session:
        ann = await users.find_by_name(session, "ann")
        assert ann is not None
        before = await keys.latest_change(session)
        assert not await teams.own_keys(session, team_id=team.id)
        assert await teams.leave(session, team.id, ann.id)
        assert await keys.latest_change(session) > before, "replicas are told"
    async with sessions() as session:
        key = await keys.find_by_name(session, "hers")
        assert key is not None
        assert key.team_id is None


async def test_a_removed_team_leaves_nothing_behind(sessions: Sessions, team: Team) -> None:
    async with sessions.begin() as session:
        await budgets.create(session, budgets.new_budget("team", team.id, "month", 10**9))
        await limits.create(
            session, Limit(name="t", metric="requests", window="minute", amount=5, per=[], team_id=team.id)
        )
        row = await teams.get(session, team.id)
        assert row is not None
        await teams.remove(session, row)
        assert await budgets.list_all(session) == []
        assert await limits.list_all(session) == []
        key = await keys.find_by_name(session, "hers")
        assert key is not None
        await session.refresh(key)
        assert key.team_id is None


async def test_keys_know_what_they_used_once(sessions: Sessions, make_record) -> None:
    first = [make_record("a", key_id=1, cost=5, started_at=3_000_000), make_record("b", key_id=2, cost=2**53)]
    await transact(sessions, lambda session: settle(session, first))
    again = [*first, make_record("c", key_id=1, cost=7, started_at=2_000_000), make_record("d", key_id=0)]
    await transact(sessions, lambda session: settle(session, again))
    many = [make_record(f"e{number}", key_id=2, cost=2**53) for number in range(1100)]
    await transact(sessions, lambda session: settle(session, many))
    async with sessions.begin() as session:
        found = await key_totals.of(session, [1, 2, 3])
        one = found[1]
        assert (one.requests, one.cost, one.last_used_at) == (2, 12, 3)
        assert found[2].requests == 1101
        assert found[2].cost == 2**62, "an absurd sum stops and holds up nothing"
        assert 3 not in found
        await key_totals.correct(session, [make_record("a", key_id=1, cost=-2)])
    async with sessions() as session:
        one = (await key_totals.of(session, [1]))[1]
        assert (one.requests, one.cost, one.last_used_at) == (2, 10, 3)
