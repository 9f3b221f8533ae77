"""Invitations and recommendations: who may invite whom, used once, and what they bring."""

from typing import Any

import httpx
import pytest

from admin.options.bonuses import Bonuses
from admin.options.identity import Identity
from storage.models import Organisation, User
from storage.repositories import organisations, users

PASSWORD = "correct horse battery staple 42"


@pytest.fixture
async def quick(world) -> None:
    async with world.sessions.begin() as session:
        options = world.services().options
        await options.change(
            session,
            Identity,
            {"registration": "invite", "verify_email": False, "argon2_memory_kib": 1024, "argon2_passes": 1},
            "test",
        )
        await options.change(session, Bonuses, {"welcome": 1000, "invitee": 200, "inviter": 300}, "test")


async def register(client: httpx.AsyncClient, name: str, **more: Any) -> httpx.Response:
    return await client.post("/api/v1/register", json={"name": name, "password": PASSWORD, **more})


async def test_an_invitation_is_good_once(api, anyone, world, quick, refused) -> None:
    async with world.sessions.begin() as session:
        home = await organisations.create(session, Organisation(name="acme"))
    made = await api.post("/invitations", json={"organisation_id": home.id, "organisation_role": "viewer"})
    assert made.status_code == 201, made.text
    token = made.json()["token"]
    refused(await register(anyone, "ann"), 422)
    refused(await register(anyone, "ann", invitation="x" * 32), 422)
    assert (await register(anyone, "ann", invitation=token)).status_code == 201
    refused(await register(anyone, "bob", invitation=token), 422)
    async with world.sessions() as session:
        ann = await users.find_by_name(session, "ann")
        assert ann is not None
        assert (ann.organisation_id, ann.organisation_role, ann.role) == (home.id, "viewer", "member")
    listed = (await api.get("/invitations?state=used")).json()["items"]
    assert [(each["state"], each["used_by"]) for each in listed] == [("used", ann.id)]
    assert (await api.get("/invitations?state=open")).json()["items"] == []


async def test_for_one_address_and_for_a_while(api, anyone, world, quick, refused) -> None:
    token = (await api.post("/invitations", json={"email": "Ann@Example.com", "days": 1})).json()["token"]
    refused(await register(anyone, "eve", invitation=token, email="eve@example.com"), 422)
    world.now += 2 * 86_400
    refused(await register(anyone, "ann", invitation=token, email="ann@example.com"), 422)
    one = (await api.post("/invitations", json={})).json()
    assert (await api.delete(f"/invitations/{one['id']}")).status_code == 204
    refused(await register(anyone, "ann", invitation=one["token"]), 422)
    refused(await api.post("/invitations", json={"organisation_id": 99}), 422)
    refused(await api.post("/invitations", json={"organisation_role": "admin"}), 422)


async def test_a_recommendation_brings_both_something(api, anyone, app, world, quick, refused) -> None:
    async with world.sessions.begin() as session:
        await world.services().options.change(session, Identity, {"registration": "open"}, "test")
    first = await register(anyone, "ann")
    assert first.status_code == 201, first.text
    mine = (await anyone.get("/api/v1/me/affiliate")).json()
    assert (mine["brought"], mine["inviter_nano"], mine["invitee_nano"]) == (0, 300, 200)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway.example") as other:
        assert (await register(other, "bob", affiliate=mine["code"].lower())).status_code == 201
        assert (await register(other, "carl", affiliate="UNKNOWN1")).status_code == 201
    assert (await anyone.get("/api/v1/me/affiliate")).json()["brought"] == 1
    async with world.sessions() as session:
        ann, bob = await users.find_by_name(session, "ann"), await users.find_by_name(session, "bob")
        assert isinstance(ann, User)
        assert isinstance(bob, User)
        assert bob.inviter_id == ann.id
    balances = {name: (await api.get(f"/users/{name}")).json()["money"]["balance"] for name in ("ann", "bob", "carl")}
    assert balances == {"ann": "0.0000013", "bob": "0.0000012", "carl": "0.000001"}
    refused(await api.get("/me/affiliate"), 400)
