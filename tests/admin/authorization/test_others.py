"""What belongs to another organisation does not exist: not by its name, not by its id, not in a list."""

import re
from typing import Any

import httpx
import pytest

from admin import reference
from admin.reference import Route
from tests.admin.authorization.conftest import MARK, House
from tests.admin.authorization.test_matrix import NOBODYS
from tests.admin.conftest import World

Houses = tuple[House, House]


def filled(path: str, refs: dict[str, str]) -> str | None:
    """The path with its parameters, None when one is not known."""
    names = re.findall(r"\{([^}:]+)[^}]*\}", path)
    if not names or not all(name in refs for name in names):
        return None
    return re.sub(r"\{([^}:]+)[^}]*\}", lambda match: refs[match[1]], path)


def with_path() -> list[Route]:
    return [route for route in reference.routes() if "{" in route.path and not route.public]


@pytest.mark.parametrize("who", ["boss", "viewer", "member"])
async def test_ids_tell_nothing(call: httpx.AsyncClient, houses: Houses, who: str) -> None:
    _, theirs = houses
    asked = 0
    for route in with_path():
        path = filled(route.path, theirs.refs)
        nothing = filled(route.path, dict.fromkeys(theirs.refs, NOBODYS))
        if path is None or nothing is None:
            continue
        body: dict[str, Any] = {"json": {}} if route.method in {"POST", "PUT", "PATCH"} else {}
        found = await call.request(route.method, path, headers={"x-as": who}, **body)
        absent = await call.request(route.method, nothing, headers={"x-as": who}, **body)
        asked += 1
        assert found.status_code >= 400, f"{route.method} {path}: {found.text}"
        assert found.status_code == absent.status_code, f"{route.method} {path}: {found.text} {absent.text}"
        # A directory is told what it is in a word of its own (RFC 7644, 3.12), or by the status alone.
        word = "scimType" if path.startswith("/scim/") else "type"
        assert found.json().get(word) == absent.json().get(word)
        assert word == "scimType" or found.json()["type"]
    assert asked > 40


@pytest.mark.parametrize("who", ["boss", "viewer", "member", "loner"])
async def test_lists_hold_nothing_of_others(call: httpx.AsyncClient, houses: Houses, who: str) -> None:
    _, theirs = houses
    for route in reference.routes():
        if "{" in route.path or route.method != "GET" or route.public or "/events" in route.path:
            continue
        for query in ({}, {"q": MARK}, {"organisation": theirs.organisation.name}, {"user": theirs.member.name}):
            answer = await call.get(route.path, params=query, headers={"x-as": who})
            assert answer.status_code < 500
            own_words = answer.text if answer.status_code < 400 else ""
            assert MARK not in own_words, f"{route.path} {query}: {answer.text[:300]}"


async def test_operators_see_what_is_there(call: httpx.AsyncClient, houses: Houses) -> None:
    """The same references are right: somebody who reaches everything gets the objects."""
    _, theirs = houses
    paths = {"entry": "audit", "number": "orders", "rule": "captures/rules", "request_id": "usage"}
    for noun, ref in theirs.refs.items():
        if noun in {"delivery", "target"}:
            continue
        path = paths.get(noun, f"{noun}s")
        answer = await call.get(f"/api/v1/{path}/{ref}", headers={"x-as": "root"})
        assert answer.status_code == 200, f"{noun}: {answer.text}"
    own = await call.get("/api/v1/users", headers={"x-as": "boss"})
    assert [one["name"] for one in own.json()["items"]] == ["lion-boss", "lion-member"]
    assert "lion-remark" not in (await call.get("/api/v1/organisations", headers={"x-as": "boss"})).text
    mine = await call.get("/api/v1/users", headers={"x-as": "member"})
    assert [one["name"] for one in mine.json()["items"]] == ["lion-member"]


async def test_what_an_admin_of_an_organisation_makes_stays_in_it(
    call: httpx.AsyncClient, houses: Houses, world: World
) -> None:
    ours, theirs = houses
    headers = {"x-as": "boss"}
    tried = [
        ("POST", "/users", {"name": "eve", "organisation": theirs.organisation.name}, 404),
        ("PATCH", "/users/lion-member", {"organisation": theirs.organisation.name}, 404),
        ("PATCH", "/users/lion-member", {"organisation": None}, 403),
        ("POST", "/teams", {"name": "t", "organisation": theirs.organisation.name}, 404),
        ("POST", "/roles", {"name": "r", "permissions": [], "organisation": theirs.organisation.name}, 404),
        ("POST", "/budgets", {"scope": "user", "owner": theirs.member.name, "period": "day", "amount": "1"}, 404),
        ("POST", "/budgets", {"scope": "organisation", "owner": "lion-org", "period": "day", "amount": "1"}, 403),
        ("PUT", f"/teams/{ours.refs['team']}/members/{theirs.member.name}", None, 404),
        ("PATCH", "/users/lion-member", {"organisation_role": "zebra-role"}, 422),
        ("PATCH", "/organisations/lion-org", {"default_group": "vip"}, 403),
        ("PATCH", "/users/lion-member", {"group": "vip"}, 422),
    ]
    for method, path, body, status in tried:
        answer = await call.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == status, f"{method} {path}: {answer.text}"
    made = await call.post("/api/v1/users", json={"name": "eve"}, headers=headers)
    assert (made.status_code, made.json()["organisation"]) == (201, "lion-org")
    assert (await call.post("/api/v1/teams", json={"name": "t"}, headers=headers)).status_code == 201
