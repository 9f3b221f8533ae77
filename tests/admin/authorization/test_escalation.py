"""Nobody grants what they do not have, rules over who has more, or removes the last root."""

import asyncio
from typing import Any

import httpx

from admin.permissions import Reach
from storage.models import AutomationToken, User
from storage.repositories import automation_tokens, users
from tests.admin.authorization.conftest import Cast, House, may
from tests.admin.conftest import World

Houses = tuple[House, House]


async def person(world: World, name: str, **columns: Any) -> User:
    async with world.sessions.begin() as session:
        return await users.create(session, User(name=name, **columns))


async def send(call: httpx.AsyncClient, who: str, method: str, path: str, body: Any = None) -> httpx.Response:
    return await call.request(method, f"/api/v1{path}", json=body, headers={"x-as": who})


async def test_a_role_is_given_by_who_has_it(call: httpx.AsyncClient, world: World, cast: Cast) -> None:
    await person(world, "ann")
    cast.add("root", may("root"))
    cast.add("admin", may("admin"))
    cast.add("clerk", {"users.write": Reach.ALL, "users.read": Reach.ALL})
    cast.add("helper", {**may("admin"), "roles.write": Reach.OWN})
    for who, role, status in (
        ("helper", "viewer", 403), ("clerk", "viewer", 403), ("clerk", "admin", 403), ("admin", "root", 403),
        ("admin", "nonsense", 422),
        ("admin", "finance", 200), ("root", "root", 200),
    ):  # fmt: skip
        answer = await send(call, who, "PATCH", "/users/ann", {"role": role})
        assert answer.status_code == status, f"{who} {role}: {answer.text}"
    assert (await send(call, "clerk", "POST", "/users", {"name": "eve", "role": "admin"})).status_code == 403


async def test_who_may_do_more_is_not_touched(call: httpx.AsyncClient, world: World, cast: Cast) -> None:
    await person(world, "boss", role="root")
    await person(world, "second", role="root")
    cast.add("admin", may("admin"))
    cast.add("root", may("root"))
    body = {"email": "mine@example.com"}
    for method, path, wanted in (
        ("PATCH", "/users/boss", body), ("DELETE", "/users/boss", None), ("PATCH", "/users/boss", {"enabled": False}),
        ("PATCH", "/users/boss", {"role": "member"}), ("DELETE", "/users/boss?purge=true", None),
    ):  # fmt: skip
        answer = await send(call, "admin", method, path, wanted)
        assert answer.status_code == 403, answer.text
    done = (await send(call, "admin", "POST", "/users/bulk", {"action": "remove", "ids": [1, 2]})).json()
    assert (done["changed"], done["refused"], done["results"][0]["status"]) == (0, 2, 403)
    assert (await send(call, "root", "PATCH", "/users/boss", body)).status_code == 200


async def test_the_last_root_stays(call: httpx.AsyncClient, world: World, cast: Cast) -> None:
    ann = await person(world, "ann", role="root")
    await person(world, "off", role="root", enabled=False)
    await person(world, "locked", role="root", locked_at=1)
    cast.add("root", may("root"), user_id=ann.id)
    for method, path, wanted in (
        ("PATCH", "/users/ann", {"role": "admin"}), ("PATCH", "/users/ann", {"enabled": False}),
        ("DELETE", "/users/ann", None), ("DELETE", "/users/ann?purge=true", None),
    ):  # fmt: skip
        answer = await send(call, "root", method, path, wanted)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:gateway:problem:last-root"), path
    assert (await send(call, "root", "PATCH", "/users/off", {"enabled": True})).status_code == 200
    assert (await send(call, "root", "PATCH", "/users/ann", {"role": "admin"})).status_code == 200


async def test_of_two_roots_that_demote_each_other_one_stays(call: httpx.AsyncClient, world: World, cast: Cast) -> None:
    for name in ("ann", "bob"):
        await person(world, name, role="root")
    cast.add("root", may("root"))
    answers = await asyncio.gather(
        *(send(call, "root", "PATCH", f"/users/{name}", {"role": "member"}) for name in ("ann", "bob"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_permission_sets(call: httpx.AsyncClient, houses: Houses, world: World, cast: Cast) -> None:
    root = {"name": "support", "permissions": ["users.read", "logs.read"], "remark": "help desk"}
    made = (await send(call, "root", "POST", "/roles", root)).json()
    assert (made["place"], made["permissions"]) == ("both", ["logs.read", "users.read"])
    for body, status in (
        ({"name": "x", "permissions": ["settings.write"]}, 422),  # means nothing there
        ({"name": "x", "permissions": ["nonsense"]}, 422),
        ({"name": "admin", "permissions": []}, 409),
        ({"name": "team-lead", "permissions": ["users.write", "keys.write"]}, 201),
    ):
        answer = await send(call, "boss", "POST", "/roles", body)
        assert answer.status_code == status, answer.text
    lead = answer.json()
    assert lead["organisation_id"] == houses[0].organisation.id
    given = {"organisation_role": "team-lead"}
    assert (await send(call, "boss", "PATCH", "/users/lion-member", given)).status_code == 200
    assert (await send(call, "root", "PATCH", "/users/lion-member", {"role": "team-lead"})).status_code == 422
    assert (await send(call, "root", "PATCH", "/users/zebra-member", given)).status_code == 422
    assert (await send(call, "boss", "DELETE", f"/roles/{lead['id']}")).status_code == 409
    # Somebody with fewer rights neither widens nor gives the role.
    cast.add("clerk", {"roles.write": Reach.ORGANISATION}, organisation_id=houses[0].organisation.id)
    assert (await send(call, "clerk", "PATCH", f"/roles/{lead['id']}", {"permissions": []})).status_code == 403
    assert (await send(call, "boss", "PATCH", f"/roles/{made['id']}", {"permissions": []})).status_code == 404
    assert (await send(call, "boss", "GET", f"/roles/{made['id']}")).status_code == 200
    renamed = await send(call, "boss", "PATCH", f"/roles/{lead['id']}", {"name": "chief"})
    assert renamed.json()["name"] == "chief"
    assert (await send(call, "root", "GET", "/users/lion-member")).json()["organisation_role"] == "chief"
    names = [one["name"] for one in (await send(call, "boss", "GET", "/roles")).json()["items"]]
    assert {"support", "chief", "root"} <= set(names)
    assert "zebra-role" not in names


async def test_a_token_never_does_more_than_who_made_it(
    call: httpx.AsyncClient, houses: Houses, world: World, cast: Cast, anyone: httpx.AsyncClient
) -> None:
    ours, _ = houses
    for who, body, status in (
        ("member", {"name": "t", "scopes": ["settings.write"]}, 403),
        ("member", {"name": "t", "scopes": ["keys.*"], "service": True}, 403),
        ("boss", {"name": "t", "scopes": ["users.read"], "service": True}, 403),
        ("member", {"name": "t", "scopes": ["nonsense"]}, 422),
        ("member", {"name": "t", "scopes": []}, 422),
        ("member", {"name": "t", "scopes": ["*"], "expires_at": "2020-01-01T00:00:00Z"}, 422),
        ("member", {"name": "t", "scopes": ["keys.*"]}, 201),
        ("root", {"name": "ci", "scopes": ["users.read"], "service": True}, 201),
    ):
        answer = await send(call, who, "POST", "/tokens", body)
        assert answer.status_code == status, f"{body}: {answer.text}"
    token = answer.json()
    assert token["token"].startswith("gwt-")
    assert token["user_id"] is None
    assert token["token"] not in (await send(call, "root", "GET", f"/tokens/{token['id']}")).text
    headers = {"authorization": f"Bearer {token['token']}"}
    assert len((await anyone.get("/api/v1/users", headers=headers)).json()["items"]) == 4
    assert (await anyone.get("/api/v1/keys", headers=headers)).status_code == 403
    narrow = {"keys.read": Reach.OWN, "tokens.write": Reach.OWN, "secrets.reveal": Reach.OWN}
    cast.add("robot", narrow, kind="token", user_id=ours.member.id)
    assert (await send(call, "robot", "POST", "/tokens", {"name": "t", "scopes": ["*"]})).status_code == 403
    assert (await send(call, "robot", "POST", "/tokens", {"name": "t", "scopes": ["keys.*"]})).status_code == 403
    assert (await send(call, "robot", "POST", "/tokens", {"name": "t", "scopes": ["keys.read"]})).status_code == 201
    async with world.sessions() as session:
        mine = (await session.scalars(automation_tokens.query(user_id=ours.member.id))).all()
    wide = next(row for row in mine if row.scopes == ["keys.*"])
    narrow_one = next(row for row in mine if row.name == "lion-token")
    assert isinstance(wide, AutomationToken)
    change = {"scopes": ["keys.*"]}
    assert (await send(call, "robot", "PATCH", f"/tokens/{narrow_one.id}", change)).status_code == 403
    assert (await send(call, "boss", "PATCH", f"/tokens/{narrow_one.id}", change)).status_code == 403
    assert (await send(call, "boss", "PATCH", f"/tokens/{wide.id}", {"enabled": False})).status_code == 200
    assert (await send(call, "boss", "DELETE", f"/tokens/{wide.id}")).status_code == 204
    robot = {"enabled": True, "expires_at": None}
    cast.add("plain", {**narrow, "secrets.reveal": Reach.OWN}, kind="token", user_id=ours.member.id)
    cast.callers["plain"].reaches.pop("secrets.reveal")  # type: ignore[attr-defined]
    assert (await send(call, "plain", "PATCH", f"/tokens/{narrow_one.id}", robot)).status_code == 403


async def test_applying_a_document_needs_what_it_changes(call: httpx.AsyncClient, cast: Cast) -> None:
    cast.add("builder", {"apply.write": Reach.ALL, "prices.write": Reach.ALL})
    for section in ("channels", "keys", "groups", "limits"):
        answer = await send(call, "builder", "POST", "/apply", {"document": {section: []}})
        assert answer.status_code == 403, section
    assert (await send(call, "builder", "POST", "/apply", {"document": {"prices": []}})).status_code == 200


async def test_an_identity_provider_gives_no_more_than_its_maker_has(call: httpx.AsyncClient, cast: Cast) -> None:
    cast.add("clerk", {"settings.write": Reach.ALL, "settings.read": Reach.ALL})
    cast.add("root", may("root"))
    settings = {"client_id": "x", "issuer": "https://id.example.com", "grants": [{"value": "staff", "role": "root"}]}
    body = {"slug": "corp", "kind": "oidc", "title": "Corp", "settings": settings, "secret": "s" * 20}
    refused = await send(call, "clerk", "POST", "/identity-providers", body)
    assert refused.status_code == 403, refused.text
    plain = {**body, "settings": {**settings, "grants": []}}
    made = await send(call, "clerk", "POST", "/identity-providers", plain)
    assert made.status_code == 201, made.text
    change = {"settings": settings}
    assert (await send(call, "clerk", "PATCH", "/identity-providers/corp", change)).status_code == 403
    assert (await send(call, "root", "PATCH", "/identity-providers/corp", change)).status_code == 200
    assert (await send(call, "clerk", "PATCH", "/identity-providers/corp", {"title": "New"})).status_code == 403
