"""Every list takes `sort`, says by which names, and goes by each of them in both directions; or there is a reason."""

import re
from typing import Any

from storage.repositories import captures
from storage.repositories.captures import CaptureData
from tests.admin.conftest import World
from tests.admin.services import openapi_document

PREFIX = "/api/v1"

WHOLE = "all of it in one answer, in the order in which it is used; the reader sorts"
UNSORTED = {
    "/announcements": WHOLE,
    "/captures/rules": WHOLE,
    "/channel-tags": WHOLE,
    "/channels/{channel}/keys": WHOLE,
    "/groups": WHOLE,
    "/identity-providers": WHOLE,
    "/jobs/schedules": WHOLE,
    "/ledger/verify": "pages of a comparison, not a list: what differs is in each",
    "/me/identities": WHOLE,
    "/me/passkeys": WHOLE,
    "/me/sessions": WHOLE,
    "/money/flow": "sums of periods, by time",
    "/notifications/kinds": WHOLE,
    "/prices/sync": WHOLE,
    "/providers": WHOLE,
    "/public/announcements": WHOLE,
    "/roles/permissions": WHOLE,
    "/safety-rules/detectors": WHOLE,
    "/search": "the best hits first",
    "/settings": WHOLE,
    "/sso": WHOLE,
    "/teams/{team}/members": WHOLE,
    "/usage/totals": "sums: `order_by` says by which",
    "/users/{user}/sessions": WHOLE,
    "/views": WHOLE,
}
IN_A_LIST = {
    "/accounts/{account}/entries": "/accounts/user:ann/entries",
    "/notifications/targets/{target}/deliveries": "/notifications/targets/1/deliveries",
    "/webhooks/{webhook}/deliveries": "/webhooks/1/deliveries",
}


def _lists() -> dict[str, tuple[bool, str]]:
    """Path -> whether it takes `sort`, and what its documentation says."""
    document = openapi_document()
    shapes, found = document["components"]["schemas"], {}
    for path, operations in document["paths"].items():
        get = operations.get("get")
        if get is None or not path.startswith(PREFIX):
            continue
        content = get["responses"].get("200", {}).get("content", {}).get("application/json", {})
        shape = shapes.get(content.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
        if shape.get("properties", {}).keys() & {"items", "next"}:
            names = {one["name"] for one in get.get("parameters", ())}
            found[path.removeprefix(PREFIX)] = ("sort" in names, get["description"])
    return found


async def test_every_list_is_sorted_by_what_it_says(api: Any, world: World) -> None:
    hook = {"kind": "webhook", "owner": "gateway", "name": "a", "url": "https://hooks.example/x", "events": ["*"]}
    assert (await api.post("/notifications/targets", json=hook)).status_code == 201
    assert (await api.post("/users", json={"name": "ann"})).status_code == 201
    booked = await api.post("/accounts/user:ann/entries", json={"amount": "1", "reason": "grant"})
    assert booked.status_code == 201
    wrong = []
    lists = _lists()
    assert {path for path, (sorts, _) in lists.items() if not sorts} == set(UNSORTED)
    for path, (sorts, said) in lists.items():
        if not sorts:
            continue
        at = IN_A_LIST.get(path, path)
        refused = await api.get(at, params={"sort": "no-such-name"})
        told = re.search(r"one of ([a-z_, ]+), with '-' before it", refused.text)
        if refused.status_code != 422 or told is None:
            wrong.append(f"{path}: {refused.status_code} {refused.text[:200]}")
            continue
        names = told[1].split(", ")
        wrong += [f"{path} does not say {name}" for name in names if not re.search(rf"\b{name}\b", said)]
        for name in names:
            for order in (name, f"-{name}"):
                answer = await api.get(at, params={"sort": order})
                if answer.status_code != 200:
                    wrong.append(f"{path} by {order}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


async def _walked(api: Any, path: str, key: str, sort: str, **more: Any) -> list[Any]:
    """All of a list, a page of two at a time."""
    found: list[Any] = []
    cursor = ""
    while True:
        params = {"limit": 2, "sort": sort, "cursor": cursor, **more}
        answer = (await api.get(path, params=params)).json()
        found += [one[key] for one in answer["items"]]
        cursor = answer["next"]
        if cursor is None:
            return found


async def test_accounts_and_their_entries(api: Any) -> None:
    amounts = {"ann": 5, "bob": -3, "cid": 9, "dan": 5}
    for name, amount in amounts.items():
        await api.post("/users", json={"name": name})
        body = {"amount": str(amount), "reason": "grant", "overdraw": True}
        assert (await api.post(f"/accounts/user:{name}/entries", json=body)).status_code == 201
    by_balance = await _walked(api, "/accounts", "name", "-balance", kind="user")
    assert by_balance == ["cid", "dan", "ann", "bob"]
    assert await _walked(api, "/accounts", "name", "balance", kind="user") == by_balance[::-1]
    for more in ("1", "2", "3"):
        await api.post("/accounts/user:ann/entries", json={"amount": more, "reason": "topup"})
    assert await _walked(api, "/accounts/user:ann/entries", "amount", "id") == ["5", "1", "2", "3"]
    assert await _walked(api, "/accounts/user:ann/entries", "amount", "") == ["3", "2", "1", "5"]


async def test_captured_requests(api: Any, world: World) -> None:
    rows = [
        CaptureData(
            request_id=f"req_{number}", started_at=world.now * 1_000_000 + number // 2, key_id=1, user_id=0,
            organisation_id=0, rule_id=1, request_bytes=1, response_bytes=1, size=1, expires_at=world.now + 100,
            sealed=b"x",
        )
        for number in range(5)
    ]  # fmt: skip
    async with world.sessions.begin() as session:
        await captures.insert(session, rows)
    earliest = await _walked(api, "/captures", "request_id", "started_at")
    assert earliest == [f"req_{number}" for number in range(5)]
    assert await _walked(api, "/captures", "request_id", "-started_at") == earliest[::-1]
