"""What a stolen session must not do: changes of secrets, of who signs in, of where money goes are proved again."""

import inspect
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from admin.app import endpoint_modules
from admin.caller import some_step_up, step_up
from tests.admin.authorization.conftest import Cast, call, cast, may, stage

__all__ = ["call", "cast", "stage"]

OIDC = {"issuer": "https://login.example", "client_id": "gateway"}
PROVIDER = {"slug": "company", "kind": "oidc", "title": "Company", "settings": OIDC, "secret": "s" * 20}
RULE = {
    "name": "guard", "kind": "webhook", "action": "block", "url": "https://guard.example/check", "secret": "s" * 20,
}  # fmt: skip
TARGET = {"kind": "gotify", "name": "phone", "url": "https://gotify.example", "key": "k" * 20, "owner": "gateway"}
CHANNELS: dict[str, Any] = {"document": {"channels": []}}

CHANGES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("post", "/identity-providers", {**PROVIDER, "slug": "other"}),
    ("patch", "/identity-providers/company", {"settings": {**OIDC, "issuer": "https://evil.example"}}),
    ("patch", "/identity-providers/company", {"secret": "t" * 20}),
    ("patch", "/identity-providers/company", {"enabled": False}),
    ("delete", "/identity-providers/company", None),
    ("patch", "/settings/mail", {"host": "smtp.evil.example"}),
    ("patch", "/settings/network", {"public_url": "https://evil.example"}),
    ("patch", "/settings/identity", {"password_score": 0}),
    ("patch", "/settings/epay", {"url": "https://evil.example"}),
    ("patch", "/safety-rules/guard", {"url": "https://evil.example"}),
    ("patch", "/safety-rules/guard", {"secret": "t" * 20}),
    ("patch", "/notifications/targets/1", {"url": "https://evil.example", "key": "t" * 20}),
    ("post", "/apply", CHANNELS),
    ("patch", "/users/ann", {"email": "eve@evil.example"}),
    ("patch", "/users/ann", {"role": "admin"}),
    ("post", "/users", {"name": "eve", "role": "admin"}),
    ("post", "/users", {"name": "eva", "organisation": "acme", "organisation_role": "admin"}),
    ("post", "/roles", {"name": "helper", "permissions": ["users.write"]}),
    ("patch", "/roles/1", {"permissions": ["users.read"]}),
]
HARMLESS: list[tuple[str, str, dict[str, Any]]] = [
    ("patch", "/identity-providers/company", {"title": "The company"}),
    ("patch", "/settings/logs", {}),
    ("patch", "/safety-rules/guard", {"url": RULE["url"], "position": 3}),
    ("patch", "/notifications/targets/1", {"name": "phones"}),
    ("post", "/apply", {**CHANNELS, "dry_run": True}),
    ("patch", "/users/ann", {"remark": "x"}),
    ("patch", "/roles/1", {"remark": "x"}),
]


@pytest.fixture
async def prepared(call: httpx.AsyncClient, cast: Cast) -> httpx.AsyncClient:
    """What there is to change; `fresh` has just proved itself, `stale` has the same rights and has not."""
    cast.add("fresh", may("root"))
    cast.add("stale", may("root"), stepped_up_at=0)
    made = [("identity-providers", PROVIDER), ("safety-rules", RULE), ("notifications/targets", TARGET)]
    for path, body in [
        *made,
        ("users", {"name": "ann"}),
        ("roles", {"name": "first", "permissions": ["users.read"]}),
        ("organisations", {"name": "acme"}),
    ]:
        answer = await call.post(f"/api/v1/{path}", json=body, headers={"x-as": "fresh"})
        assert answer.status_code == 201, answer.text
    return call


async def _ask(client: httpx.AsyncClient, who: str, method: str, path: str, body: Any) -> httpx.Response:
    return await client.request(method, f"/api/v1{path}", json=body, headers={"x-as": who})


async def test_what_needs_a_second_check_and_what_does_not(prepared: httpx.AsyncClient) -> None:
    passed = [row for row in CHANGES if not _refused(await _ask(prepared, "stale", *row))]
    assert passed == []
    for harmless in HARMLESS:
        answer = await _ask(prepared, "stale", *harmless)
        assert answer.status_code == 200, answer.text
    for row in sorted(CHANGES, key=lambda row: row[0] == "delete"):
        answer = await _ask(prepared, "fresh", *row)
        assert answer.status_code < 300, answer.text


def _refused(answer: httpx.Response) -> bool:
    return answer.status_code == 403 and str(answer.json()["type"]).endswith("step-up-needed")


def test_who_asks_for_a_second_check_says_so() -> None:
    silent = []
    for module in endpoint_modules():
        router = getattr(module, "router", None)
        for each in router.routes if isinstance(router, APIRouter) else ():
            if isinstance(each, APIRoute) and "await step_up(" in inspect.getsource(each.endpoint):
                calls = {below.call for below in each.dependant.dependencies}
                if not calls & {step_up, some_step_up}:
                    silent.append(each.operation_id)
    assert silent == []
