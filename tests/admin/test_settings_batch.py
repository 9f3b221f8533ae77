"""Several areas of settings at once, checked first where that is asked for; and what a form is made from."""


async def test_all_or_none(api, refused, world) -> None:
    told = world.notified
    answer = await api.patch("/settings", json={"settings": {"keys": {"most_per_user": 5}, "mail": {"port": 2525}}})
    assert answer.status_code == 200, answer.text
    assert [one["area"] for one in answer.json()["items"]] == ["keys", "mail"]
    assert world.notified == told + 1
    body = refused(
        await api.patch("/settings", json={"settings": {"keys": {"most_per_user": 6}, "mail": {"port": 0, "odd": 1}}}),
        422,
    )
    assert [one["field"] for one in body["errors"]] == ["body.settings.mail.odd"]
    body = refused(
        await api.patch("/settings", json={"settings": {"keys": {"most_per_user": -1}, "mail": {"port": 0}}}), 422
    )
    assert [one["field"] for one in body["errors"]] == [
        "body.settings.keys.most_per_user", "body.settings.mail.port",
    ]  # fmt: skip
    assert await _value(api, "keys", "most_per_user") == 5
    refused(await api.patch("/settings", json={"settings": {"nothing": {"x": 1}}}), 404)


async def _value(api, area: str, name: str) -> object:
    found = (await api.get(f"/settings/{area}")).json()
    return next(one["value"] for one in found["settings"] if one["name"] == name)


async def test_a_dry_run_changes_nothing(api) -> None:
    wanted = {"settings": {"keys": {"most_per_user": 7}}, "dry_run": True}
    found = (await api.patch("/settings", json=wanted)).json()["items"][0]
    assert next(one["value"] for one in found["settings"] if one["name"] == "most_per_user") == 7
    assert await _value(api, "keys", "most_per_user") == 1000
    assert (await api.get("/audit", params={"kind": "settings"})).json()["items"] == []


async def test_of_an_older_state(api, refused) -> None:
    area = (await api.get("/settings/keys")).json()
    assert area["etag"] == (await api.get("/settings/keys")).headers["etag"]
    change = {"settings": {"keys": {"most_per_user": 7}}, "tags": {"keys": area["etag"]}}
    assert (await api.patch("/settings", json=change)).status_code == 200
    refused(await api.patch("/settings", json=change), 412)
    refused(await api.patch("/settings/keys", json={"most_per_user": 8}, headers={"if-match": area["etag"]}), 412)


async def test_what_a_form_needs(api) -> None:
    areas = {one["area"]: one for one in (await api.get("/settings")).json()["items"]}
    fields = {f"{area}.{one['name']}": one for area, found in areas.items() for one in found["settings"]}
    assert all(key == one["key"] for key, one in fields.items())
    units = {key: fields[key]["unit"] for key in (
        "identity.login_pause_s", "identity.session_days", "identity.argon2_memory_kib", "bonuses.welcome",
        "bonuses.share", "mail.port", "mail.host",
    )}  # fmt: skip
    assert list(units.values()) == ["seconds", "days", "KiB", "nano-USD", "millionths", "", ""]
    assert fields["identity.registration"]["form"]["enum"] == ["off", "open", "invite", "domains"]
    assert (fields["mail.port"]["form"]["minimum"], fields["mail.port"]["form"]["maximum"]) == (1, 65535)
