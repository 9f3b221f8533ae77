"""Every route as everybody: nobody, each built-in role, each role inside an organisation. And the pages that say so."""

import re
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from admin import reference
from admin.app import endpoint_modules
from admin.reference import EVERYBODY, Route
from storage.models import Organisation, User
from storage.repositories import organisations, users
from tests.admin.authorization.conftest import Cast
from tests.admin.conftest import World

NOBODYS = "2147483000"
"""An id that nothing has, so that no call changes anything."""


def path_of(route: Route) -> str:
    return re.sub(r"\{[^}]+\}", NOBODYS, route.path)


async def ask(call: httpx.AsyncClient, route: Route, who: str) -> tuple[int, dict[str, Any]]:
    body: dict[str, Any] = {"json": {}} if route.method in {"POST", "PUT", "PATCH"} else {}
    answer = await call.request(route.method, path_of(route), headers={"x-as": who}, **body)
    kind = answer.headers.get("content-type", "")
    refusal = answer.status_code >= 400 and kind in {"application/problem+json", "application/scim+json"}
    return answer.status_code, answer.json() if refusal else {}


def test_every_route_says_whom_it_is_for() -> None:
    silent = [
        f"{module.__name__} {route.path}"
        for module in endpoint_modules()
        for name in ("router", "public_router")
        if isinstance(router := getattr(module, name, None), APIRouter)
        for route in router.routes
        if isinstance(route, APIRoute) and not reference.declares(route)
    ]
    assert silent == []


async def test_nobody_gets_nothing(call: httpx.AsyncClient) -> None:
    for route in reference.routes():
        if not route.public:
            status, _ = await ask(call, route, "")
            assert status == 401, f"{route.method} {route.path}: {status}"


@pytest.mark.parametrize("who", EVERYBODY)
async def test_everybody_gets_what_the_page_says(call: httpx.AsyncClient, cast: Cast, world: World, who: str) -> None:
    async with world.sessions.begin() as session:
        home = await organisations.create(session, Organisation(name="acme"))
        user = await users.create(session, User(name="ann", organisation_id=home.id))
    inside = home.id if who.endswith("of an organisation") else None
    cast.add(who, EVERYBODY[who], user_id=user.id, organisation_id=inside)
    wrong = []
    for route in reference.routes():
        if route.public:
            continue
        status, problem = await ask(call, route, who)
        gate = status == 403 and problem.get("detail") == f"You need the permission {route.permission!r} for this."
        refused = bool(route.permission) and route.reach(EVERYBODY[who]) is None
        if gate != refused or status == 401 or status >= 500:
            wrong.append(f"{route.method} {route.path}: {status} {problem.get('detail', '')}")
    assert wrong == []


def test_the_pages_are_made_from_the_routes() -> None:
    again = "run: python -m admin.reference"
    for name, text in (("authorization.md", reference.authorization()), ("options.md", reference.options_page())):
        assert (reference.DOCS / name).read_text(encoding="utf-8") == text, again
    page = (reference.DOCS / "admin-api.md").read_text(encoding="utf-8")
    assert reference.api_page(page) == page, again


async def test_bodies_refuse_fields_that_they_do_not_have(call: httpx.AsyncClient) -> None:
    """Mass assignment: a field that a shape does not name is never taken."""
    document = (await call.get("/api/v1/openapi.json")).json()
    schemas = document["components"]["schemas"]
    open_shapes = set()
    for path, item in document["paths"].items():
        if path.startswith("/scim/"):  # directories send attributes that are not kept here; they are dropped
            continue
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            for part in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())):
                name = part.get("$ref", "").rpartition("/")[2]
                if name and schemas[name].get("additionalProperties") is not False and "properties" in schemas[name]:
                    open_shapes.add(f"{method.upper()} {path}: {name}")
    assert open_shapes == set()
