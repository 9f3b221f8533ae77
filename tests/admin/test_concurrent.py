"""Changes that arrive at the same time, on both databases: none is lost, and of those with one ETag one is made."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest

from storage import crypto
from storage.database import open_engine, session_factory
from storage.repositories import admin_tokens
from tests.admin.conftest import TOKEN, World
from tests.admin.services import application

MANY = 8


@pytest.fixture(params=["sqlite", "postgres"])
async def api(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    engine = open_engine(request.getfixturevalue(f"migrated_{request.param}"))
    sessions = session_factory(engine)
    async with sessions.begin() as session:
        await admin_tokens.create(session, crypto.digest(TOKEN), "first")
    app = application(World(sessions, crypto.SecretBox(b"k" * 32)).services())
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://x/api/v1", headers=headers
    ) as client:
        for path, more in (("/channels", {"provider": "openai"}), ("/keys", {})):
            assert (await client.post(path, json={"name": "main", **more})).status_code == 201
        yield client
    await engine.dispose()


def edits(noun: str, first: int = 10) -> list[dict[str, object]]:
    """Each sets something else, so that none is without effect."""
    if noun == "channels":
        return [{"weight": number} for number in range(first, first + MANY)]
    return [{"models": [f"m{number}"]} for number in range(first, first + MANY)]


@pytest.mark.parametrize("noun", ["channels", "keys"])
async def test_of_edits_with_the_same_etag_one_wins(api: httpx.AsyncClient, noun: str) -> None:
    for turn in range(1, 4):
        tag = {"if-match": (await api.get(f"/{noun}/main")).headers["etag"]}
        bodies = edits(noun, turn * MANY)
        answers = await asyncio.gather(*(api.patch(f"/{noun}/main", json=body, headers=tag) for body in bodies))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 412: MANY - 1}
        (winner,) = (answer for answer in answers if answer.status_code == 200)
        assert (await api.get(f"/{noun}/main")).json() == winner.json()


@pytest.mark.parametrize("noun", ["channels", "keys"])
async def test_an_edit_and_a_removal_with_the_same_etag(api: httpx.AsyncClient, noun: str) -> None:
    tag = {"if-match": (await api.get(f"/{noun}/main")).headers["etag"]}
    edited, removed = await asyncio.gather(
        api.patch(f"/{noun}/main", json=edits(noun)[0], headers=tag), api.delete(f"/{noun}/main", headers=tag)
    )
    assert (edited.status_code, removed.status_code) in {(200, 412), (404, 204)}


async def test_edits_without_an_etag_all_count(api: httpx.AsyncClient) -> None:
    limits = {"connect_timeout_s": 1.5, "first_byte_timeout_s": 2.5, "idle_timeout_s": 3.5}
    answers = await asyncio.gather(
        *(api.patch("/channels/main", json={"settings": {name: value}}) for name, value in limits.items())
    )
    assert {answer.status_code for answer in answers} == {200}
    assert (await api.get("/channels/main")).json()["settings"] == limits


async def test_an_apply_compares_with_what_it_replaces(api: httpx.AsyncClient) -> None:
    def apply(weight: int) -> dict[str, object]:
        return {"document": {"channels": [{"name": "main", "provider": "openai", "weight": weight}]}}

    answers = await asyncio.gather(*(api.post("/apply", json=apply(weight)) for weight in range(2, 2 + MANY)))
    assert {answer.status_code for answer in answers} == {200}
    changes = [answer.json()["changes"][0]["fields"]["weight"] for answer in answers]
    # Each says what it found: together they are one chain from the first value to the last.
    assert sorted([1, *(new for _, new in changes)]) == sorted(
        [*(old for old, _ in changes), (await api.get("/channels/main")).json()["weight"]]
    )
