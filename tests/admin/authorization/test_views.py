"""Saved views: one's own, shared in an organisation or with everybody, and who may change them."""

import httpx

from tests.admin.authorization.conftest import Cast, House, may

VIEW = {"page": "usage", "name": "Failures", "query": "failed=true&sort=-started_at"}


async def as_(call: httpx.AsyncClient, who: str, method: str, path: str = "", **more: object) -> httpx.Response:
    return await call.request(method, f"/api/v1/views{path}", headers={"x-as": who}, **more)  # type: ignore[arg-type]


async def names(call: httpx.AsyncClient, who: str, **query: str) -> list[tuple[str, bool]]:
    found = (await as_(call, who, "GET", params=query)).json()
    return [(one["name"], one["own"]) for one in found["items"]]


async def test_shared_in_the_organisation(call: httpx.AsyncClient, houses: tuple[House, House], cast: Cast) -> None:
    _, theirs = houses
    cast.add("other", may(), user_id=theirs.member.id, organisation_id=theirs.organisation.id)
    made = await as_(call, "member", "POST", json=VIEW)
    assert made.status_code == 201, made.text
    one = made.json()
    assert (one["own"], one["shared"]) == (True, "no")
    assert await names(call, "boss") == []
    path = f"/{one['id']}"
    assert (await as_(call, "boss", "PATCH", path, json={"name": "x"})).status_code == 404
    shared = await call.patch(
        f"/api/v1/views{path}", json={"shared": "organisation"},
        headers={"x-as": "member", "if-match": made.headers["etag"]},
    )  # fmt: skip
    assert shared.json()["shared"] == "organisation"
    assert await names(call, "boss") == [("Failures", False)]
    assert await names(call, "other") == []
    assert (await as_(call, "other", "DELETE", path)).status_code == 404
    assert (await as_(call, "viewer", "DELETE", path)).status_code == 403
    assert (await as_(call, "boss", "DELETE", path)).status_code == 204
    assert await names(call, "member") == []


async def test_shared_with_everybody(call: httpx.AsyncClient, houses: tuple[House, House], cast: Cast) -> None:
    ours, _ = houses
    cast.add("operator", may("admin"), user_id=ours.admin.id, organisation_id=None)
    assert (await as_(call, "member", "POST", json={**VIEW, "shared": "everybody"})).status_code == 403
    made = await as_(call, "operator", "POST", json={**VIEW, "shared": "everybody"})
    assert made.status_code == 201, made.text
    assert await names(call, "member", page="usage") == [("Failures", False)]
    assert await names(call, "member", page="channels") == []
    assert (await as_(call, "member", "DELETE", f"/{made.json()['id']}")).status_code == 403


async def test_whose_it_cannot_be(call: httpx.AsyncClient, houses: tuple[House, House]) -> None:
    assert houses
    assert (await as_(call, "root", "POST", json=VIEW)).json()["type"].endswith(":not-a-person")
    assert await names(call, "root") == []
    assert (await as_(call, "member", "POST", json={**VIEW, "page": "Bad page"})).status_code == 422
    assert (await as_(call, "member", "PATCH", "/99", json={"name": "x"})).status_code == 404


async def test_not_without_end(call: httpx.AsyncClient, houses: tuple[House, House], monkeypatch) -> None:
    assert houses
    monkeypatch.setattr("admin.endpoints.views.MOST", 1)
    assert (await as_(call, "member", "POST", json=VIEW)).status_code == 201
    assert (await as_(call, "member", "POST", json=VIEW)).status_code == 422
