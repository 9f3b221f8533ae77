"""The index of routes: it finds what FastAPI would have found, and says no where that would have."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from admin.dispatch import Dispatch


def _router(*paths: str, says: str = "") -> APIRouter:
    router = APIRouter()
    for path in paths:

        async def answer(path: str = path) -> str:
            return says or path

        router.add_api_route(path, answer)
    return router


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    routers = [
        ("/api/v1", _router("/keys", "/keys/{key}", "/users/{user}/keys")),
        ("/api/v1", _router("/keys/last", "/keys", says="never: the first one has these")),
        ("/api/v1", _router("/users/me")),
        ("", _router("/api/usage", "/v1/models/{model}")),
    ]
    app.router.middleware_stack = Dispatch(routers, app.router.app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/api/v1/keys", "/keys"),
        ("/api/v1/keys/a", "/keys/{key}"),
        ("/api/v1/keys/last", "/keys/{key}"),
        ("/api/v1/%6Beys", "/keys"),
        ("/api/v1/users/a/keys", "/users/{user}/keys"),
        ("/api/v1/users/me", "/users/me"),
        ("/api/usage", "/api/usage"),
        ("/v1/models/m", "/v1/models/{model}"),
    ],
)
async def test_the_first_that_matches_answers(client: httpx.AsyncClient, path: str, found: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()) == (200, found)


@pytest.mark.parametrize(
    "path",
    ["/", "/api", "/api/v1", "/api/v1/", "/api/v1/none", "/keys", "/api/keys", "/v1", "/api/v1//keys", "/v1/keys"],
)
async def test_what_nobody_has_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_another_method_is_said_to_be_wrong(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/keys")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_a_parameter_in_the_first_place_cannot_be_looked_up() -> None:
    with pytest.raises(LookupError, match="noun"):
        Dispatch([("/api/v1", _router("/{noun}/all"))], FastAPI())


async def test_what_is_no_request_goes_on() -> None:
    seen = []

    async def others(scope, _receive, _send) -> None:
        seen.append(scope["type"])

    await Dispatch([], others)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
    assert seen == ["lifespan"]
