"""Users and organisations over the real API, and what their keys are told."""

from storage.repositories import keys


async def test_life_of_a_user(api, world) -> None:
    made = (await api.post("/organisations", json={"name": "acme"})).json()
    answer = await api.post("/users", json={"name": "ann", "organisation": "acme"})
    assert answer.status_code == 201
    user = answer.json()
    assert (user["organisation"], user["organisation_id"], user["group"]) == ("acme", made["id"], "default")
    assert user["money"] == {
        "account_id": user["money"]["account_id"],
        "limited": False,
        "balance": "0",
        "held": "0",
        "available": "0",
    }
    assert (await api.get("/users/ann")).json() == user
    assert (await api.get("/users", params={"organisation": "acme"})).json() == {"items": [user], "next": None}
    await api.post("/users", json={"name": "bob"})
    first = (await api.get("/users", params={"limit": 1})).json()
    assert first["items"][0]["name"] == "ann"
    rest = await api.get("/users", params={"cursor": first["next"]})
    assert [one["name"] for one in rest.json()["items"]] == ["bob"]
    changed = (await api.patch("/users/ann", json={"name": "ann 2", "organisation": None, "group": "gold"})).json()
    assert (changed["name"], changed["organisation"], changed["group"]) == ("ann 2", None, "gold")
    assert (await api.delete("/users/ann 2")).status_code == 204
    assert (await api.delete("/organisations/acme")).status_code == 204


async def test_keys_belong_to_users(api, world, refused) -> None:
    await api.post("/users", json={"name": "ann"})
    refused(await api.post("/keys", json={"name": "k", "user": "nobody"}), 404)
    key = (await api.post("/keys", json={"name": "k", "user": "ann", "group": "gold", "cost_cap": "0.50"})).json()
    assert (key["user"], key["group"], key["cost_cap"]) == ("ann", "gold", "0.5")
    refused(await api.delete("/users/ann", params={"purge": True}), 409)
    async with world.sessions() as session:
        row = await keys.find_by_name(session, "k")
        assert row is not None
        assert (row.user_id, row.cost_cap) == (key["user_id"], 500_000_000)
        before = await keys.latest_change(session)
    await api.patch("/users/ann", json={"enabled": False})
    async with world.sessions() as session:
        assert await keys.changes_since(session, before) == (before + 1, [row.digest])
    changed = (await api.patch("/keys/k", json={"user": None, "cost_cap": None})).json()
    assert (changed["user"], changed["user_id"], changed["cost_cap"], changed["group"]) == (None, None, None, "gold")
    assert (await api.delete("/users/ann", params={"purge": True})).status_code == 204
    refused(await api.post("/users/ann/restore"), 404)


async def test_quota_is_switched_on_with_a_balance(api, world) -> None:
    for noun, ref in (("users", "ann"), ("organisations", "acme")):
        await api.post(f"/{noun}", json={"name": ref})
        notified = world.notified
        money = (await api.put(f"/{noun}/{ref}/quota", json={"limited": True, "balance": "12.5"})).json()
        assert (money["limited"], money["balance"], money["available"]) == (True, "12.5", "12.5")
        assert world.notified == notified + 1
        money = (await api.put(f"/{noun}/{ref}/quota", json={"limited": False})).json()
        assert (money["limited"], money["balance"]) == (False, "12.5")
        assert (await api.get(f"/{noun}/{ref}")).json()["money"] == money


async def test_what_is_refused(api, refused) -> None:
    await api.post("/organisations", json={"name": "acme"})
    await api.post("/users", json={"name": "ann", "organisation": "acme"})
    refused(await api.post("/users", json={"name": "ann"}), 409)
    refused(await api.post("/users", json={"name": "eve", "organisation": "nobody"}), 404)
    refused(await api.post("/organisations", json={"name": "acme"}), 409)
    refused(await api.delete("/organisations/acme"), 409)
    refused(await api.get("/organisations/nobody"), 404)
    refused(await api.get("/users/nobody"), 404)
    refused(await api.put("/users/ann/quota", json={"limited": True, "balance": "1e99"}), 422)
    tag = (await api.get("/users/ann")).headers["etag"]
    await api.put("/users/ann/quota", json={"limited": True, "balance": "5"})
    assert (await api.patch("/users/ann", json={"group": "a"}, headers={"if-match": tag})).status_code == 200
    refused(await api.patch("/users/ann", json={"group": "b"}, headers={"if-match": tag}), 412)
    await api.post("/users", json={"name": "bob"})
    refused(await api.patch("/users/bob", json={"name": "ann"}), 409)
    await api.post("/organisations", json={"name": "other"})
    refused(await api.patch("/organisations/other", json={"name": "acme"}), 409)
    assert (await api.patch("/organisations/other", json={"name": "third"})).json()["name"] == "third"
    assert [one["name"] for one in (await api.get("/organisations")).json()["items"]] == ["acme", "third"]


async def test_a_document_gives_keys_to_users(api, refused) -> None:
    entry = {"name": "k", "key": "my-own-key-0000000000000000-abcd", "user": "ann", "cost_cap": "1"}
    document = {"document": {"keys": [entry]}}
    body = refused(await api.post("/apply", json=document), 422)
    assert body["errors"][0]["field"] == "body.document.keys.0.user"
    await api.post("/users", json={"name": "ann"})
    assert (await api.post("/apply", json=document)).status_code == 200
    assert (await api.get("/keys/k")).json()["user"] == "ann"
    (change,) = (await api.post("/apply", json=document)).json()["changes"]
    assert change["action"] == "unchanged"
