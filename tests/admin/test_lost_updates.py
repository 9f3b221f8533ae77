"""Whoever edits what somebody else has changed meanwhile is told so: If-Match, wherever it means something."""

from typing import Any

import pytest

from storage.ledger import accounts, entries
from tests.admin.services import openapi_document

OLD = {"if-match": '"another"'}
DOCUMENT = openapi_document()

WITHOUT = {
    "PATCH /api/v1/settings": "the body has the tags of its areas",
    "PUT /api/v1/prices": "a version of its own, which stands beside those before it",
    "DELETE /api/v1/prices/{price}": "a version of a price has one end; it cannot be edited",
    "PUT /api/v1/me/password": "the body has the password that it replaces",
    "PUT /api/v1/users/{user}/password": "nobody can read what it replaces",
    "DELETE /api/v1/captures/{request_id}": "what was captured cannot be edited",
    "DELETE /api/v1/invitations/{invitation}": "an invitation cannot be edited; a used one stays",
    "DELETE /api/v1/playground/key": "the session's own key",
    "DELETE /api/v1/redemption-codes/unusable": "those that are unusable then",
    "DELETE /api/v1/me/totp": "after a second check, whatever was set up",
    "DELETE /api/v1/users/{user}/second-factors": "after a second check, whatever was set up",
    "DELETE /api/v1/me/sessions/{session}": "a session cannot be edited",
    "DELETE /api/v1/users/{user}/sessions": "sessions cannot be edited",
    "DELETE /api/v1/me/identities/{link}": "a link to an account elsewhere cannot be edited",
}


def test_every_edit_can_be_held_to_what_was_read() -> None:
    lacking = {
        f"{method.upper()} {path}"
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if method in {"put", "patch", "delete"}
        and "if-match" not in {parameter["name"] for parameter in operation.get("parameters", ())}
    }
    assert lacking == WITHOUT.keys()


def test_what_takes_a_tag_says_412() -> None:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            if "if-match" in {parameter["name"] for parameter in operation.get("parameters", ())}:
                assert "412" in operation["responses"], f"{method} {path}"


async def _booked(world: Any, account_id: int, amount: int, reason: str) -> None:
    async with world.sessions.begin() as session:
        await entries.post(session, account_id, amount, reason=reason, actor="somebody", overdraw=True)


@pytest.mark.parametrize("kind", ["user", "organisation"])
async def test_a_quota(api, world, refused, kind) -> None:
    await api.post(f"/{kind}s", json={"name": "acme"})
    read = await api.get(f"/accounts/{kind}:acme")
    number = read.json()["money"]["account_id"]
    await _booked(world, number, -5, entries.REQUEST)
    # What requests cost meanwhile is no edit.
    assert (await api.get(f"/accounts/{kind}:acme")).headers["etag"] == read.headers["etag"]
    path, wanted = f"/{kind}s/acme/quota", {"limited": True, "balance": "50"}
    refused(await api.put(path, json=wanted, headers=OLD), 412)
    done = await api.put(path, json=wanted, headers={"if-match": read.headers["etag"]})
    assert done.status_code == 200, done.text
    assert done.headers["etag"] == (await api.get(f"/accounts/{kind}:acme")).headers["etag"] != read.headers["etag"]
    refused(await api.put(path, json={"limited": False}, headers={"if-match": read.headers["etag"]}), 412)
    # A top-up between reading and writing would be lost in "the balance is 10".
    await _booked(world, number, 7, entries.TOPUP)
    refused(
        await api.put(path, json={"limited": True, "balance": "10"}, headers={"if-match": done.headers["etag"]}), 412
    )
    assert (await api.put(path, json={"limited": False})).status_code == 200
    async with world.sessions() as session:
        account = await accounts.get(session, number)
        assert account is not None
        assert (account.limited, account.balance) == (False, 50_000_000_007)


async def test_a_place_in_a_team(api, refused) -> None:
    await api.post("/organisations", json={"name": "acme"})
    await api.post("/users", json={"name": "ann", "organisation": "acme"})
    team = (await api.post("/teams", json={"name": "search", "organisation": "acme"})).json()["id"]
    path = f"/teams/{team}/members"
    refused(await api.put(f"{path}/ann", headers=OLD), 412)
    assert (await api.put(f"{path}/ann")).status_code == 204
    tag = (await api.get(path)).json()["items"][0]["etag"]
    assert (await api.put(f"{path}/ann", json={"role": "lead"}, headers={"if-match": tag})).status_code == 204
    refused(await api.put(f"{path}/ann", json={"role": "member"}, headers={"if-match": tag}), 412)
    refused(await api.delete(f"{path}/ann", headers={"if-match": tag}), 412)
    tag = (await api.get(path)).json()["items"][0]["etag"]
    assert (await api.delete(f"{path}/ann", headers={"if-match": tag})).status_code == 204


async def test_a_key_of_a_channel(api, refused) -> None:
    await api.post("/channels", json={"name": "a", "provider": "openai", "secret": "sk-one", "models": ["m"]})
    added = await api.post("/channels/a/keys", json={"secrets": ["sk-two-0001"]})
    key = added.json()["items"][-1]
    path, off = f"/channels/a/keys/{key['id']}", {"enabled": False, "reason": "used up"}
    refused(await api.patch(path, json=off, headers=OLD), 412)
    after = (await api.patch(path, json=off, headers={"if-match": key["etag"]})).json()
    assert after["etag"] != key["etag"]
    refused(await api.patch(path, json={"enabled": True}, headers={"if-match": key["etag"]}), 412)
    refused(await api.delete(path, headers={"if-match": key["etag"]}), 412)
    assert (await api.delete(path, headers={"if-match": after["etag"]})).status_code == 204
    kept = (await api.get("/audit", params={"limit": 3})).text
    assert "etag" not in kept


async def test_versions_of_a_directorys_user(scim, api, declined) -> None:
    assert (await scim.get("/ServiceProviderConfig")).json()["etag"] == {"supported": True}
    made = await scim.post("/Users", json={"userName": "ann"})
    path, tag = f"/Users/{made.json()['id']}", made.headers["etag"]
    assert tag.startswith('W/"')
    read = await scim.get(path)
    listed = (await scim.get("/Users")).json()["Resources"][0]
    assert tag == read.headers["etag"] == made.json()["meta"]["version"] == listed["meta"]["version"]
    # What the directory does not decide is no change of its version.
    assert (await api.patch("/users/ann", json={"remark": "hers"})).status_code == 200
    rename = {"Operations": [{"op": "replace", "path": "displayName", "value": "Ann Lee"}]}
    done = await scim.patch(path, json=rename, headers={"if-match": tag})
    assert done.status_code == 200, done.text
    assert done.headers["etag"] != tag
    declined(await scim.patch(path, json=rename, headers={"if-match": tag}), 412)
    declined(await scim.put(path, json={"userName": "ann", "active": False}, headers={"if-match": tag}), 412)
    declined(await scim.delete(path, headers={"if-match": tag}), 412)
    # Somebody's edit here is one.
    await api.patch("/users/ann", json={"enabled": False})
    declined(await scim.put(path, json={"userName": "ann"}, headers={"if-match": done.headers["etag"]}), 412)
    assert (await scim.put(path, json={"userName": "ann"}, headers={"if-match": "*"})).status_code == 200
    tag = (await scim.get(path)).headers["etag"]
    assert (await scim.delete(path, headers={"if-match": f'"x", {tag}'})).status_code == 204


async def test_versions_of_a_directorys_group(scim, api, declined) -> None:
    await api.post("/organisations", json={"name": "acme"})
    ann = (await api.post("/users", json={"name": "ann", "organisation": "acme"})).json()["id"]
    made = await scim.post("/Groups", json={"displayName": "acme/search"})
    path, tag = f"/Groups/{made.json()['id']}", made.headers["etag"]
    assert (await api.put(f"/teams/{made.json()['id']}/members/ann")).status_code == 204
    read = await scim.get(path, params={"excludedAttributes": "members"})
    assert "members" not in read.json()
    assert read.headers["etag"] == (await scim.get(path)).json()["meta"]["version"] != tag
    empty = {"displayName": "acme/search", "members": []}
    declined(await scim.put(path, json=empty, headers={"if-match": tag}), 412)
    add = {"Operations": [{"op": "add", "path": "members", "value": [{"value": str(ann)}]}]}
    declined(await scim.patch(path, json=add, headers={"if-match": tag}), 412)
    declined(await scim.delete(path, headers={"if-match": tag}), 412)
    done = await scim.put(path, json=empty, headers={"if-match": read.headers["etag"]})
    assert (done.status_code, done.json()["members"]) == (200, [])
    assert (await scim.delete(path, headers={"if-match": done.headers["etag"]})).status_code == 204
