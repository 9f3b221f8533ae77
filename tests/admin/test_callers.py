"""Who is asking and how far they reach: tokens, scopes, the second check, and what a role permits."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request

from admin import audit, bulk
from admin.caller import NOTHING, STEP_UP_S, Caller, Scope, step_up
from admin.credentials import Identify
from admin.permissions import (
    EVERYTHING,
    GATEWAY_ONLY,
    ORGANISATION_ROLES,
    OWN,
    ROLES,
    Reach,
    is_scope,
    narrowed,
    reaches,
)
from admin.problems import Problem
from storage import crypto
from storage.models import AuditEntry, AutomationToken, User
from storage.repositories import automation_tokens


def caller(**fields: object) -> Caller:
    return Caller(**{"name": "user:ann", "kind": "session", "reaches": {}, **fields})  # type: ignore[arg-type]


def test_roles_name_permissions_that_exist() -> None:
    assert GATEWAY_ONLY <= EVERYTHING
    assert OWN <= EVERYTHING
    for role in (*ROLES.values(), *ORGANISATION_ROLES.values()):
        assert role <= EVERYTHING
    assert ROLES["root"] == EVERYTHING
    assert not any(role & GATEWAY_ONLY for role in ORGANISATION_ROLES.values())
    assert not OWN & GATEWAY_ONLY


def test_reaches() -> None:
    found = reaches(["users.read"], ["keys.read", "settings.write"])
    assert found["users.read"] is Reach.ALL
    assert found["keys.read"] is Reach.ORGANISATION
    assert "settings.write" not in found  # means nothing inside an organisation
    assert found["keys.write"] is Reach.OWN
    assert narrowed(found, ["keys.*", "audit.read"]) == {"keys.read": Reach.ORGANISATION, "keys.write": Reach.OWN}
    assert narrowed(found, ["*"]) == found
    assert [is_scope(text) for text in ("*", "keys.*", "keys.read", "keys", "x.*", "")] == [True] * 3 + [False] * 3


def test_scopes() -> None:
    ann = caller(reaches=reaches(["users.read"], ["keys.read"]), user_id=7, organisation_id=3)
    assert ann.scope("users.read") == Scope()
    assert ann.scope("keys.read") == Scope(organisation_id=3)
    assert ann.scope("keys.write") == Scope(user_id=7)
    assert ann.scope("settings.read") == NOTHING
    assert Scope(organisation_id=3).holds(9, 3)
    assert not Scope(organisation_id=3).holds(9, None)
    assert not Scope(user_id=7).holds(9, 3)
    assert caller(reaches={"keys.read": Reach.OWN}).scope("keys.read") == NOTHING  # nobody's token owns nothing
    with pytest.raises(Problem):
        ann.require_all("keys.read")
    ann.require_all("users.read")


async def test_a_second_check_holds_for_a_while(world) -> None:
    services = world.services()
    for who, passes in (
        (caller(stepped_up_at=world.now - STEP_UP_S + 5), True),
        (caller(stepped_up_at=world.now - STEP_UP_S - 5), False),
        (caller(reaches=dict.fromkeys(EVERYTHING, Reach.ALL)), False),
        (caller(kind="operator"), True),
        (caller(kind="token"), False),
        (caller(kind="token", reaches={"secrets.reveal": Reach.ALL}), True),
    ):
        if passes:
            assert await step_up(services, who) is who
            continue
        with pytest.raises(Problem) as refused:
            await step_up(services, who)
        assert refused.value.slug == "step-up-needed"


async def test_automation_tokens(world, anyone: httpx.AsyncClient, app: FastAPI, refused) -> None:
    token = "gwt-" + "a" * 43
    async with world.sessions.begin() as session:
        session.add(User(id=5, name="ann", role="viewer", organisation_id=None))
        row = AutomationToken(name="ci", digest=crypto.digest(token), user_id=5, scopes=["keys.*", "settings.write"])
        await automation_tokens.add(session, row)
    headers = {"authorization": f"Bearer {token}"}
    found = (await anyone.get("/api/v1/whoami", headers=headers)).json()
    assert (found["name"], found["kind"], found["user_id"]) == ("token:ci", "token", 5)
    assert found["permissions"] == {"keys.read": "all", "keys.write": "own"}
    refused(await anyone.get("/api/v1/status", headers=headers), 403)
    async with world.sessions() as session:
        used = await automation_tokens.get(session, row.id)
    assert used is not None
    assert used.last_used_at is not None
    for change in ({"enabled": False}, {"expires_at": datetime.now(UTC) - timedelta(seconds=1)}):
        async with world.sessions.begin() as session:
            stored = await session.get_one(AutomationToken, row.id)
            stored.enabled, stored.expires_at = True, None
            for name, value in change.items():
                setattr(stored, name, value)
        refused(await anyone.get("/api/v1/whoami", headers=headers), 401)
    async with world.sessions.begin() as session:
        stored = await session.get_one(AutomationToken, row.id)
        stored.enabled, stored.expires_at = True, None
        (await session.get_one(User, 5)).enabled = False
    refused(await anyone.get("/api/v1/whoami", headers=headers), 401)


async def test_the_audit_log_keeps_what_differs(world) -> None:
    services = world.services()
    async with world.sessions.begin() as session:
        await audit.record(
            session, services, caller(user_id=7, ip="10.0.0.9"), "keys.change", kind="key", id=3, name="k",
            before={"a": 1, "b": 2, "updated_at": "x"}, after={"a": 1, "b": 3, "updated_at": "y"},
        )  # fmt: skip
        await audit.record(session, services, caller(), "keys.create", kind="key", id=4, after={"a": "x" * 70_000})
    async with world.sessions() as session:
        first, second = await session.get_one(AuditEntry, 1), await session.get_one(AuditEntry, 2)
    assert (first.before, first.after, first.actor, first.actor_user_id, first.ip) == (
        {"b": 2}, {"b": 3}, "user:ann", 7, "10.0.0.9",
    )  # fmt: skip
    assert second.before is None
    assert second.after["bytes"] > 70_000


async def test_bulk_goes_on_after_a_refusal() -> None:
    done: list[int] = []

    async def change(number: int) -> None:
        if number == 2:
            raise Problem(404, "There is no key '2'.")
        done.append(number)

    found = await bulk.each([1, 2, 2, 3], change)
    assert (found.matched, found.changed, found.refused, done) == (3, 2, 1, [1, 3])
    assert (found.results[0].id, found.results[0].ok, found.results[0].status) == (2, False, 404)
    found = await bulk.each([1, 2], change, dry_run=True)
    assert (found.changed, done) == (0, [1, 3])


async def test_a_request_without_credentials_is_nobodys(world) -> None:
    request = Request({"type": "http", "headers": [(b"authorization", b"Basic eDp5")], "client": ("10.1.1.1", 5)})
    with pytest.raises(Problem) as refused:
        await Identify()(world.services(), request)
    assert refused.value.status == 401
