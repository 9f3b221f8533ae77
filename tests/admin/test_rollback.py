"""Taking changes back: of channels and settings, as the log has them, never of what was changed again since."""

from typing import Any


async def _entry(api, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = (await api.get("/audit", params={"kind": kind, "limit": 1})).json()["items"][0]
    return found


async def test_of_a_channel(api, make_channel, refused) -> None:
    await make_channel("main", models={"a": ""}, weight=2)
    await api.patch("/channels/main", json={"models": {"b": ""}, "weight": 9, "settings": {"price_ratio": "2"}})
    entry = await _entry(api, "channel")
    assert (entry["action"], entry["reversible"]) == ("channels.change", True)
    path = f"/audit/{entry['id']}/rollback"
    dry = (await api.post(path, json={"dry_run": True})).json()
    assert (dry["entry"], {one["field"] for one in dry["changes"]}) == (None, {"models", "settings", "weight"})
    assert (await api.get("/channels/main")).json()["weight"] == 9
    answer = await api.post(path)
    assert answer.status_code == 200, answer.text
    found = (await api.get("/channels/main")).json()
    assert (found["models"], found["weight"], found["settings"]) == ({"a": ""}, 2, {})
    newest = await _entry(api, "channel")
    assert (newest["action"], newest["id"]) == ("channels.rollback", answer.json()["entry"])
    assert {"field": "rollback_of", "before": None, "after": entry["id"]} in newest["changes"]
    # And back again: a rollback is a change like others.
    assert (await api.post(f"/audit/{newest['id']}/rollback")).status_code == 200
    assert (await api.get("/channels/main")).json()["weight"] == 9


async def test_what_was_changed_again(api, make_channel, refused) -> None:
    await make_channel("main", weight=2)
    await api.patch("/channels/main", json={"weight": 3})
    entry = await _entry(api, "channel")
    await api.patch("/channels/main", json={"weight": 4})
    path = f"/audit/{entry['id']}/rollback"
    assert refused(await api.post(path), 409)["type"].endswith(":changed-since")
    refused(await api.post(path, json={"force": True}, headers={"if-match": '"other"'}), 412)
    assert (await api.post(path, json={"force": True})).status_code == 200
    assert (await api.get("/channels/main")).json()["weight"] == 2


async def test_secrets_stay(api, make_channel) -> None:
    await make_channel("main", secret="sk-first-secret-aaaa")
    await api.patch("/channels/main", json={"secret": "sk-second-secret-bbbb", "remark": "new"})
    entry = await _entry(api, "channel")
    done = (await api.post(f"/audit/{entry['id']}/rollback")).json()
    assert "secret_hint" in done["left"]
    found = (await api.get("/channels/main")).json()
    assert (found["remark"], found["secret_hint"][-4:]) == ("", "bbbb")


async def test_of_settings(api, refused) -> None:
    await api.patch("/settings/mail", json={"port": 2525, "password": "hidden"})
    entry = await _entry(api, "settings")
    done = (await api.post(f"/audit/{entry['id']}/rollback")).json()
    assert ([one["field"] for one in done["changes"]], done["left"]) == (["port"], ["password"])
    values = {one["name"]: one["value"] for one in (await api.get("/settings/mail")).json()["settings"]}
    assert (values["port"], values["password"]) == (587, True)
    assert (await _entry(api, "settings"))["action"] == "settings.rollback"


async def test_what_cannot_be(api, make_channel, refused) -> None:
    await make_channel("main")
    entry = await _entry(api, "channel")
    assert entry["reversible"] is False
    assert refused(await api.post(f"/audit/{entry['id']}/rollback"), 409)["type"].endswith(":not-reversible")
    refused(await api.post("/audit/99999/rollback"), 404)
    await api.patch("/channels/main", json={"weight": 3})
    entry = await _entry(api, "channel")
    await api.delete("/channels/main")
    refused(await api.post(f"/audit/{entry['id']}/rollback"), 404)
