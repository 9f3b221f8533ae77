"""Bulk operations on all that a filter finds: what is meant is found by the server, within reach, and counted first."""


async def test_users(api, refused) -> None:
    for name in ("ann", "anna", "bob"):
        await api.post("/users", json={"name": name})
    wanted = {"action": "disable", "filter": {"q": "ann"}, "dry_run": True}
    assert (await api.post("/users/bulk", json=wanted)).json()["matched"] == 2
    done = (await api.post("/users/bulk", json={**wanted, "dry_run": False})).json()
    assert (done["matched"], done["changed"]) == (2, 2)
    found = (await api.get("/users", params={"enabled": False})).json()["items"]
    assert [one["name"] for one in found] == ["ann", "anna"]
    refused(await api.post("/users/bulk", json={**wanted, "filter": {"organisation": "none"}}), 404)


async def test_models(api) -> None:
    for name in ("gpt-1", "gpt-2", "o3"):
        await api.post("/models", json={"name": name})
    wanted = {"action": "change", "filter": {"q": "gpt"}, "values": {"visibility": "hidden"}}
    assert (await api.post("/models/bulk", json=wanted)).json()["changed"] == 2
    assert (await api.post("/models/bulk", json={"action": "delete", "filter": {"visibility": "hidden"}})).json()[
        "changed"
    ] == 2


async def test_codes(api) -> None:
    made = await api.post("/redemption-codes", json={"name": "spring", "credit": "5", "count": 3})
    assert made.status_code == 201, made.text
    wanted = {"action": "disable", "filter": {"batch": made.json()["batch"], "state": "available"}}
    assert (await api.post("/redemption-codes/bulk", json=wanted)).json()["changed"] == 3
    assert (await api.post("/redemption-codes/bulk", json=wanted)).json()["matched"] == 0


async def test_a_refusal_says_its_code(api) -> None:
    done = (await api.post("/users/bulk", json={"action": "disable", "ids": [999]})).json()
    (refusal,) = done["results"]
    assert (refusal["code"], refusal["params"]["kind"]) == ("there-is-no", "user")


async def test_what_no_name_has_finds_nothing(api) -> None:
    for path in ("/users", "/keys", "/models"):
        answer = await api.get(path, params={"q": "\u200b\x01"})
        assert (answer.status_code, answer.json()["items"]) == (200, [])
