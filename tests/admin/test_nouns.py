"""Users' lists, removal and bulk; the audit log; settings; announcements: over the real API."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event

from admin.options.mail import Mail
from storage.models import Credential, IdentityLink, Session, User
from storage.repositories import audit, identity_providers, keys, users


async def test_users_are_found_sorted_and_paged(api, world, refused) -> None:
    for name, more in (("ann", {"email": "Ann@Example.com"}), ("bob", {"group": "vip"}), ("cid", {"role": "viewer"})):
        assert (await api.post("/users", json={"name": name, **more})).status_code == 201

    async def listed(**query: object) -> list[str]:
        answer = await api.get("/users", params=query)
        assert answer.status_code == 200, answer.text
        return [one["name"] for one in answer.json()["items"]]

    assert await listed() == ["ann", "bob", "cid"]
    assert await listed(sort="-name", limit=2) == ["cid", "bob"]
    assert await listed(sort="-created_at") == ["cid", "bob", "ann"]
    assert await listed(q="EXAMPLE.com") == ["ann"]
    assert await listed(q="2") == ["bob"]
    assert await listed(q="%") == []
    assert await listed(group="vip") == ["bob"]
    assert await listed(role="viewer") == ["cid"]
    assert await listed(organisation_role="member") == []
    assert await listed(enabled=False) == []
    file = (await api.get("/users", params={"format": "csv", "q": "example.com"})).text.splitlines()
    assert (len(file), file[1].split(",")[1]) == (2, "ann")
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await api.get("/users", params={"sort": "-created_at", "limit": 1, "cursor": cursor})).json()
        found += [one["name"] for one in page["items"]]
        cursor = page["next"]
    assert found == ["cid", "bob", "ann"]
    for query in ({"sort": "email"}, {"cursor": "nonsense"}, {"limit": 0}, {"q": "\0"}):
        refused(await api.get("/users", params=query), 422)
    refused(await api.post("/users", json={"name": "dan", "email": "ann@example.com"}), 409)
    for email in ("nobody", "a b@example.com", "@example.com", "ann@local"):
        refused(await api.post("/users", json={"name": "dan", "email": email}), 422)


async def test_a_page_of_users_is_a_fixed_number_of_statements(api, world) -> None:
    async with world.sessions.begin() as session:
        for number in range(60):
            await users.create(session, User(name=f"user-{number:03}"))
    engine = world.sessions.kw["bind"].sync_engine
    counted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
    for limit in (5, 50):
        counted.clear()
        assert len((await api.get("/users", params={"limit": limit})).json()["items"]) == limit
        assert len(counted) <= 5, counted


async def test_a_removed_user_comes_back_with_everything(api, world, refused) -> None:
    made = (await api.post("/users", json={"name": "ann"})).json()
    await api.post("/keys", json={"name": "k", "user": "ann"})
    async with world.sessions.begin() as session:
        session.add(Credential(user_id=made["id"], password="x", password_at=1))
        times = {"created_at": 1, "seen_at": 1, "expires_at": 2**40}
        session.add(Session(user_id=made["id"], digest=b"d" * 32, method="password", **times))
        link = IdentityLink(provider_id=1, subject="s", user_id=made["id"], created_at=1)
        await identity_providers.add_link(session, link)
        before = await keys.latest_change(session)
    assert (await api.delete("/users/ann")).status_code == 204
    async with world.sessions() as session:
        assert await keys.latest_change(session) > before, "replicas are told"
        row = await users.find_by_name(session, "ann")
        assert row is not None
        assert not row.enabled
        assert (await session.get(Credential, made["id"])) is not None
        assert await session.get(Session, 1) is None, "signed out"
    assert (await api.get("/users")).json()["items"] == []
    assert [one["name"] for one in (await api.get("/users", params={"removed": True})).json()["items"]] == ["ann"]
    refused(await api.patch("/users/ann", json={"enabled": True}), 404)
    assert "restored" in refused(await api.post("/users", json={"name": "ann"}), 409)["detail"]
    back = (await api.post("/users/ann/restore")).json()
    assert (back["enabled"], back["removed"], back["id"]) == (True, False, made["id"])
    assert (await api.get("/keys/k")).json()["user"] == "ann"
    await api.delete("/keys/k")
    assert (await api.delete("/users/ann", params={"purge": True})).status_code == 204
    async with world.sessions() as session:
        assert await session.get(Credential, made["id"]) is None
        assert await identity_providers.link_of(session, 1, "s") is None, "the account there can come again"
        assert await users.find_by_name(session, "ann") is None


async def test_many_users_at_once(api, world, refused) -> None:
    numbers = [(await api.post("/users", json={"name": f"u{number}"})).json()["id"] for number in range(3)]
    wanted = {"action": "disable", "ids": [*numbers, 99]}
    dry = (await api.post("/users/bulk", json={**wanted, "dry_run": True})).json()
    assert (dry["matched"], dry["changed"]) == (4, 0)
    done = (await api.post("/users/bulk", json=wanted)).json()
    assert (done["changed"], done["refused"]) == (3, 1)
    told = {"problem": "There is no user '99'.", "code": "there-is-no", "params": {"kind": "user", "ref": "99"}}
    assert done["results"][0] == {"id": 99, "ok": False, "status": 404, **told}
    assert (await api.get("/users", params={"enabled": True})).json()["items"] == []
    refused(await api.post("/users/bulk", json={"action": "set_group", "ids": numbers}), 422)
    await api.post("/users/bulk", json={"action": "set_group", "group": "vip", "ids": numbers[:2]})
    assert len((await api.get("/users", params={"group": "vip"})).json()["items"]) == 2
    refused(await api.patch("/users/u0", json={"group": "auto"}), 422)


async def test_teams(api, refused) -> None:
    await api.post("/organisations", json={"name": "acme"})
    await api.post("/organisations", json={"name": "other"})
    await api.post("/users", json={"name": "ann", "organisation": "acme"})
    await api.post("/users", json={"name": "eve", "organisation": "other"})
    refused(await api.post("/teams", json={"name": "search"}), 422)
    team = (await api.post("/teams", json={"name": "search", "organisation": "acme"})).json()
    refused(await api.post("/teams", json={"name": "search", "organisation": "acme"}), 409)
    assert (await api.put(f"/teams/{team['id']}/members/ann")).status_code == 204
    assert (await api.put(f"/teams/{team['id']}/members/ann")).status_code == 204
    refused(await api.put(f"/teams/{team['id']}/members/eve"), 404)
    assert [one["name"] for one in (await api.get(f"/teams/{team['id']}/members")).json()["items"]] == ["ann"]
    assert (await api.get("/teams", params={"organisation": "other"})).json()["items"] == []
    assert (await api.get("/teams")).json()["items"][0]["members"] == 1
    await api.patch("/users/ann", json={"organisation": "other"})
    assert (await api.get(f"/teams/{team['id']}")).json()["members"] == 0, "who leaves leaves its teams"
    answer = await api.get(f"/teams/{team['id']}")
    changed = await api.patch(
        f"/teams/{team['id']}", json={"name": "find"}, headers={"if-match": answer.headers["etag"]}
    )
    assert changed.json()["name"] == "find"
    refused(await api.delete(f"/teams/{team['id']}", headers={"if-match": answer.headers["etag"]}), 412)
    assert (await api.delete(f"/teams/{team['id']}")).status_code == 204


async def test_what_is_changed_is_in_the_log(api, world, refused) -> None:
    await api.post("/organisations", json={"name": "acme"})
    await api.post("/users", json={"name": "=ann", "organisation": "acme"})
    await api.patch("/users/=ann", json={"group": "vip", "remark": "pays"}, headers={"user-agent": "test\x7fer"})
    await api.delete("/users/=ann")
    await api.put("/groups/vip", json={"ratio": "0.8"})
    page = (await api.get("/audit")).json()["items"]
    assert [entry["action"] for entry in page] == [
        "groups.set", "users.remove", "users.change", "users.create", "organisations.create",
    ]  # fmt: skip
    change = page[2]
    assert change["changes"] == [
        {"field": "group", "before": "default", "after": "vip"}, {"field": "remark", "before": "", "after": "pays"},
    ]  # fmt: skip
    assert (change["actor"], change["kind"], change["object_name"]) == ("operator:first", "user", "=ann")
    assert change["agent"] == "test?er"
    assert change["organisation_id"] == 1
    assert (await api.get(f"/audit/{change['id']}")).json() == change
    refused(await api.get("/audit/999"), 404)
    for query, count in (
        ({"action": "users."}, 3), ({"action": "users.create"}, 1), ({"kind": "group"}, 1), ({"q": "ann"}, 3),
        ({"since": "2100-01-01T00:00:00Z"}, 0), ({"until": "2100-01-01T00:00:00Z"}, 5), ({"actor": "nobody"}, 0),
        ({"request_id": change["request_id"]}, 1), ({"object_id": "vip"}, 1),
    ):  # fmt: skip
        assert len((await api.get("/audit", params=query)).json()["items"]) == count, query
    lines = (await api.get("/audit", params={"format": "csv", "action": "users."})).text.splitlines()
    assert lines[0].startswith("id,at,actor,")
    assert len(lines) == 4
    assert "'=ann" in lines[1], "no formula"
    rows = (await api.get("/audit", params={"format": "jsonl"})).text.splitlines()
    assert len(rows) == 5


async def test_settings_say_where_they_come_from(api, world, refused) -> None:
    areas = {one["area"]: one for one in (await api.get("/settings")).json()["items"]}
    assert {"mail", "network", "identity"} <= set(areas)
    for area in areas.values():
        for each in area["settings"]:
            assert each["description"], f"{area['area']}.{each['name']}"
            assert each["source"] == "default"
    answer = await api.patch("/settings/mail", json={"host": "smtp.example.com", "password": "hunter2", "port": 25})
    assert answer.status_code == 200, answer.text
    found = {each["name"]: each for each in answer.json()["settings"]}
    assert (found["host"]["value"], found["host"]["source"]) == ("smtp.example.com", "console")
    assert (found["host"]["changed_by"], found["port"]["value"]) == ("operator:first", 25)
    assert found["port"]["form"]["maximum"] == 65535
    assert (found["password"]["value"], found["password"]["secret"]) == (True, True)
    assert "hunter2" not in answer.text
    assert "hunter2" not in (await api.get("/audit")).text
    assert (await world.services().options.get(Mail)).password == "hunter2"
    refused(await api.patch("/settings/mail", json={"port": 1}, headers={"if-match": '"old"'}), 412)
    refusals: list[dict[str, Any]] = [
        {"port": 0}, {"port": "x"}, {"nonsense": 1}, {"password": 5}, {"host": "a\nb"}, {"sender": []},
    ]  # fmt: skip
    for wrong in refusals:
        refused(await api.patch("/settings/mail", json=wrong), 422)
    refused(await api.patch("/settings/nonsense", json={}), 404)
    reset = (await api.patch("/settings/mail", json={"port": None})).json()["settings"]
    port = next(each for each in reset if each["name"] == "port")
    assert (port["value"], port["source"], port["changed_by"]) == (587, "default", None)
    (entry,) = (await api.get("/audit", params={"kind": "settings", "limit": 1})).json()["items"]
    assert entry["changes"] == [{"field": "port", "before": 25, "after": 587}]


async def test_everybody_knows_public_settings_only(anyone, api) -> None:
    await api.patch("/settings/mail", json={"host": "smtp.example.com"})
    found = (await anyone.get("/api/v1/public/settings")).json()["settings"]
    assert found["identity"]["registration"] == "off"
    assert "mail" not in found
    assert "argon2_passes" not in found["identity"]


async def test_announcements(api, anyone, world, refused) -> None:
    now = datetime.now(UTC)
    soon = (now + timedelta(hours=1)).isoformat()
    for more in (
        {"kind": "notice", "title": "now", "body": "**bold**\nline"},
        {"kind": "faq", "title": "question", "position": 2},
        {"kind": "faq", "title": "first question", "position": 1},
        {"kind": "notice", "title": "later", "visible_from": soon},
        {"kind": "notice", "title": "members", "signed_in_only": True},
        {"kind": "api", "title": "EU", "link": "https://eu.example.com/v1", "enabled": False},
    ):
        assert (await api.post("/announcements", json=more)).status_code == 201
    public = (await anyone.get("/api/v1/public/announcements")).json()["items"]
    assert [one["title"] for one in public] == ["first question", "question", "now"]
    assert "members" in [one["title"] for one in (await api.get("/announcements")).json()["items"]]
    assert (await anyone.get("/api/v1/announcements")).status_code == 401
    world.now += 7200
    assert "later" in [one["title"] for one in (await anyone.get("/api/v1/public/announcements")).json()["items"]]
    assert len((await api.get("/announcements/all", params={"kind": "faq"})).json()["items"]) == 2
    refusals: list[dict[str, Any]] = [
        {"kind": "x", "title": "t"}, {"kind": "faq", "title": ""}, {"kind": "faq", "title": "t", "body": "a\x00b"},
        {"kind": "faq", "title": "t", "link": "javascript:alert(1)"}, {"kind": "faq", "title": "t", "link": "//evil"},
        {"kind": "faq", "title": "t", "visible_from": soon, "visible_until": now.isoformat()},
    ]  # fmt: skip
    for wrong in refusals:
        refused(await api.post("/announcements", json=wrong), 422)
    one = await api.get("/announcements/1")
    tag = {"if-match": one.headers["etag"]}
    assert (await api.patch("/announcements/1", json={"title": "new"}, headers=tag)).json()["title"] == "new"
    refused(await api.delete("/announcements/1", headers=tag), 412)
    assert (await api.delete("/announcements/1")).status_code == 204
    refused(await api.get("/announcements/1"), 404)
    async with world.sessions() as session:
        assert len((await session.scalars(audit.query())).all()) == 8
