"""What leads and members of a team reach: its keys, its usage, its budgets; and nothing of other teams."""

from typing import Any

import httpx
import pytest

from storage.ledger import settle
from storage.models import User
from storage.records import UsageRecord
from storage.repositories import users
from tests.admin.authorization.conftest import Cast, House, may
from tests.admin.conftest import World


@pytest.fixture
async def team(world: World, cast: Cast, houses: tuple[House, House], call: httpx.AsyncClient) -> str:
    """The id of our team: `lead` leads it, `member` is in it, `outsider` is of the organisation only."""
    ours, _ = houses
    home = ours.organisation.id
    async with world.sessions.begin() as session:
        for name in ("lead", "outsider"):
            user = await users.create(session, User(name=name, organisation_id=home))
            cast.add(name, may(), user_id=user.id, organisation_id=home)
    place = f"/api/v1/teams/{ours.refs['team']}/members/lead"
    assert (await call.put(place, json={"role": "lead"}, headers={"x-as": "boss"})).status_code == 204
    assert (await call.put(place, json={"role": "boss"}, headers={"x-as": "boss"})).status_code == 422
    return ours.refs["team"]


async def ask(call: httpx.AsyncClient, who: str, method: str, path: str, status: int, **more: Any) -> Any:
    answer = await call.request(method, f"/api/v1{path}", headers={"x-as": who}, **more)
    assert answer.status_code == status, (who, method, path, answer.status_code, answer.text)
    return answer.json() if answer.content else {}


async def test_leads_manage_the_keys_of_their_team(world: World, houses, team: str, call: httpx.AsyncClient) -> None:
    _, theirs = houses
    made = await ask(call, "lead", "POST", "/keys", 201, json={"name": "shared", "team": "lion-team"})
    assert (made["team"], made["user"]) == ("lion-org/lion-team", None)
    for name in ("member", "lead", "boss", "root"):
        found = await ask(call, name, "GET", "/keys", 200, params={"team": team})
        assert [one["name"] for one in found["items"]] == ["shared"], name
        assert "shared" in [one["name"] for one in (await ask(call, name, "GET", "/keys", 200))["items"]], name
    await ask(call, "outsider", "GET", "/keys/shared", 404)
    await ask(call, "outsider", "GET", "/keys", 404, params={"team": team})
    for who, status in (("member", 404), ("outsider", 404), ("lead", 200), ("boss", 200)):
        await ask(call, who, "PATCH", "/keys/shared", status, json={"remark": who})
        await ask(call, who, "POST", "/keys/shared/rotate", status)
    # Into a team only who manages its keys, out of it likewise, and never with a key of somebody who is not in it.
    await ask(call, "member", "POST", "/keys", 404, json={"name": "mine", "team": team})
    await ask(call, "lead", "POST", "/keys", 404, json={"name": "theirs", "team": theirs.refs["team"]})
    await ask(call, "boss", "POST", "/keys", 422, json={"name": "odd", "team": team, "user": "outsider"})
    await ask(call, "boss", "PATCH", "/keys/lion-key", 200, json={"team": team})
    await ask(call, "member", "PATCH", "/keys/lion-key", 403, json={"team": None})
    await ask(call, "member", "PATCH", "/keys/lion-key", 200, json={"remark": "mine"})
    # Its value spends what is the member's: a lead does not get to know it.
    await ask(call, "lead", "PATCH", "/keys/lion-key", 200, json={"remark": "the team's"})
    await ask(call, "lead", "POST", "/keys/lion-key/rotate", 403)
    for who in ("member", "boss"):
        await ask(call, who, "POST", "/keys/lion-key/rotate", 200)
    await ask(call, "lead", "PATCH", "/keys/shared", 403, json={"team": None})
    await ask(call, "boss", "DELETE", f"/teams/{team}", 409)
    await ask(call, "root", "DELETE", "/organisations/lion-org", 409)
    await ask(call, "lead", "DELETE", "/keys/shared", 204)
    await ask(call, "boss", "DELETE", f"/teams/{team}", 204)
    assert (await ask(call, "member", "GET", "/keys/lion-key", 200))["team"] is None


async def test_leads_see_the_usage_of_their_team(world: World, houses, team: str, call: httpx.AsyncClient) -> None:
    ours, theirs = houses
    made = await ask(call, "lead", "POST", "/keys", 201, json={"name": "shared", "team": team})
    started = world.now * 1_000_000
    usual = {
        "started_at": started,
        "organisation_id": ours.organisation.id,
        "cost": 5,
        "status": 200,
        "end": "complete",
    }
    async with world.sessions.begin() as session:
        records = [
            UsageRecord("t1", key_id=made["id"], team_id=int(team), **usual),
            UsageRecord("t2", key_id=99, user_id=ours.member.id, team_id=int(team), **usual),
            UsageRecord("t3", key_id=98, user_id=ours.member.id, **usual),
        ]
        await settle(session, records)
    for who in ("lead", "boss", "root"):
        (total,) = (await ask(call, who, "GET", "/usage/totals", 200, params={"team": team}))["items"]
        assert total["requests"] == 2, who
        rows = (await ask(call, who, "GET", "/usage", 200, params={"team": team}))["items"]
        assert {row["request_id"] for row in rows} == {"t1", "t2"}
        assert {row["team"] for row in rows} == {"lion-team"}
    grouped = (await ask(call, "boss", "GET", "/usage/totals", 200, params={"group_by": "team"}))["items"]
    assert {one["group"]: one["requests"] for one in grouped} == {"lion-team": 2, "": 2}
    (total,) = (await ask(call, "lead", "GET", "/usage/totals", 200, params={"key": "shared"}))["items"]
    assert total["requests"] == 1
    await ask(call, "lead", "GET", "/usage/t1", 200)
    await ask(call, "member", "GET", "/usage/t1", 404)
    await ask(call, "member", "GET", "/usage/totals", 404, params={"team": "lion-team"})
    (total,) = (await ask(call, "member", "GET", "/usage/totals", 200, params={"team": team}))["items"]
    assert total["requests"] == 1, "of a team that one does not lead: one's own"
    (total,) = (await ask(call, "lead", "GET", "/usage/totals", 200, params={"team": theirs.refs["team"]}))["items"]
    assert total["requests"] == 0
    key = await ask(call, "member", "GET", "/keys/shared", 200)
    assert (key["requests"], key["used_nano"], key["last_used_at"] is not None) == (1, 5, True)


async def test_a_keys_tag_does_not_change_with_its_use(
    world: World, houses, team: str, call: httpx.AsyncClient
) -> None:
    before = await call.get("/api/v1/keys/lion-key", headers={"x-as": "member"})
    async with world.sessions.begin() as session:
        await settle(session, [UsageRecord("r", world.now * 1_000_000, key_id=before.json()["id"], cost=3)])
    tag = before.headers["etag"]
    answer = await call.patch(
        "/api/v1/keys/lion-key", headers={"x-as": "member", "if-match": tag}, json={"remark": "x"}
    )
    assert answer.status_code == 200
    assert answer.json()["used_nano"] == 3


async def test_budgets_and_limits_of_a_team(houses, team: str, call: httpx.AsyncClient) -> None:
    _, theirs = houses
    wanted = {"scope": "team", "owner": "lion-team", "period": "month", "amount": "5"}
    for who in ("lead", "member"):
        await ask(call, who, "POST", "/budgets", 403, json=wanted)
    made = await ask(call, "boss", "POST", "/budgets", 201, json=wanted)
    assert (made["scope"], made["owner"]) == ("team", "lion-team")
    await ask(call, "boss", "POST", "/budgets", 404, json={**wanted, "owner": "zebra-org/zebra-team"})
    await ask(call, "boss", "POST", "/budgets", 404, json={**wanted, "owner": theirs.refs["team"]})
    for who, status in (("lead", 200), ("member", 200), ("outsider", 404)):
        await ask(call, who, "GET", f"/budgets/{made['id']}", status)
        ids = [one["id"] for one in (await ask(call, who, "GET", "/budgets", 200))["items"]]
        assert (made["id"] in ids) == (status == 200), who
    limit = {
        "name": "team-limit",
        "metric": "tokens",
        "window": "minute",
        "amount": 9,
        "match": {"team": "lion-org/lion-team"},
    }
    await ask(call, "boss", "PUT", "/limits", 403, json=limit)
    assert (await ask(call, "root", "PUT", "/limits", 200, json=limit))["match"] == {"team": "lion-org/lion-team"}
    await ask(call, "root", "PUT", "/limits", 422, json={**limit, "match": {"team": "lion-org/none"}})
    for who, status in (("lead", 200), ("member", 200), ("boss", 200), ("outsider", 404)):
        await ask(call, who, "GET", "/limits/team-limit", status)
    shown = await ask(call, "lead", "GET", f"/teams/{team}", 200)
    assert (shown["role"], shown["models"]) == ("lead", None)
    changed = await ask(call, "boss", "PATCH", f"/teams/{team}", 200, json={"models": ["gpt-*"]})
    assert changed["models"] == ["gpt-*"]
    people = await ask(call, "member", "GET", f"/teams/{team}/members", 200)
    assert {one["name"]: one["role"] for one in people["items"]} == {"lead": "lead", "lion-member": "member"}
