"""Prices from the library over the real API: what differs, and what is approved."""

from typing import Any

import pytest

from storage.pricing import Terms, Tier, seeding
from storage.pricing.translate import SeedPrice

OLD = [SeedPrice("openai", "mini", 150_000_000, 600_000_000, None, None), SeedPrice("openai", "old", 1, 1, None, None)]
NEXT = [
    SeedPrice("openai", "mini", 160_000_000, 600_000_000, None, None, Terms(tiers=(Tier(above=5, input=1000),))),
    SeedPrice("openai", "next", 5, 5, None, None),
]


@pytest.fixture
async def waiting(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database seeded with OLD, and NEXT installed."""
    monkeypatch.setattr("storage.pricing.seeding.seed_rows", lambda: OLD)
    async with world.sessions.begin() as session:
        await seeding.seed(session)
    monkeypatch.setattr("storage.pricing.seeding.seed_rows", lambda: NEXT)


@pytest.mark.usefixtures("waiting")
async def test_a_difference_is_shown_and_taken_over(api, world) -> None:
    found = (await api.get("/prices/sync")).json()
    assert {item["name"]: item["kind"] for item in found["items"]} == {
        "openai/mini": "changed", "openai/next": "new", "openai/old": "gone",
    }  # fmt: skip
    changed = next(item for item in found["items"] if item["kind"] == "changed")
    assert changed["fields"]["input"] == ["0.15", "0.16"]
    assert changed["fields"]["tiers"][1][0]["above"] == 5
    assert set(changed["fields"]) == {"input", "tiers"}

    taken = (await api.post("/prices/sync", json={"names": ["openai/mini"]})).json()
    assert [item["name"] for item in taken["items"]] == ["openai/mini"]
    assert world.notified == 1
    listed = (await api.get("/prices", params={"source": "seed"})).json()["items"]
    assert {item["model"]: item["input"] for item in listed} == {"mini": "0.16", "old": "0.000000001"}
    assert len((await api.get("/prices/sync")).json()["items"]) == 2
    await api.post("/prices/sync", json={"names": None})
    assert (await api.get("/prices/sync")).json()["items"] == []
    listed = (await api.get("/prices", params={"source": "seed"})).json()["items"]
    assert {item["model"] for item in listed} == {"mini", "next"}


async def test_an_approval_says_what(api, refused) -> None:
    refused(await api.post("/prices/sync", json={}), 422)
    refused(await api.post("/prices/sync", json={"names": "openai/mini"}), 422)
