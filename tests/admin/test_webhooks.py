"""Webhooks and notification targets over the API: secrets shown once, whose they are, tests, deliveries again."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from sqlalchemy import select

from admin.background import events as background
from admin.caller import Caller
from admin.credentials import Identify
from admin.jobs import Run
from admin.notifications import signing
from admin.permissions import PERMISSIONS
from admin.services import Services
from storage import crypto
from storage.models import AuditEntry, AutomationToken, Organisation, User
from storage.models.event import Target
from storage.repositories import users
from tests.admin.conftest import World

HOOK = {"name": "ops", "url": "https://hooks.example/in?k=1"}


@pytest.fixture
def sent(world: World) -> list[httpx.Request]:
    """What went out; everything is answered with 200."""
    found: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        found.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b"ok"))

    world.http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return found


@pytest.fixture
async def people(world: World, sent: list[httpx.Request], app: FastAPI) -> dict[str, httpx.AsyncClient]:
    """ann and bob of acme, ann manages it; eve of nowhere."""
    async with world.sessions.begin() as session:
        acme = Organisation(name="acme")
        session.add(acme)
        await session.flush()
        known: dict[str, dict[str, Any]] = {
            "ann": {"organisation_id": acme.id, "organisation_role": "admin", "email": "ann@acme.example"},
            "bob": {"organisation_id": acme.id, "email": "bob@acme.example"},
            "eve": {"email": "eve@evil.example"},
        }
        for name, fields in known.items():
            user = await users.create(session, User(name=name, email_verified_at=1, **fields))
            digest = crypto.digest(f"gwt-{name}".ljust(40, "x"))
            session.add(AutomationToken(name=name, digest=digest, hint="h", user_id=user.id, scopes=[*PERMISSIONS]))
    real: Identify = app.state.identify

    async def identify(services: Services, request: Request) -> Caller:
        """As people at the console who have proved themselves, unless a header says they have not."""
        caller = await real(services, request)
        if caller.kind != "token":
            return caller
        return replace(caller, kind="session", stepped_up_at=0 if "x-test-stale" in request.headers else world.now)

    app.state.identify = identify
    return {
        name: httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://gateway.example/api/v1",
            headers={"authorization": "Bearer " + f"gwt-{name}".ljust(40, "x")},
        )
        for name in ("ann", "bob", "eve")
    }  # fmt: skip


def good(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def run(world: World) -> None:
    async def save(_: dict[str, Any]) -> None:
        return

    await background.deliver(Run(world.services(), "test", save))


async def test_the_life_of_a_webhook(world: World, sent: list[httpx.Request], api: httpx.AsyncClient) -> None:
    made = good(await api.post("/webhooks", json=HOOK), 201)
    secret = made.pop("secret")
    at = f"/webhooks/{made['id']}"
    found = await api.get(at)
    assert good(found) == made
    assert secret not in (await api.get("/webhooks")).text
    tried = good(await api.post(f"{at}/test"), 202)
    await run(world)
    (request,) = sent
    stamp = int(request.headers["webhook-timestamp"])
    assert request.headers["webhook-id"] == tried["message_id"]
    assert request.headers["webhook-signature"] == signing.signature(
        secret, tried["message_id"], stamp, request.content
    )
    (delivery,) = good(await api.get(f"{at}/deliveries?sort=-id&state=delivered&event=target.test"))["items"]
    assert (delivery["status"], delivery["attempts"], delivery["answer"]) == (200, 1, "ok")
    good(await api.post(f"{at}/deliveries/{delivery['id']}/again"), 202)
    await run(world)
    assert [one.headers["webhook-id"] for one in sent] == [tried["message_id"]] * 2
    fresh = good(await api.post(f"{at}/rotate", json={"overlap_hours": 1}))["secret"]
    good(await api.post(f"{at}/test"), 202)
    await run(world)
    assert len(sent[-1].headers["webhook-signature"].split()) == 2
    changed = await api.patch(at, json={"events": ["order.*"], "enabled": False}, headers={"if-match": "*"})
    assert good(changed)["events"] == ["order.*"]
    assert (await api.patch(at, json={"name": "x"}, headers={"if-match": found.headers["etag"]})).status_code == 412
    assert (await api.delete(at)).status_code == 204
    assert (await api.get(at)).status_code == 404
    async with world.sessions() as session:
        entries = list(await session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    assert [entry.action.partition(".")[2] for entry in entries] == [
        "create",
        "redeliver",
        "rotate",
        "change",
        "delete",
    ]
    for entry in entries:
        assert secret not in f"{entry.before}{entry.after}"
        assert fresh not in f"{entry.before}{entry.after}"


WRONG_HOOKS: list[dict[str, Any]] = [
    {"url": "ftp://hooks.example"},
    {"url": "https://user:pw@hooks.example"},
    {"url": "https://"},
    {"url": "x" * 3000},
    {"url": "https://hooks.example/#f"},
    {"url": "https://a b"},
    {"events": []},
    {"events": ["no.kind"]},
    {"owner": "me"},
    {"name": ""},
    {"secret": "mine"},
    {"url": "https://h\r\nx: y"},
    {"url": "https://h:0/"},
]


async def test_webhooks_that_are_refused(api: httpx.AsyncClient) -> None:
    for wrong in WRONG_HOOKS:
        assert (await api.post("/webhooks", json={**HOOK, **wrong})).status_code == 422, wrong


async def test_whose_they_are(people: dict[str, httpx.AsyncClient], api: httpx.AsyncClient) -> None:
    ann, bob, eve = people["ann"], people["bob"], people["eve"]
    good(await api.post("/webhooks", json=HOOK), 201)
    hook = good(await ann.post("/webhooks", json={**HOOK, "owner": "organisation"}), 201)
    own = good(await bob.post("/notifications/targets", json={"kind": "webhook", **HOOK}), 201)
    assert own["secret"].startswith("whsec_")
    assert (await ann.post("/webhooks", json=HOOK)).status_code == 403
    assert (await bob.post("/webhooks", json={**HOOK, "owner": "organisation"})).status_code == 403
    assert (
        await eve.post("/notifications/targets", json={"kind": "webhook", **HOOK, "owner": "organisation"})
    ).status_code in {403, 409}
    assert (
        await bob.post("/notifications/targets", json={"kind": "webhook", **HOOK, "owner": "gateway"})
    ).status_code == 403
    assert [row["id"] for row in good(await ann.get("/webhooks"))["items"]] == [hook["id"]]
    assert [row["id"] for row in good(await bob.get("/notifications/targets"))["items"]] == [own["id"]]
    assert good(await eve.get("/notifications/targets"))["items"] == []
    assert len(good(await api.get("/notifications/targets"))["items"]) == 3
    for client in (ann, eve):
        for method, path in (("PATCH", ""), ("DELETE", ""), ("POST", "/test"), ("GET", "/deliveries")):
            body: dict[str, Any] | None = {} if method == "PATCH" else None
            answer = await client.request(method, f"/notifications/targets/{own['id']}{path}", json=body)
            assert answer.status_code == 404
    assert (await eve.get(f"/webhooks/{hook['id']}")).status_code in {403, 404}


async def test_only_ones_own_mailbox_is_mailed(people: dict[str, httpx.AsyncClient], api: httpx.AsyncClient) -> None:
    ann, bob = people["ann"], people["bob"]
    target = {"kind": "email", "name": "mail"}
    assert good(await bob.post("/notifications/targets", json=target), 201)["address"] == "bob@acme.example"
    refused = await bob.post("/notifications/targets", json={**target, "address": "eve@evil.example"})
    assert refused.status_code == 422
    team = {**target, "owner": "organisation"}
    assert (await ann.post("/notifications/targets", json={**team, "address": "eve@evil.example"})).status_code == 422
    good(await ann.post("/notifications/targets", json={**team, "address": "bob@acme.example"}), 201)
    good(await api.post("/notifications/targets", json={**target, "owner": "gateway", "address": "ops@x.example"}), 201)
    assert (await api.post("/notifications/targets", json=target)).status_code == 409
    assert (await bob.post("/notifications/targets", json={**target, "address": "a@b\r\nBcc: c@d"})).status_code == 422


async def test_phones_need_a_key_that_is_never_shown(
    world: World, people: dict[str, httpx.AsyncClient], sent: list[httpx.Request]
) -> None:
    bob = people["bob"]
    body = {"kind": "gotify", "name": "phone", "url": "https://push.example/", "key": "AiOLxxDxYOCc7bY"}
    made = good(await bob.post("/notifications/targets", json=body), 201)
    assert (made["secret"], made["url"]) == (None, "https://push.example")
    at = f"/notifications/targets/{made['id']}"
    # A key is changed after a second check, which a program cannot pass.
    stale = await bob.patch(at, json={"key": "Other"}, headers={"x-test-stale": "1"})
    assert stale.json()["type"].endswith("step-up-needed")
    assert (await bob.post(f"{at}/rotate", json={})).status_code in {403, 409}
    good(await bob.post(f"{at}/test"), 202)
    await run(world)
    assert (sent[0].headers["x-gotify-key"], str(sent[0].url)) == (body["key"], "https://push.example/message")
    for wrong in ({"key": None}, {"url": None}, {"kind": "webhook"}, {"kind": "email"}):
        assert (await bob.post("/notifications/targets", json={**body, **wrong})).status_code == 422
    async with world.sessions() as session:
        (row,) = await session.scalars(select(Target))
    assert body["key"].encode() not in (row.secret or b"")


async def test_a_user_has_so_many_targets(world: World, people: dict[str, httpx.AsyncClient]) -> None:
    bob = people["bob"]
    body = {"kind": "webhook", **HOOK}
    for _ in range(20):
        good(await bob.post("/notifications/targets", json=body), 201)
    assert (await bob.post("/notifications/targets", json=body)).status_code == 409


async def test_low_balance_and_events(people: dict[str, httpx.AsyncClient], api: httpx.AsyncClient) -> None:
    ann, bob = people["ann"], people["bob"]
    assert good(await bob.get("/notifications/low-balance")) == {"below": None, "owner": "me"}
    assert good(await bob.put("/notifications/low-balance", json={"below": "2.50"}))["below"] == "2.5"
    read = await bob.get("/notifications/low-balance")
    assert good(read)["below"] == "2.5"
    held = {"if-match": read.headers["etag"]}
    assert good(await bob.put("/notifications/low-balance", json={"below": "3"}, headers=held))["below"] == "3"
    assert (await bob.put("/notifications/low-balance", json={"below": "4"}, headers=held)).status_code == 412
    assert (
        await bob.put("/notifications/low-balance", json={"below": "1", "owner": "organisation"})
    ).status_code == 403
    assert (
        good(await ann.put("/notifications/low-balance", json={"below": "9", "owner": "organisation"}))["below"] == "9"
    )
    assert good(await ann.get("/notifications/low-balance?organisation=true"))["below"] == "9"
    assert (await api.get("/notifications/low-balance")).status_code == 409
    own = good(await bob.post("/notifications/targets", json={"kind": "webhook", **HOOK}), 201)
    good(await bob.post(f"/notifications/targets/{own['id']}/test"), 202)
    (event,) = good(await bob.get("/notifications/events?sort=-id"))["items"]
    assert (event["kind"], event["title"]) == ("target.test", "It works")
    assert good(await people["eve"].get("/notifications/events"))["items"] == []
    assert len(good(await bob.get("/notifications/kinds"))["items"]) > 15


async def test_targets_are_found_and_their_deliveries_repeated(
    world: World, people: dict[str, httpx.AsyncClient], api: httpx.AsyncClient, sent: list[httpx.Request], refused
) -> None:
    phone = {"kind": "gotify", "name": "phone", "owner": "gateway", "url": "https://push.example", "key": "k"}
    made = good(await api.post("/notifications/targets", json=phone), 201)
    hook = good(await api.post("/notifications/targets", json={"kind": "webhook", "owner": "gateway", **HOOK}), 201)
    mail = {"kind": "email", "name": "mine", "owner": "me"}
    own = good(await people["ann"].post("/notifications/targets", json=mail), 201)
    for query, wanted in (
        ({"kind": "gotify"}, [made["id"]]),
        ({"owner": "gateway"}, [made["id"], hook["id"]]),
        ({"owner": "me"}, [own["id"]]),
        ({"owner": "organisation"}, []),
        ({"q": "push.example"}, [made["id"]]),
        ({"q": "acme"}, [own["id"]]),
    ):
        found = good(await api.get("/notifications/targets", params=query))
        assert [one["id"] for one in found["items"]] == wanted, query
    one = await api.get(f"/notifications/targets/{made['id']}")
    assert good(one)["name"] == "phone"
    assert one.headers["etag"]
    refused(await people["eve"].get(f"/notifications/targets/{own['id']}"), 404)

    path = f"/notifications/targets/{made['id']}"
    good(await api.post(f"{path}/test"), 202)
    await run(world)
    first = good(await api.get(f"{path}/deliveries", params={"state": "delivered"}))["items"][0]
    assert good(await api.get(f"{path}/deliveries", params={"state": "failed"}))["items"] == []
    assert good(await api.get(f"{path}/deliveries", params={"event": "key.created"}))["items"] == []
    again = good(await api.post(f"{path}/deliveries/{first['id']}/again"), 202)
    assert again["message_id"] == first["message_id"]
    await run(world)
    assert len(sent) == 2
    refused(await api.post(f"/notifications/targets/{hook['id']}/deliveries/{first['id']}/again"), 404)
    refused(await people["eve"].post(f"{path}/deliveries/{first['id']}/again"), 404)


async def test_where_events_go_needs_a_second_check(people: dict[str, httpx.AsyncClient], refused: Any) -> None:
    ann = people["ann"]
    stale = {"x-test-stale": "1"}
    hook, elsewhere = {**HOOK, "owner": "organisation"}, {"url": "https://elsewhere.example/"}
    target = {"kind": "webhook", **HOOK}
    for path, body in (("/webhooks", hook), ("/notifications/targets", target)):
        assert refused(await ann.post(path, json=body, headers=stale), 403)["type"].endswith("step-up-needed")
        at = f"{path}/{good(await ann.post(path, json=body), 201)['id']}"
        refused(await ann.patch(at, json=elsewhere, headers=stale), 403)
        assert good(await ann.patch(at, json={"events": ["budget.*"]}, headers=stale))["url"] == HOOK["url"]
        assert good(await ann.patch(at, json=elsewhere))["url"] == elsewhere["url"]
    mailbox = {"kind": "email", "name": "mail"}
    refused(await ann.post("/notifications/targets", json={**mailbox, "owner": "organisation"}, headers=stale), 403)
    good(await ann.post("/notifications/targets", json=mailbox, headers=stale), 201)
