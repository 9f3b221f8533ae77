"""The palette's search: a few of each kind by name, and nothing that the caller does not reach."""

import httpx

from storage.models import Channel, Group, Model, Plan
from tests.admin.authorization.conftest import MARK, House
from tests.admin.conftest import World

Houses = tuple[House, House]


async def search(call: httpx.AsyncClient, who: str, q: str, **more: int) -> list[tuple[str, str]]:
    answer = await call.get("/api/v1/search", params={"q": q, **more}, headers={"x-as": who})
    assert answer.status_code == 200, answer.text
    return [(hit["kind"], hit["name"]) for hit in answer.json()["items"]]


async def test_of_every_kind(call: httpx.AsyncClient, houses: Houses, world: World) -> None:
    ours, _ = houses
    async with world.sessions.begin() as session:
        session.add_all([
            Channel(name="lion-channel", provider="openai", models={}), Group(name="lions", ratio=1_000_000),
            Model(name="lion-1", title="Lion one"), Plan(name="lion-plan", price=1, term_unit="month", quota=1),
        ])  # fmt: skip
    found = await search(call, "root", "LION")
    assert {kind for kind, _ in found} - {"setting"} == {
        "channel", "user", "key", "model", "group", "organisation", "team", "plan",
    }  # fmt: skip
    assert ("user", "lion-boss") in found
    assert ("setting", "password_login") in await search(call, "root", "identity.password", limit=20)
    assert await search(call, "root", f"req_{MARK}") == [("request", f"req_{MARK}")]
    assert await search(call, "root", "LION-ORDER") == [("order", "LION-ORDER")]
    assert ("user", "lion-member") in await search(call, "root", str(ours.member.id))
    assert ("user", "lion-member") in await search(call, "root", "lion@x.io")


async def test_nothing_of_others(call: httpx.AsyncClient, houses: Houses) -> None:
    assert houses
    for who in ("boss", "viewer", "member", "loner"):
        for text in (MARK, f"req_{MARK}", f"{MARK.upper()}-ORDER"):
            assert await search(call, who, text) == []
        assert [kind for kind, _ in await search(call, who, "password")] == []
    assert ("key", "lion-key") in await search(call, "member", "lion")
    assert ("team", "lion-team") not in await search(call, "member", "lion")


async def test_bounded(call: httpx.AsyncClient, houses: Houses) -> None:
    assert houses
    answer = await call.get("/api/v1/search", params={"q": "lion", "limit": 1}, headers={"x-as": "root"})
    assert sum(hit["kind"] == "user" for hit in answer.json()["items"]) == 1
    assert answer.json()["more"] == ["user"]
    wrong: list[dict[str, str | int]] = [{"q": ""}, {"q": "x" * 101}, {"q": "a\x00"}, {"q": "x", "limit": 21}]
    for bad in wrong:
        assert (await call.get("/api/v1/search", params=bad, headers={"x-as": "root"})).status_code == 422
    assert await search(call, "root", "l%n") == []
    assert await search(call, "root", "lion_key") == []
