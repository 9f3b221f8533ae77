"""What comes with a team and goes with it: not what was given by hand; and no role of a permission set that is gone."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from admin.caller import Caller
from admin.permissions import ORGANISATION_ROLES, reaches
from storage.models import Organisation, User
from storage.repositories import organisations, users

Has = Callable[[str], Awaitable[tuple[str, str]]]


@pytest.fixture
async def people(world) -> dict[str, User]:
    """An organisation with an admin and two members, and another one."""
    made = {}
    async with world.sessions.begin() as session:
        home = await organisations.create(session, Organisation(name="acme"))
        await organisations.create(session, Organisation(name="other"))
        for who, role in (("boss", "admin"), ("ann", "member"), ("bob", "member")):
            row = User(name=who, organisation_id=home.id, organisation_role=role)
            made[who] = await users.create(session, row)
    return made


@pytest.fixture
async def boss(app, people) -> AsyncIterator[httpx.AsyncClient]:
    """The organisation's admin, after a second check."""
    real, row = app.state.identify, people["boss"]
    caller = Caller(
        "user:boss", "session", reaches((), ORGANISATION_ROLES["admin"]), user_id=row.id,
        organisation_id=row.organisation_id, stepped_up_at=2**40,
    )  # fmt: skip

    async def identify(services, request):
        return caller if "x-boss" in request.headers else await real(services, request)

    app.state.identify = identify
    transport, base = httpx.ASGITransport(app), "http://gateway.example/api/v1"
    async with httpx.AsyncClient(transport=transport, base_url=base, headers={"x-boss": "1"}) as client:
        yield client


@pytest.fixture
def has(world) -> Has:
    """What role in the organisation and what group somebody has."""

    async def has(name: str) -> tuple[str, str]:
        async with world.sessions() as session:
            row = await users.find_by_name(session, name)
            assert row is not None
            return row.organisation_role, row.group

    return has


async def _team(api: httpx.AsyncClient, **grants: str) -> str:
    number = (await api.post("/teams", json={"name": "eyes", "organisation": "acme"})).json()["id"]
    answer = await api.put(f"/teams/{number}/grants", json=grants)
    assert answer.status_code == 200, answer.text
    return f"/teams/{number}"


async def test_what_is_given_by_hand_stays_also_when_a_team_gives_it_too(people, api, has) -> None:
    same = {"organisation_role": "viewer", "group": "cheap"}
    at = await _team(api, **same)
    # By hand before the team, and after it.
    assert (await api.patch("/users/ann", json=same)).json()["by_teams"] == []
    for who in ("ann", "bob"):
        assert (await api.put(f"{at}/members/{who}")).status_code == 204
    assert (await api.get("/users/bob")).json()["by_teams"] == ["organisation_role", "group"]
    assert (await api.patch("/users/bob", json={"group": "cheap"})).json()["by_teams"] == ["organisation_role"]
    assert [await has(one) for one in ("ann", "bob")] == [("viewer", "cheap"), ("viewer", "cheap")]
    # Another role with the team: only for who has it from there.
    await api.put(f"{at}/grants", json={"organisation_role": "finance", "group": "cheap"})
    assert [await has(one) for one in ("ann", "bob")] == [("viewer", "cheap"), ("finance", "cheap")]
    assert (await api.delete(at)).status_code == 204
    assert [await has(one) for one in ("ann", "bob")] == [("viewer", "cheap"), ("member", "cheap")]
    assert (await api.get("/users/bob")).json()["by_teams"] == []


async def test_who_may_not_give_a_group_does_not_make_it_stay(people, api, boss, has) -> None:
    at = await _team(api, group="gold")
    await api.put(f"{at}/members/ann")
    found = await boss.patch("/users/ann", json={"group": "gold", "remark": "x"})
    assert (found.json()["by_teams"], found.json()["remark"]) == (["group"], "x")
    await api.delete(at)
    assert await has("ann") == ("member", "default")


async def test_a_teams_group_does_not_go_along_to_another_organisation(people, api, has) -> None:
    at = await _team(api, organisation_role="viewer", group="gold")
    for who, to in (("ann", "other"), ("bob", None)):
        await api.put(f"{at}/members/{who}")
        assert await has(who) == ("viewer", "gold")
        assert (await api.patch(f"/users/{who}", json={"organisation": to})).json()["by_teams"] == []
        assert await has(who) == ("member", "default")


async def test_a_grant_ends_with_its_permission_set(people, api, has) -> None:
    role = {"name": "desk", "permissions": ["logs.read"]}
    first = (await api.post("/roles", json=role)).json()["id"]
    at = await _team(api, organisation_role="desk", group="cheap")
    home = people["ann"].organisation_id
    invited = await api.post("/invitations", json={"organisation_id": home, "organisation_role": "desk"})
    assert invited.status_code == 201, invited.text
    grant = {"value": "staff", "organisation_role": "desk", "organisation_id": home}
    settings = {"client_id": "x", "issuer": "https://id.example.com", "grants": [grant]}
    provider = {"slug": "company", "kind": "oidc", "title": "Company", "settings": settings}
    assert (await api.post("/identity-providers", json=provider)).status_code == 201

    async def given() -> tuple[str, str | None]:
        grants = (await api.get(at)).json()["grants"]
        known = (await api.get("/identity-providers/company")).json()["settings"]["grants"][0]
        return grants["organisation_role"], known["organisation_role"]

    async def invitation() -> dict[str, Any]:
        (only,) = (await api.get("/invitations")).json()["items"]
        return dict(only)

    # A new name is followed.
    await api.patch(f"/roles/{first}", json={"name": "counter"})
    assert await given() == ("counter", "counter")
    assert (await invitation())["organisation_role"] == "counter"
    assert (await invitation())["expires_at"] > time.time()
    # With the set, nothing gives it any more; what is made anew under its name is another.
    assert (await api.delete(f"/roles/{first}")).status_code == 204
    assert await given() == ("", None)
    assert (await invitation())["expires_at"] <= time.time()
    await api.post("/roles", json={**role, "name": "counter"})
    await api.put(f"{at}/members/ann")
    assert await has("ann") == ("member", "cheap")
    log = (await api.get("/audit", params={"action": "teams.change"})).json()["items"]
    noted = [change for one in log for change in one["changes"] if change["field"] == "grants"]
    assert noted[0]["before"]["organisation_role"] == "counter"
    assert noted[0]["after"] == {"organisation_role": "", "group": "cheap"}
