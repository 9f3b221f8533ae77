"""Many announcements, invitations, sets of permissions, plans, prices, tokens and vendors at once."""

from typing import Any

import pytest

from tests.admin.authorization.conftest import Cast, call, cast, may, stage

__all__ = ["call", "cast", "stage"]

MAKE: dict[str, tuple[str, dict[str, Any]]] = {
    "/announcements": ("POST", {"kind": "notice", "title": "{}", "body": "x"}),
    "/invitations": ("POST", {"email": "{}@x.example"}),
    "/roles": ("POST", {"name": "set-{}", "permissions": ["logs.read"]}),
    "/plans": ("POST", {"name": "{}", "price": "1", "quota": "1", "term_count": 1, "term_unit": "month"}),
    "/prices": ("PUT", {"model": "{}", "input": "1", "output": "1"}),
    "/tokens": ("POST", {"name": "{}", "scopes": ["logs.read"]}),
    "/vendors": ("POST", {"name": "{}"}),
}


async def _make(api, path: str, name: str) -> int:
    method, body = MAKE[path]
    filled = {key: value.format(name) if isinstance(value, str) else value for key, value in body.items()}
    answer = await api.request(method, path, json=filled)
    assert answer.status_code in {200, 201}, answer.text
    made = answer.json()
    for inner in ("token", "invitation"):
        made = made[inner] if isinstance(made.get(inner), dict) else made
    return int(made["id"])


@pytest.mark.parametrize("path", MAKE)
async def test_many_are_removed_each_by_itself(api, path: str, refused) -> None:
    first, second, third = [await _make(api, path, name) for name in ("one", "two", "three")]

    async def left() -> set[int]:
        listed = "/announcements/all" if path == "/announcements" else path
        params = {"history": "false"} if path == "/prices" else {}
        return {one["id"] for one in (await api.get(listed, params=params)).json()["items"]}

    async def done(**body: Any) -> tuple[int, int]:
        answer = await api.post(f"{path}/bulk", json={"action": "delete", **body})
        assert answer.status_code == 200, answer.text
        return answer.json()["changed"], answer.json()["refused"]

    assert await done(ids=[first, second], dry_run=True) == (0, 0)
    assert {first, second, third} <= await left()
    assert await done(ids=[first, second, 10**6]) == (2, 1)
    assert await left() & {first, second, third} == {third}
    log = (await api.get("/audit", params={"limit": 20})).json()["items"]
    assert {str(first), str(second)} <= {one["object_id"] for one in log if not one["action"].endswith(".create")}
    refused(await api.post(f"{path}/bulk", json={"ids": [third], "action": "explode"}), 422)


async def test_plans_are_switched(api) -> None:
    numbers = [await _make(api, "/plans", name) for name in ("one", "two")]
    for action, enabled in (("disable", False), ("enable", True)):
        answer = await api.post("/plans/bulk", json={"ids": numbers, "action": action})
        assert answer.json()["changed"] == 2
        assert [(await api.get(f"/plans/{number}")).json()["enabled"] for number in numbers] == [enabled] * 2


async def test_what_one_does_not_reach_is_refused(call, cast: Cast, api) -> None:
    cast.add("boss", may("member"))
    numbers = {path: await _make(api, path, "one") for path in ("/roles", "/invitations", "/tokens")}
    for path, number in numbers.items():
        answer = await call.post(
            f"/api/v1{path}/bulk", json={"ids": [number], "action": "delete"}, headers={"x-as": "boss"}
        )
        assert answer.status_code in {200, 403}, answer.text
        if answer.status_code == 200:
            assert (answer.json()["changed"], answer.json()["results"][0]["status"]) in {(0, 404), (0, 403)}
    for path, number in numbers.items():
        assert number in {one["id"] for one in (await api.get(path)).json()["items"]}
