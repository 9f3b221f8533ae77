"""The overview shows a caller what is theirs: nothing of another organisation, no channels, no providers' costs."""

import httpx
import pytest

from tests.admin.authorization.conftest import MARK, Cast, House, may


async def _read(call: httpx.AsyncClient, who: str, **query: str) -> httpx.Response:
    return await call.get("/api/v1/dashboard", params=query, headers={"x-as": who})


@pytest.mark.parametrize("few", [20_000, 0])
async def test_only_what_is_theirs(
    call: httpx.AsyncClient, houses: tuple[House, House], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin.dashboard.FEW", few)
    ours, _ = houses
    for who, scope in (("boss", "organisation"), ("member", "own"), ("boss", "own")):
        found = (await _read(call, who, scope=scope)).json()
        assert found["scope"] == scope
        assert MARK not in str(found)
        assert (found["top_channels"], found["health"], found["now"]["provider_cost"]) == ([], None, 0)
        assert found["now"]["requests"] == (1 if who == "member" or scope == "organisation" else 0)
    found = (await _read(call, "member")).json()
    assert (found["scope"], [one["name"] for one in found["top_models"]]) == ("own", ["lion-model"])
    assert [one["name"] for one in found["top_keys"]] == ["lion-key"]
    assert found["balance"]["account_id"] == int(ours.refs["account"])
    found = (await _read(call, "root")).json()
    assert (found["scope"], found["now"]["requests"]) == ("all", 2)
    assert found["health"] == {"channels": 0, "enabled": 0, "off_by_failures": 0, "failing": []}


async def test_wider_than_one_reaches(call: httpx.AsyncClient, houses: tuple[House, House]) -> None:
    assert houses
    for who, scope, status in (
        ("member", "all", 403), ("member", "organisation", 403), ("boss", "all", 403), ("loner", "own", 422),
    ):  # fmt: skip
        assert (await _read(call, who, scope=scope)).status_code == status, who


async def test_only_who_may_change_takes_back(call: httpx.AsyncClient, houses: tuple[House, House], cast: Cast) -> None:
    """Reading the log is not enough, nor is a permission without a second check."""
    assert houses
    cast.add("finance", may("finance"))
    cast.add("stale", may("admin"), stepped_up_at=0)
    headers = {"x-as": "root"}
    made = await call.post("/api/v1/channels", json={"name": "main", "provider": "openai"}, headers=headers)
    await call.patch(f"/api/v1/channels/{made.json()['id']}", json={"weight": 3}, headers=headers)
    entry = (await call.get("/api/v1/audit", params={"kind": "channel"}, headers=headers)).json()["items"][0]["id"]
    for who, slug in (("finance", "forbidden"), ("stale", "step-up-needed"), ("boss", "not-found")):
        answer = await call.post(f"/api/v1/audit/{entry}/rollback", headers={"x-as": who})
        assert answer.json()["type"].endswith(f":{slug}"), answer.text
