"""Prices over the real API: USD text outside, nano-USD inside."""

from typing import Any

import pytest

from admin.schemas.amounts import nano_to_usd, usd_to_nano
from storage.models import Price
from storage.repositories import prices


@pytest.mark.parametrize(
    ("text", "nano"),
    [
        ("0.15", 150_000_000),
        ("0", 0),
        (0.1, 100_000_000),
        (3, 3_000_000_000),
        ("0.000000001", 1),
        (1e-9, 1),
        ("1e2", 100_000_000_000),
        ("1000000", 10**15),
    ],
)
def test_usd_is_exact(text: object, nano: int) -> None:
    assert usd_to_nano(text) == nano
    assert usd_to_nano(nano_to_usd(nano)) == nano


BAD_AMOUNTS: list[Any] = [
    "-1",
    "NaN",
    "Infinity",
    "",
    "1,5",
    "0.0000000001",
    "1e999999999",
    "1" * 50,
    1e300,
    True,
    None,
    [],
    {},
    "1_000",
    " 1",
    "\u0661",
]


async def test_bad_amounts(api, refused) -> None:
    for bad in BAD_AMOUNTS:
        body = {"model": "m", "input": bad, "output": "1"}
        field = "body.input" if bad is not None else "body"
        assert refused(await api.put("/prices", json=body), 422)["errors"][0]["field"] == field


async def test_set_and_remove(api, world, refused) -> None:
    async with world.sessions.begin() as session:
        await prices.create(
            session, Price(provider="openai", model="gpt-5-mini", input=250, output=2000, source="seed")
        )
    answer = await api.put("/prices", json={"model": "gpt-5-mini", "input": "0.30", "output": 2, "cache_read": "0.03"})
    first = answer.json()
    assert (first["input"], first["output"], first["cache_read"], first["cache_write"]) == ("0.3", "2", "0.03", None)
    assert (first["source"], first["provider"]) == ("operator", "")
    again = await api.put("/prices", json={"model": "gpt-5-mini", "input": 0.3, "output": "2.0", "cache_read": "0.030"})
    assert again.json() == first
    assert world.notified == 1
    second = (await api.put("/prices", json={"model": "gpt-5-mini", "input": "0.31", "output": 2})).json()
    assert second["id"] != first["id"]

    listed = (await api.get("/prices")).json()
    assert listed["total"] == 2
    seed = next(item for item in listed["items"] if item["source"] == "seed")
    assert seed["input"] == "0.00000025"
    assert (await api.get("/prices", params={"source": "operator"})).json()["items"] == [second]
    assert (await api.get("/prices", params={"provider": "openai"})).json()["items"] == [seed]
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await api.get("/prices", params={"search": "GPT-5", "limit": 1, "cursor": cursor})).json()
        assert page["total"] == 2
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert seen == [seed["id"], second["id"]]
    past = (await api.get("/prices", params={"history": True, "sort": "-id"})).json()
    assert [(one["id"], one["in_force"]) for one in past["items"]] == [
        (second["id"], True), (first["id"], False), (seed["id"], True)
    ]  # fmt: skip

    refused(await api.delete(f"/prices/{seed['id']}"), 409)
    assert (await api.delete(f"/prices/{second['id']}")).status_code == 204
    refused(await api.delete(f"/prices/{second['id']}"), 404)
