"""What people may make of their own keys, and what they learn of others'."""

from typing import Any

from fastapi import FastAPI

from admin.options.keys import KeyOptions
from storage.models import Group, Organisation, User
from tests.admin.authorization.conftest import Cast, may
from tests.admin.conftest import World


async def _people(world: World, cast: Cast) -> dict[str, int]:
    async with world.sessions.begin() as session:
        homes = [Organisation(name="one"), Organisation(name="two")]
        session.add_all(homes)
        await session.flush()
        people = {
            "ann": User(name="ann", organisation_id=homes[0].id),
            "ben": User(name="ben", organisation_id=homes[0].id),
            "eve": User(name="eve", organisation_id=homes[1].id),
        }
        session.add_all(people.values())
        session.add_all([Group(name="open", ratio=1, usable_by=["*"]), Group(name="closed", ratio=1)])
        await session.flush()
        ids = {name: one.id for name, one in people.items()}
        cast.add("ann", may(), user_id=ids["ann"], organisation_id=homes[0].id)
        cast.add("ben", may(inside="admin"), user_id=ids["ben"], organisation_id=homes[0].id)
        cast.add("eve", may(), user_id=ids["eve"], organisation_id=homes[1].id)
        cast.add("root", may("root"))
    return ids


async def test_own_keys(world: World, cast: Cast, stage: FastAPI, call: Any) -> None:
    await _people(world, cast)

    async def do(who: str, method: str, path: str, **body: Any) -> Any:
        return await call.request(method, f"/api/v1/keys{path}", headers={"x-as": who}, json=body or None)

    made = (await do("ann", "POST", "", name="app", group="open")).json()
    assert made["user"] == "ann"
    same = (await do("eve", "POST", "", name="app")).json()  # nothing is said of the other
    assert same["name"].startswith("app-")
    for who, status in (("eve", 404), ("ben", 200), ("root", 200)):
        assert (await do(who, "GET", f"/{made['id']}")).status_code == status
    for method, path in (("PATCH", ""), ("DELETE", ""), ("POST", "/rotate")):
        answer = await do("eve", method, f"/{made['id']}{path}", **({"remark": "x"} if method == "PATCH" else {}))
        assert answer.status_code == 404
    done = (await do("eve", "POST", "/bulk", action="delete", ids=[made["id"]], filter={})).json()
    assert (done["matched"], done["changed"], done["refused"]) == (2, 1, 1)
    refused: list[tuple[dict[str, Any], int]] = [
        ({"name": "a", "group": "closed"}, 422),
        ({"name": "a", "groups": ["open", "closed"]}, 422),
        ({"name": "a", "admin": True}, 403),
        ({"name": "a", "user": "eve"}, 404),
        ({"name": "a", "user": "ben"}, 404),
        ({"name": "a", "key": "my-own-value-0000000000000"}, 403),
        ({"name": "a", "limits": [{"metric": "concurrent", "amount": 1}]}, 403),
    ]
    for body, status in refused:
        answer = await do("ann", "POST", "", **body)
        assert answer.status_code == status, (body, answer.text)
    assert (await do("ann", "PATCH", f"/{made['id']}", user=None)).status_code == 403
    assert (await do("ann", "PATCH", f"/{made['id']}", admin=True)).status_code == 403
    assert (await do("ann", "PATCH", f"/{made['id']}", group="closed")).status_code == 422
    assert (await do("ann", "PATCH", f"/{made['id']}", budgets=[{"period": "day", "amount": "1"}])).status_code == 200
    assert (await do("ben", "POST", "", name="b", user="ann")).json()["user"] == "ann"
    assert (await do("ben", "POST", "", name="c", user="eve")).status_code == 404
    assert (await do("ben", "PATCH", f"/{made['id']}", user="eve")).status_code == 404
    assert [one["name"] for one in (await do("ann", "GET", "")).json()["items"]] == ["app", "b"]
    assert (await do("eve", "GET", "")).json()["items"] == []
    assert (await do("eve", "GET", "?user=ann")).status_code == 404
    assert (await do("ann", "GET", "?organisation=two")).status_code == 404


async def test_how_many_keys(world: World, cast: Cast, stage: FastAPI, call: Any) -> None:
    await _people(world, cast)
    services = world.services()
    async with services.sessions.begin() as session:
        await services.options.change(session, KeyOptions, {"most_per_user": 3, "own_values": True}, "test")
    headers = {"x-as": "ann"}
    value = "my-own-value-0000000000000"
    assert (await call.post("/api/v1/keys", headers=headers, json={"name": "a", "key": value})).status_code == 201
    answer = await call.post("/api/v1/keys/batch", headers=headers, json={"name": "b", "count": 3})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:gateway:problem:too-many")
    assert (await call.post("/api/v1/keys/batch", headers=headers, json={"name": "b", "count": 2})).status_code == 201
    assert (await call.post("/api/v1/keys", headers=headers, json={"name": "d"})).status_code == 409
