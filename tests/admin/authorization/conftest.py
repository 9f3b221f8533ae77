"""Owns an application whose callers say who they are, and two organisations with something of everything in each."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from admin.caller import Caller
from admin.credentials import unauthorized
from admin.permissions import ORGANISATION_ROLES, ROLES, Reach, reaches
from admin.services import Services
from storage import crypto
from storage.ledger import accounts, budgets
from storage.models import (
    AuditEntry,
    AutomationToken,
    Key,
    Limit,
    Organisation,
    PermissionSet,
    Team,
    User,
)
from storage.repositories import audit, keys, limits, organisations, permission_sets, teams, users
from tests.admin.authorization.belongings import give
from tests.admin.conftest import World
from tests.admin.services import application

MARK = "zebra"
"""In the name of everything that belongs to the other organisation."""


def may(role: str = "member", inside: str = "member") -> Mapping[str, Reach]:
    """What a user with these roles reaches."""
    return reaches(ROLES[role], ORGANISATION_ROLES[inside])


@dataclass
class Cast:
    """Who calls: a header names one of them."""

    callers: dict[str, Caller] = field(default_factory=dict)

    def add(self, name: str, reach: Mapping[str, Reach], **fields: Any) -> None:
        self.callers[name] = Caller(
            **{"name": f"user:{name}", "kind": "session", "reaches": reach, "stepped_up_at": 2**40, **fields}
        )

    async def identify(self, services: Services, request: Request) -> Caller:
        found = self.callers.get(request.headers.get("x-as", ""))
        if found is None:
            raise unauthorized("Nobody.")
        return found


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def stage(world: World, cast: Cast) -> FastAPI:
    app = application(world.services(), "stage")
    app.state.identify = cast.identify
    return app


@pytest.fixture
async def call(stage: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client on the root of the application; the header x-as says who is asking."""
    transport = httpx.ASGITransport(stage, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway.example") as client:
        yield client


@dataclass
class House:
    """An organisation: its people and what they have, by the name of the path parameter -> reference."""

    organisation: Organisation
    admin: User
    member: User
    refs: dict[str, str]


async def build(world: World, name: str) -> House:
    """An organisation with people, a key, a budget, a team, a role, a token, a limit and an entry of the log."""
    async with world.sessions.begin() as session:
        home = await organisations.create(session, Organisation(name=f"{name}-org", remark=f"{name}-remark"))
        boss = User(name=f"{name}-boss", organisation_id=home.id, organisation_role="admin")
        admin = await users.create(session, boss)
        member = await users.create(session, User(name=f"{name}-member", organisation_id=home.id, email=f"{name}@x.io"))
        key = await keys.create(
            session, Key(name=f"{name}-key", digest=crypto.digest(f"{name}-key"), user_id=member.id)
        )
        team = await teams.create(session, Team(organisation_id=home.id, name=f"{name}-team"))
        await teams.join(session, team.id, member.id)
        role = PermissionSet(name=f"{name}-role", organisation_id=home.id, permissions=["keys.read"])
        await permission_sets.create(session, role)
        token = AutomationToken(
            name=f"{name}-token", digest=crypto.digest(f"gwt-{name}"), user_id=member.id, scopes=["keys.read"]
        )
        session.add(token)
        limit = Limit(name=f"{name}-limit", metric="requests", window="minute", amount=5, per=[], user_id=member.id)
        limit.key_id, limit.group, limit.model, limit.channel_id = 0, "", "", 0
        await limits.create(session, limit)
        budget = budgets.new_budget("user", member.id, "month", 10**9, [])
        await budgets.create(session, budget)
        entry = AuditEntry(
            at=world.now, actor=f"user:{name}-boss", actor_user_id=admin.id, organisation_id=home.id,
            action="keys.create", object_kind="key", object_id=str(key.id), object_name=f"{name}-key",
        )  # fmt: skip
        await audit.add(session, entry)
        account = (await accounts.of(session, accounts.USER, [member.id]))[member.id]
        more = await give(session, name, member, key.id, world.now)
        refs = {
            **more,
            "organisation": home.name, "user": str(member.id), "key": key.name, "team": str(team.id),
            "role": str(role.id), "token": str(token.id), "limit": limit.name, "budget": str(budget.id),
            "entry": str(entry.id), "account": str(account.id),
        }  # fmt: skip
    return House(home, admin, member, refs)


@pytest.fixture
async def houses(world: World, cast: Cast) -> tuple[House, House]:
    """Ours and theirs; `boss` is admin of ours, `member` is a member of ours."""
    ours, theirs = await build(world, "lion"), await build(world, MARK)
    home = ours.organisation.id
    cast.add("boss", may(inside="admin"), user_id=ours.admin.id, organisation_id=home)
    cast.add("viewer", may(inside="viewer"), user_id=ours.admin.id, organisation_id=home)
    cast.add("member", may(), user_id=ours.member.id, organisation_id=home)
    cast.add("loner", may(), user_id=None, organisation_id=None)
    cast.add("root", may("root"))
    return ours, theirs
