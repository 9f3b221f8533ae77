"""A directory provisions groups, as Okta and Entra do it: they are teams."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from admin.caller import Caller
from admin.permissions import ORGANISATION_ROLES, reaches
from storage import crypto
from storage.models import AutomationToken, Organisation, User
from storage.repositories import automation_tokens, organisations, teams, users

Make = Callable[[str], httpx.AsyncClient]


@pytest.fixture
async def people(world) -> dict[str, User]:
    """Two organisations with an admin and a member each."""
    made = {}
    async with world.sessions.begin() as session:
        for name in ("acme", "other"):
            home = await organisations.create(session, Organisation(name=name))
            for who, role in (("boss", "admin"), ("ann", "member"), ("bob", "member")):
                row = User(name=f"{name}-{who}", organisation_id=home.id, organisation_role=role)
                made[f"{name}-{who}"] = await users.create(session, row)
        for name, owner in (("acme", made["acme-boss"].id), ("all", None)):
            token = AutomationToken(
                name=name, digest=crypto.digest(f"gwt-{name}"), user_id=owner, scopes=["scim.write"]
            )
            await automation_tokens.add(session, token)
    return made


@pytest.fixture
async def directory(app, people) -> AsyncIterator[Make]:
    """The directory of an organisation, or of the gateway ("all")."""
    opened = []

    def make(name: str) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://gateway.example/scim/v2",
            headers={"authorization": f"Bearer gwt-{name}"},
        )
        opened.append(client)
        return client

    yield make
    for client in opened:
        await client.aclose()


@pytest.fixture
async def person_of(app, people) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """A session of somebody, with their role in the organisation or with these permissions there."""
    real = app.state.identify
    callers: dict[str, Caller] = {}
    opened: list[httpx.AsyncClient] = []

    async def identify(services, request):
        return callers.get(request.headers.get("x-test-caller")) or await real(services, request)

    app.state.identify = identify

    def make(name: str, permissions: list[str] | None = None, *, fresh: bool = True) -> httpx.AsyncClient:
        row = people[name]
        inside = ORGANISATION_ROLES[row.organisation_role] if permissions is None else permissions
        known = str(len(callers))
        callers[known] = Caller(
            f"user:{name}", "session", reaches((), inside), user_id=row.id, organisation_id=row.organisation_id,
            stepped_up_at=2**40 if fresh else 0,
        )  # fmt: skip
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://gateway.example/api/v1",
            headers={"x-test-caller": known},
        )  # fmt: skip
        opened.append(client)
        return client

    yield make
    for client in opened:
        await client.aclose()


def _ops(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}


def _in(group: dict[str, Any]) -> list[str]:
    return [one["display"] for one in group["members"]]


async def test_life_of_a_group(directory, people, world, declined) -> None:
    scim = directory("acme")
    ann, bob = str(people["acme-ann"].id), str(people["acme-bob"].id)
    made = await scim.post("/Groups", json={"displayName": "devs", "externalId": "x", "members": [{"value": ann}]})
    assert made.status_code == 201, made.text
    group = made.json()
    at = f"/Groups/{group['id']}"
    assert (group["displayName"], _in(group), group["meta"]["resourceType"]) == ("devs", ["acme-ann"], "Group")
    assert made.headers["location"].endswith(at)
    declined(await scim.post("/Groups", json={"displayName": "devs"}), 409, "uniqueness")
    found = (await scim.get("/Groups", params={"filter": 'displayName eq "devs"'})).json()
    assert (found["totalResults"], found["Resources"][0]["id"]) == (1, group["id"])
    assert (await scim.get("/Groups", params={"filter": 'displayName eq "ops"'})).json()["totalResults"] == 0
    declined(await scim.get("/Groups", params={"filter": 'members eq "x"'}), 400, "invalidFilter")
    short = (await scim.get("/Groups", params={"excludedAttributes": "members"})).json()["Resources"][0]
    assert "members" not in short
    # Okta
    add = _ops({"op": "add", "path": "members", "value": [{"value": bob, "display": "bob"}]})
    assert _in((await scim.patch(at, json=add)).json()) == ["acme-ann", "acme-bob"]
    rename = _ops({"op": "replace", "value": {"id": group["id"], "displayName": "builders"}})
    assert (await scim.patch(at, json=rename)).json()["displayName"] == "builders"
    # Entra, and the path of the standard
    assert _in(
        (await scim.patch(at, json=_ops({"op": "Remove", "path": "members", "value": [{"value": ann}]}))).json()
    ) == ["acme-bob"]
    assert _in((await scim.patch(at, json=_ops({"op": "remove", "path": f'members[value eq "{bob}"]'}))).json()) == []
    both = _ops({"op": "replace", "path": "members", "value": [{"value": ann}, {"value": bob}]})
    assert _in((await scim.patch(at, json=both)).json()) == ["acme-ann", "acme-bob"]
    replaced = (await scim.put(at, json={"displayName": "builders", "members": [{"value": bob}]})).json()
    assert _in(replaced) == ["acme-bob"]
    for bad in ({"op": "dance"}, {"op": "replace", "path": "displayName", "value": 5}, {"op": "add", "value": "x"},
                {"op": "add", "path": "members", "value": [{"value": 5}]}):  # fmt: skip
        declined(await scim.patch(at, json=_ops(bad)), 400, "invalidValue")
    async with world.sessions() as session:
        assert await teams.of_user(session, people["acme-bob"].id) == {int(group["id"]): "member"}
    assert (await scim.delete(at)).status_code == 204
    declined(await scim.get(at), 404)


async def test_a_lead_stays_one(directory, people, world) -> None:
    scim = directory("acme")
    ann, bob = people["acme-ann"].id, str(people["acme-bob"].id)
    body = {"displayName": "devs", "members": [{"value": str(ann)}]}
    at = f"/Groups/{(await scim.post('/Groups', json=body)).json()['id']}"
    async with world.sessions.begin() as session:
        await teams.join(session, int(at.rpartition("/")[2]), ann, "lead")
    await scim.put(at, json={"displayName": "devs", "members": [{"value": str(ann)}, {"value": bob}]})
    async with world.sessions() as session:
        assert list((await teams.of_user(session, ann)).values()) == ["lead"]


async def test_other_organisations_are_out_of_reach(directory, people, declined) -> None:
    scim, everywhere = directory("acme"), directory("all")
    theirs = (await everywhere.post("/Groups", json={"displayName": "other/ops"})).json()
    assert theirs["displayName"] == "other/ops"
    ours = (await scim.post("/Groups", json={"displayName": "ops"})).json()
    stranger = {"value": str(people["other-ann"].id)}
    for method in (scim.get, scim.delete):
        declined(await method(f"/Groups/{theirs['id']}"), 404)
    add = _ops({"op": "add", "path": "members", "value": [stranger]})
    declined(await scim.patch(f"/Groups/{ours['id']}", json=add), 400, "invalidValue")
    declined(
        await everywhere.post("/Groups", json={"displayName": "acme/x", "members": [stranger]}), 400, "invalidValue"
    )
    assert [one["displayName"] for one in (await scim.get("/Groups")).json()["Resources"]] == ["ops"]
    listed = (await everywhere.get("/Groups")).json()
    assert sorted(one["displayName"] for one in listed["Resources"]) == ["acme/ops", "other/ops"]
    named = (await everywhere.get("/Groups", params={"filter": 'displayName eq "acme/ops"'})).json()
    assert [one["id"] for one in named["Resources"]] == [ours["id"]]
    for name in ("ops", "nowhere/ops", "acme/", "acme/a/b", "acme/a\nb"):
        declined(await everywhere.post("/Groups", json={"displayName": name}), 400, "invalidValue")
    moved = _ops({"op": "replace", "path": "displayName", "value": "other/moved"})
    declined(await everywhere.patch(f"/Groups/{ours['id']}", json=moved), 400, "invalidValue")


async def test_what_there_is_says_so(directory, people, declined) -> None:
    scim = directory("acme")
    types = (await scim.get("/ResourceTypes")).json()
    assert [(one["id"], one["endpoint"]) for one in types["Resources"]] == [("User", "/Users"), ("Group", "/Groups")]
    for one in types["Resources"]:
        assert (await scim.get(f"/ResourceTypes/{one['id']}")).json() == one
        schema = (await scim.get(f"/Schemas/{one['schema']}")).json()
        assert schema["id"] == one["schema"]
        # What is said to be shown is what is shown.
        shown = {each["name"] for each in schema["attributes"]}
        group = {"displayName": "devs", "externalId": "d"}
        body = {"userName": "zoe", "displayName": "Z", "externalId": "z", "emails": [{"value": "z@x.example"}]}
        made = await scim.post(one["endpoint"], json=body if one["id"] == "User" else group)
        assert set(made.json()) - {"schemas", "id", "meta"} == shown
    assert (await scim.get("/Schemas")).json()["totalResults"] == 2
    declined(await scim.get("/Schemas/urn:x"), 404)
    declined(await scim.get("/ResourceTypes/Dog"), 404)
    assert (await scim.get("/ServiceProviderConfig")).json()["patch"] == {"supported": True}


async def test_the_directorys_own_id_is_kept(directory, people) -> None:
    scim, everywhere = directory("acme"), directory("all")
    made = (await scim.post("/Groups", json={"displayName": "devs", "externalId": "x-1"})).json()
    await everywhere.post("/Groups", json={"displayName": "other/devs", "externalId": "x-1"})
    at = f"/Groups/{made['id']}"
    assert (made["externalId"], (await scim.get(at)).json()["externalId"]) == ("x-1", "x-1")

    async def found(client: httpx.AsyncClient, value: str) -> list[str]:
        listed = (await client.get("/Groups", params={"filter": f'externalId eq "{value}"'})).json()
        return [one["displayName"] for one in listed["Resources"]]

    assert (await found(scim, "x-1"), await found(scim, "X-2")) == (["devs"], [])
    assert await found(everywhere, "x-1") == ["acme/devs", "other/devs"]
    changed = (await scim.patch(at, json=_ops({"op": "Replace", "path": "externalId", "value": "x-2"}))).json()
    assert (changed["externalId"], await found(scim, "x-2")) == ("x-2", ["devs"])
    assert "externalId" not in (await scim.put(at, json={"displayName": "devs"})).json()
    bad = await scim.patch(at, json=_ops({"op": "add", "path": "externalId", "value": 5}))
    assert bad.status_code == 400


async def test_a_role_and_a_group_come_with_it(directory, people, world, api) -> None:
    """Who joins by the directory has them, who leaves loses them; what was given by hand stays."""
    scim = directory("acme")
    ann, bob, boss = (people[f"acme-{name}"].id for name in ("ann", "bob", "boss"))
    made = [(await scim.post("/Groups", json={"displayName": name})).json()["id"] for name in ("eyes", "money")]
    eyes, money = (f"/teams/{number}" for number in made)
    async with world.sessions.begin() as session:
        row = await users.get(session, bob)
        assert row is not None
        await users.update(session, row, {"group": "gold"})
    wanted = {"organisation_role": "viewer", "group": "cheap"}
    assert (await api.put(f"{eyes}/grants", json=wanted)).json()["grants"] == wanted
    assert (await api.put(f"{money}/grants", json={"organisation_role": "finance"})).status_code == 200

    async def has(user_id: int) -> tuple[str, str]:
        async with world.sessions() as session:
            row = await users.get(session, user_id)
            assert row is not None
            return row.organisation_role, row.group

    async def put(at: str, *who: int) -> None:
        body = {"displayName": at, "members": [{"value": str(one)} for one in who]}
        number = made[at == "money"]
        assert (await scim.put(f"/Groups/{number}", json=body)).status_code == 200

    await put("money", ann)
    assert await has(ann) == ("finance", "default")
    await put("eyes", ann, bob, boss)
    # The older team counts; a group and a role that somebody was given by hand stay.
    assert [await has(one) for one in (ann, bob, boss)] == [("viewer", "cheap"), ("viewer", "gold"), ("admin", "cheap")]
    await api.put(f"{eyes}/grants", json={"group": "cheaper"})
    assert [await has(one) for one in (ann, bob)] == [("finance", "cheaper"), ("member", "gold")]
    await put("eyes")
    await put("money", ann, bob)
    assert [await has(one) for one in (ann, bob)] == [("finance", "default"), ("finance", "gold")]
    assert await has(boss) == ("admin", "default")
    assert (await scim.delete(f"/Groups/{made[1]}")).status_code == 204
    assert [await has(one) for one in (ann, bob)] == [("member", "default"), ("member", "gold")]


async def test_who_may_say_what_comes_with_a_team(directory, people, world, api, person_of, refused) -> None:
    number = (await directory("acme").post("/Groups", json={"displayName": "eyes"})).json()["id"]
    at = f"/teams/{number}"
    boss, ann = person_of("acme-boss"), person_of("acme-ann", ["organisations.write"])
    stale = person_of("acme-boss", fresh=False)
    assert refused(await stale.put(f"{at}/grants", json={}), 403)["type"].endswith("step-up-needed")
    for wanted in ({"organisation_role": "viewer"}, {"group": "default"}):
        refused(await ann.put(f"{at}/grants", json=wanted), 403)
    for wanted in ({"organisation_role": "king"}, {"group": "auto"}, {"group": "gold"}):
        refused(await boss.put(f"{at}/grants", json=wanted), 422)
    assert (await boss.put(f"{at}/grants", json={"organisation_role": "admin", "group": "default"})).status_code == 200
    # Nobody gets by joining what nobody may give them, nor takes it from others.
    refused(await ann.put(f"{at}/members/acme-ann"), 403)
    refused(await ann.put(f"{at}/grants", json={}), 403)
    refused(await ann.delete(at), 403)
    assert (await boss.put(f"{at}/members/acme-bob")).status_code == 204
    async with world.sessions() as session:
        bob = await users.get(session, people["acme-bob"].id)
    assert bob is not None
    assert (bob.organisation_role, bob.group) == ("admin", "default")
    refused(await ann.delete(f"{at}/members/acme-bob"), 403)
    assert (await boss.delete(f"{at}/members/acme-bob")).status_code == 204
