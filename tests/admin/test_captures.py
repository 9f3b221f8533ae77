"""Capture over the API: whose, by whom, what is shown of it, and who has looked."""

import zlib
from base64 import b64encode
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from storage import crypto
from storage.captured import Bodies, Part, context
from storage.models import AuditEntry, AutomationToken, CaptureRule, Key, Option, Organisation, Revision, User
from storage.records import UsageRecord
from storage.repositories import captures, usage
from storage.repositories.captures import CaptureData

ANN = {"authorization": "Bearer gwt-ann"}


@pytest.fixture
async def world_with_ann(world) -> Any:
    """acme, its administrator ann with a key, and a key that is nobody's."""
    async with world.sessions.begin() as session:
        acme = Organisation(name="acme")
        session.add(acme)
        await session.flush()
        ann = User(name="ann", organisation_id=acme.id, organisation_role="admin")
        session.add(ann)
        await session.flush()
        session.add(Key(name="app", digest=crypto.digest("sk-gw-app"), user_id=ann.id))
        session.add(Key(name="other", digest=crypto.digest("sk-gw-other")))
        session.add(AutomationToken(name="ann", digest=crypto.digest("gwt-ann"), hint="", user_id=ann.id, scopes=["*"]))
    return world


async def keep(world: Any, request_id: str, request: bytes, response: bytes, **fields: Any) -> None:
    """Store a captured request as a replica does."""
    bodies = Bodies(Part(request, "", len(request)), Part(response, "text/event-stream", 900, cut=True, redacted=2))
    packed = b64encode(zlib.compress(msgspec.msgpack.encode(bodies))).decode()
    row = CaptureData(
        request_id=request_id, started_at=world.now * 1_000_000, key_id=1, user_id=fields.get("user_id", 0),
        organisation_id=fields.get("organisation_id", 0), rule_id=1, request_bytes=1, response_bytes=900, size=5,
        expires_at=fields.get("expires_at", world.now + 100), sealed=world.box.seal(packed, context(request_id)),
    )  # fmt: skip
    async with world.sessions.begin() as session:
        await captures.insert(session, [row])


async def actions(world: Any) -> list[tuple[str, str]]:
    async with world.sessions() as session:
        rows = await session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(row.action, row.object_id) for row in rows if row.action.startswith("captures.")]


async def test_rules(api, world_with_ann, refused) -> None:
    world = world_with_ann
    async with world.sessions() as session:
        before = await session.scalar(select(Revision.value).where(Revision.name == "routes"))
    wanted = {"scope": "key", "owner": "app", "redact": {"fields": ["user"], "patterns": ["[0-9]{4}"]}, "note": "#12"}
    answer = await api.post("/captures/rules", json=wanted)
    assert answer.status_code == 201, answer.text
    rule = answer.json()
    assert (rule["owner"], rule["keep_days"], rule["redact"]) == ("app", 7, wanted["redact"])
    assert rule["created_by"] == "operator:first"
    refused(await api.post("/captures/rules", json={**wanted, "owner": str(rule["owner_id"])}), 409)
    async with world.sessions() as session:
        assert await session.scalar(select(Revision.value).where(Revision.name == "routes")) > before
    path = f"/captures/rules/{rule['id']}"
    tag = (await api.get(path)).headers["etag"]
    changed = await api.patch(path, json={"until": "2030-01-01T00:00:00Z", "keep_days": 3}, headers={"if-match": tag})
    assert (changed.json()["until"], changed.json()["keep_days"]) == ("2030-01-01T00:00:00Z", 3)
    refused(await api.patch(path, json={"enabled": False}, headers={"if-match": tag}), 412)
    assert (await api.patch(path, json={"until": None, "enabled": False})).json()["until"] is None
    assert [one["id"] for one in (await api.get("/captures/rules")).json()["items"]] == [rule["id"]]
    assert world.notified >= 3
    assert (await api.delete(path)).status_code == 204
    refused(await api.get(path), 404)
    assert [action for action, _ in await actions(world)] == [
        "captures.create", "captures.change", "captures.change", "captures.remove",
    ]  # fmt: skip


async def test_bad_rules(api, world_with_ann, refused) -> None:
    good = {"scope": "key", "owner": "app"}
    wrong: list[dict[str, Any]] = [
        {"scope": "user"},
        {"max_bytes": 10},
        {"max_bytes": 2 * 1024 * 1024},  # above the operator's bound
        {"keep_days": 31},
        {"until": "tomorrow"},
        {"redact": {"patterns": ["("]}},
        {"redact": {"patterns": ["(?=x)"]}},  # not RE2
        {"redact": {"fields": [""]}},
        {"redact": {"words": []}},
        {"note": "x" * 300},
        {"scope_id": 1},
    ]
    for bad in wrong:
        refused(await api.post("/captures/rules", json={**good, **bad}), 422)
    refused(await api.post("/captures/rules", json={**good, "owner": "nobody"}), 404)
    refused(await api.post("/captures/rules", json={**good, "owner": "99"}), 404)
    assert await actions(world_with_ann) == []


async def test_what_an_organisation_may(api, world_with_ann, refused) -> None:
    world = world_with_ann
    wanted = {"scope": "organisation", "owner": "acme"}
    # A token of hers cannot step up; what she could do in a session is tried without that.
    refused(await api.post("/captures/rules", json=wanted, headers=ANN), 403)
    async with world.sessions.begin() as session:
        session.add(Option(area="logs", name="capture_by_organisations", value=True))
        rule = CaptureRule(scope="key", scope_id=2, max_bytes=9, keep_s=86_400, redact={})
        await captures.create_rule(session, rule)
        mine = CaptureRule(scope="organisation", scope_id=1, max_bytes=9, keep_s=86_400, redact={})
        await captures.create_rule(session, mine)
    assert [one["id"] for one in (await api.get("/captures/rules", headers=ANN)).json()["items"]] == [mine.id]
    refused(await api.get(f"/captures/rules/{rule.id}", headers=ANN), 404)
    refused(await api.delete(f"/captures/rules/{rule.id}", headers=ANN), 404)
    assert (await api.delete(f"/captures/rules/{mine.id}", headers=ANN)).status_code == 204


async def test_reading_is_recorded(api, world_with_ann, refused) -> None:
    world = world_with_ann
    await keep(world, "req_1", '{"a": "ü"}'.encode(), "data: ü".encode()[:-1])
    await keep(world, "req_2", b"\xff\xfe", b"", organisation_id=1)
    await keep(world, "req_3", b"", b"", expires_at=world.now)
    answer = await api.get("/captures/req_1")
    found = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert found["request"]["text"] == '{"a": "ü"}'
    assert (found["response"]["text"], found["response"]["cut"], found["response"]["redacted"]) == ("data: ", True, 2)
    assert (await api.get("/captures/req_2")).json()["request"]["base64"] == "//4="
    refused(await api.get("/captures/req_3"), 404)
    refused(await api.get("/captures/req_4"), 404)
    assert await actions(world) == [("captures.read", "req_1"), ("captures.read", "req_2")]
    assert (await api.delete("/captures/req_1")).status_code == 204
    refused(await api.get("/captures/req_1"), 404)
    assert (await actions(world))[2:] == [("captures.delete", "req_1")]
    async with world.sessions() as session:
        (entry, *_) = (await session.scalars(select(AuditEntry).where(AuditEntry.object_id == "req_1"))).all()
    assert "ü" not in str(entry.after)


async def test_one_sealed_with_another_key(api, world_with_ann, refused) -> None:
    world = world_with_ann
    await keep(world, "req_1", b"x", b"y")
    async with world.sessions.begin() as session:
        row = await captures.get(session, "req_1", 0)
        assert row is not None
        row.sealed = crypto.SecretBox(b"z" * 32).seal("x", context("req_1"))
    refused(await api.get("/captures/req_1"), 409)


async def test_what_was_captured_is_listed_and_purged(api, world_with_ann, refused) -> None:
    world = world_with_ann
    async with world.sessions.begin() as session:
        rule = CaptureRule(scope="organisation", scope_id=1, max_bytes=9, keep_s=86_400, redact={})
        await captures.create_rule(session, rule)
    for number in range(3):
        await keep(world, f"req_{number}", b"x", b"y", organisation_id=number % 2)
    await keep(world, "req_9", b"x", b"y", expires_at=world.now)
    page = (await api.get("/captures", params={"limit": 2, "rule": 1})).json()
    assert [item["request_id"] for item in page["items"]] == ["req_2", "req_1"]
    page = (await api.get("/captures", params={"limit": 2, "cursor": page["next"], "key": 1})).json()
    assert ([item["request_id"] for item in page["items"]], page["next"]) == (["req_0"], None)
    assert "sealed" not in page["items"][0]
    assert [item["request_id"] for item in (await api.get("/captures", headers=ANN)).json()["items"]] == ["req_1"]
    refused(await api.get("/captures", params={"cursor": "x"}), 422)
    assert (await api.delete(f"/captures/rules/{rule.id}", params={"purge": True})).status_code == 204
    assert (await api.get("/captures")).json()["items"] == []
    assert await actions(world) == [("captures.purge", "1")]


async def test_the_list_says_what_was_captured(api, world_with_ann) -> None:
    world = world_with_ann
    async with world.sessions.begin() as session:
        await usage.insert_many(session, [UsageRecord(f"req_{number}", 1000 + number) for number in range(2)])
    await keep(world, "req_1", b"x", b"y")
    items = (await api.get("/usage")).json()["items"]
    assert [(item["request_id"], item["captured"]) for item in items] == [("req_1", True), ("req_0", False)]
