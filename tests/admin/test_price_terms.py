"""Prices with everything, over the real API: what goes in comes out, and what makes no sense is refused."""

from typing import Any

import pytest

from storage.pricing import PriceBook
from storage.repositories import prices

FULL: dict[str, Any] = {
    "model": "omni",
    "provider": "openai",
    "input": "2.5",
    "output": "10",
    "cache_read": "1.25",
    "cache_write": "3.125",
    "cache_write_1h": "5",
    "reasoning": "12",
    "image_input": "3",
    "image_output": "40",
    "audio_input": "20",
    "audio_output": "80",
    "call": "0.001",
    "second": "0.0001",
    "images": {"1024x1024/hd": "0.08", "*": "0.04"},
    "tools": {"web_search": "0.01"},
    "tiers": [{"above": 200_000, "input": "5", "output": "15"}],
    "windows": [{"start": "16:30", "end": "00:30", "ratio": "0.5", "days": [5, 6]}],
}


async def test_everything_comes_back_and_is_exact(api, world) -> None:
    stored = (await api.put("/prices", json=FULL)).json()
    shown = {name: stored[name] for name in FULL}
    shown["tiers"] = [{name: value for name, value in tier.items() if value is not None} for tier in shown["tiers"]]
    assert shown == FULL
    assert (stored["in_force"], stored["effective_to"]) == (True, None)
    again = await api.put("/prices", json={**FULL, "windows": FULL["windows"]})
    assert again.json()["id"] == stored["id"]
    async with world.sessions() as session:
        tariff = PriceBook(await prices.list_all(session)).find("openai", "omni")
    assert tariff is not None
    assert tariff.call == 1_000_000 * 10**6
    assert tariff.media == 100_000_000  # a tenth of a thousandth of a USD per second, for 1,000 of them
    assert tariff.image_price("1024x1024/hd") == 80_000_000 * 10**6
    assert tariff.tiers[0].cache_read == 1_250_000_000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"call": "1000.1"}, "body.call"),
        ({"second": "-1"}, "body.second"),
        ({"tiers": [{"above": 0}]}, "body.tiers.0.above"),
        ({"tiers": [{"above": 5}, {"above": 5}]}, "body"),
        ({"windows": [{"start": "24:00", "end": "01:00", "ratio": "1"}]}, "body.windows.0.start"),
        ({"windows": [{"start": "23:00", "end": "01:00", "ratio": "1001"}]}, "body.windows.0.ratio"),
        ({"windows": [{"start": "23:00", "end": "01:00", "ratio": "0.0000001"}]}, "body.windows.0.ratio"),
        ({"windows": [{"start": "23:00", "end": "01:00", "ratio": "1", "days": [7]}]}, "body.windows.0.days.0"),
        ({"images": {"a b": "1"}}, "body.images.a b"),
        ({"tools": {"web_search": "x"}}, "body.tools.web_search"),
        ({"ratios": {"model_ratio": 1}}, "body"),
        ({"model": "gpt-*"}, "body.model"),
        ({"effective_from": 5}, "body.effective_from"),
        ({"output": None}, "body"),
    ],
)
async def test_what_makes_no_sense_is_refused(api, refused, change: dict[str, Any], field: str) -> None:
    answer = refused(await api.put("/prices", json={**FULL, **change}), 422)
    assert answer["errors"][0]["field"] == field


async def test_ratios_are_another_way_to_say_the_same(api, refused) -> None:
    ratios = {"model_ratio": "1.5", "completion_ratio": 5, "cache_ratio": 0.1, "create_cache_ratio": "1.25"}
    stored = (await api.put("/prices", json={"model": "sonnet", "ratios": ratios})).json()
    assert [stored[name] for name in ("input", "output", "cache_read", "cache_write", "cache_write_1h")] == [
        "3", "15", "0.3", "3.75", "6",
    ]  # fmt: skip
    assert stored["ratios"] == {
        "model_ratio": "1.5", "completion_ratio": "5", "cache_ratio": "0.1", "create_cache_ratio": "1.25",
    }  # fmt: skip
    call = (await api.put("/prices", json={"model": "song", "ratios": {"model_price": 0.1}})).json()
    assert (call["input"], call["call"], call["ratios"]) == ("0", "0.1", {"model_price": "0.1"})
    assert (await api.put("/prices", json=FULL)).json()["ratios"] is None
    for wrong in ({}, {"model_ratio": 1, "model_price": 1}, {"model_ratio": -1}, {"model_ratio": "NaN"}):
        refused(await api.put("/prices", json={"model": "x", "ratios": wrong}), 422)


async def test_versions_to_come_and_history(api, world, refused) -> None:
    base = {"model": "m", "input": "1", "output": "1"}
    first = (await api.put("/prices", json=base)).json()
    coming = (await api.put("/prices", json={**base, "input": "2", "effective_from": "2999-01-01T00:00:00Z"})).json()
    assert (coming["in_force"], coming["effective_from"]) == (False, "2999-01-01T00:00:00Z")
    assert [each["id"] for each in (await api.get("/prices")).json()["items"]] == [first["id"]]
    history = (await api.get("/prices", params={"history": True, "sort": "-id"})).json()["items"]
    assert [(each["id"], each["in_force"]) for each in history] == [(coming["id"], False), (first["id"], True)]
    assert (await api.delete(f"/prices/{coming['id']}")).status_code == 204
    refused(await api.delete(f"/prices/{coming['id']}"), 404)
    second = (await api.put("/prices", json={**base, "input": "3"})).json()
    refused(await api.delete(f"/prices/{first['id']}"), 404)
    assert (await api.delete(f"/prices/{second['id']}")).status_code == 204
    assert (await api.get("/prices")).json()["total"] == 0
    ended = (await api.get("/prices", params={"history": True})).json()["items"]
    assert len(ended) == 3
    assert all(each["effective_to"] for each in ended)
    async with world.sessions() as session:
        assert PriceBook(await prices.list_all(session)).find("p", "m") is None


async def test_a_default_price_is_that_of_every_model(api, world) -> None:
    await api.put("/prices", json={"model": "*", "input": "1", "output": "2"})
    async with world.sessions() as session:
        tariff = PriceBook(await prices.list_all(session)).find("anyone", "anything")
    assert tariff is not None
    assert tariff.base.input == 10**9


async def test_an_applied_document_owns_the_versions_to_come(api) -> None:
    price = {"model": "m", "input": "1", "output": "1"}

    async def apply(**more: Any) -> list[str]:
        body = {"document": {"prices": [{**price, **more}]}}
        return [change["action"] for change in (await api.post("/apply", json=body)).json()["changes"]]

    assert await apply() == ["create"]
    assert await apply() == ["unchanged"]
    assert await apply(input="2", effective_from="2999-01-01T00:00:00Z") == ["update"]
    assert await apply(input="2", effective_from="2999-01-01T00:00:00Z") == ["unchanged"]
    assert await apply() == ["delete", "unchanged"]
    assert await apply(tools={"web_search": "0.01"}) == ["update"]
    history = (await api.get("/prices", params={"history": True})).json()["items"]
    assert [each["in_force"] for each in history] == [False, False, True]
