"""A directory provisions users, as Okta and Entra do it."""

from typing import Any

import httpx

from storage import crypto
from storage.models import AutomationToken, Organisation, User
from storage.repositories import automation_tokens, organisations, users

TOKEN = "gwt-" + "s" * 43
ANN: dict[str, Any] = {
    "schemas": [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    ],
    "userName": "ann",
    "externalId": "okta-1",
    "name": {"givenName": "Ann", "familyName": "Lee"},
    "emails": [{"value": "Ann@Example.com", "primary": True, "type": "work"}],
    "active": True,
    "locale": "en",
}


async def test_life_of_a_user(scim, world, declined) -> None:
    made = await scim.post("/Users", json=ANN)
    assert made.status_code == 201, made.text
    assert made.headers["content-type"] == "application/scim+json"
    user = made.json()
    assert (user["userName"], user["displayName"], user["active"], user["externalId"]) == (
        "ann",
        "Ann Lee",
        True,
        "okta-1",
    )
    assert user["emails"] == [{"value": "ann@example.com", "primary": True, "type": "work"}]
    declined(await scim.post("/Users", json=ANN), 409, "uniqueness")
    for question in (
        'userName eq "ann"',
        'externalId eq "okta-1"',
        'emails.value eq "ANN@example.com"',
        'USERNAME EQ "ann"',
    ):
        found = (await scim.get("/Users", params={"filter": question})).json()
        assert (found["totalResults"], found["Resources"][0]["id"]) == (1, user["id"])
    assert (await scim.get("/Users", params={"filter": 'userName eq "bob"'})).json()["Resources"] == []
    declined(await scim.get("/Users", params={"filter": "userName co x"}), 400, "invalidFilter")
    entra = {
        "Operations": [
            {"op": "Replace", "path": "active", "value": "False"},
            {"op": "add", "path": 'emails[type eq "work"].value', "value": "a@x.example"},
        ]
    }
    changed = (await scim.patch(f"/Users/{user['id']}", json=entra)).json()
    assert (changed["active"], changed["emails"][0]["value"]) == (False, "a@x.example")
    okta = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "value": {"active": True, "displayName": "A. Lee"}}],
    }
    changed = (await scim.patch(f"/Users/{user['id']}", json=okta)).json()
    assert (changed["active"], changed["displayName"]) == (True, "A. Lee")
    replaced = (await scim.put(f"/Users/{user['id']}", json={**ANN, "userName": "ann.lee"})).json()
    assert (replaced["userName"], replaced["displayName"]) == ("ann.lee", "Ann Lee")
    off = {"Operations": [{"op": "replace", "path": "active", "value": False}]}
    assert (await scim.patch(f"/Users/{user['id']}", json=off)).json()["active"] is False
    silent = {name: value for name, value in ANN.items() if name != "active"}
    assert (await scim.put(f"/Users/{user['id']}", json=silent)).json()["active"] is False
    declined(await scim.patch(f"/Users/{user['id']}", json={"Operations": [{"op": "dance"}]}), 400, "invalidValue")
    nameless = {"Operations": [{"op": "remove", "path": "userName"}]}
    declined(await scim.patch(f"/Users/{user['id']}", json=nameless), 400, "invalidValue")
    declined(
        await scim.post("/Users", content=b"{", headers={"content-type": "application/scim+json"}), 400, "invalidSyntax"
    )
    declined(await scim.post("/Users", content=b"x" * 5_000_000), 413)
    declined(await scim.get("/Nothing"), 404)
    assert (await scim.delete(f"/Users/{user['id']}")).status_code == 204
    declined(await scim.get(f"/Users/{user['id']}"), 404)
    async with world.sessions() as session:
        row = await users.get(session, int(user["id"]))
        assert row is not None
        assert (row.enabled, row.deleted_at is not None) == (False, True)
    for path in ("/ServiceProviderConfig", "/ResourceTypes"):
        assert (await scim.get(path)).status_code == 200


async def test_who_has_more_is_out_of_reach(scim, world, declined, anyone) -> None:
    async with world.sessions.begin() as session:
        root = await users.create(session, User(name="root", role="root"))
    declined(
        await scim.patch(
            f"/Users/{root.id}", json={"Operations": [{"op": "replace", "path": "active", "value": False}]}
        ),
        403,
    )
    declined(await scim.delete(f"/Users/{root.id}"), 403)
    declined(await anyone.get("/scim/v2/Users"), 401)


async def test_pages_and_organisations(scim, world) -> None:
    for number in range(3):
        await scim.post("/Users", json={"userName": f"u{number}"})
    page = (await scim.get("/Users", params={"startIndex": 2, "count": 1})).json()
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (3, 2, 1)
    assert page["Resources"][0]["userName"] == "u1"
    assert (await scim.get("/Users", params={"count": 0})).json()["totalResults"] == 3


async def _stored(world, answer: httpx.Response) -> tuple[str, bool]:
    """(group, whether the address counts as proved) of the user that an answer shows."""
    async with world.sessions() as session:
        row = await users.get(session, int(answer.json()["id"]))
        assert row is not None
        return row.group, row.email_verified_at > 0


async def test_what_the_directory_of_the_gateway_says_of_an_address_counts(scim, world) -> None:
    made = await scim.post("/Users", json=ANN)
    assert await _stored(world, made) == ("default", True)
    await scim.patch(f"/Users/{made.json()['id']}", json={"Operations": [{"op": "remove", "path": "emails"}]})
    assert await _stored(world, made) == ("default", False)


async def test_the_directory_of_an_organisation(world, app, api) -> None:
    async with world.sessions.begin() as session:
        home = await organisations.create(session, Organisation(name="acme", default_group="acme-people"))
        admin = await users.create(session, User(name="boss", organisation_id=home.id, organisation_role="admin"))
        digest = crypto.digest(TOKEN)
        await automation_tokens.add(session, AutomationToken(name="d", digest=digest, user_id=admin.id, scopes=["*"]))
    transport = httpx.ASGITransport(app)
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway.example", headers=headers) as client:
        made = await client.post("/scim/v2/Users", json={"userName": "ann", "emails": [{"value": "ann@x.example"}]})
        assert made.status_code == 201, made.text
        assert await _stored(world, made) == ("acme-people", False)
        other = {"Operations": [{"op": "replace", "path": "emails", "value": "boss@x.example"}]}
        assert (await client.patch(f"/scim/v2/Users/{made.json()['id']}", json=other)).status_code == 200
        assert await _stored(world, made) == ("acme-people", False)
        await api.post("/users", json={"name": "stranger"})
        listed = (await client.get("/scim/v2/Users")).json()
        assert [each["userName"] for each in listed["Resources"]] == ["boss", "ann"]
        stranger = (await api.get("/users/stranger")).json()["id"]
        assert (await client.get(f"/scim/v2/Users/{stranger}")).status_code == 404
