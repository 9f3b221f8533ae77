"""Keys over the real API."""

from storage import crypto
from storage.repositories import keys

OWN = "my-own-key-0000000000000000-abcd"


async def test_life_of_a_key(api, world) -> None:
    answer = await api.post(
        "/keys", json={"name": "app", "models": ["gpt-*"], "expires_at": "2031-01-01T02:00:00+02:00"}
    )
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    made = answer.json()
    key = made.pop("key")
    assert key.startswith("sk-gw-")
    assert made["hint"] == crypto.hint(key)
    assert made["expires_at"] == "2031-01-01T00:00:00Z"
    async with world.sessions() as session:
        row = await keys.find_by_digest(session, crypto.digest(key))
        assert row is not None
        assert row.id == made["id"]

    for path in ("/keys/app", f"/keys/{made['id']}"):
        answer = await api.get(path)
        assert answer.json() == made
        assert key not in answer.text
    assert (await api.get("/keys")).json() == {"items": [made], "next": None}

    answer = await api.patch("/keys/app", json={"models": None, "expires_at": None, "admin": True, "name": "app 2"})
    changed = answer.json()
    assert (changed["models"], changed["expires_at"], changed["admin"], changed["enabled"]) == (None, None, True, True)

    assert (await api.delete("/keys/app 2")).status_code == 204
    assert (await api.get("/keys")).json() == {"items": [], "next": None}
    assert world.notified == 3


async def test_own_key(api, refused) -> None:
    answer = await api.post("/keys", json={"name": "own", "key": OWN})
    assert answer.json()["key"] == OWN
    body = refused(await api.post("/keys", json={"name": "second", "key": OWN}), 409)
    assert OWN not in str(body)
    refused(await api.post("/keys", json={"name": "own"}), 409)
    for bad in ("brief", "has spaces in it, and is long", "gwa-looks-like-an-admin-token", "é" * 30, "x" * 300):
        body = refused(await api.post("/keys", json={"name": "bad", "key": bad}), 422)
        assert body["errors"][0]["field"] == "body.key"
        assert bad not in str(body)


async def test_etags(api, refused) -> None:
    answer = await api.post("/keys", json={"name": "app"})
    tag = answer.headers["etag"]
    assert (await api.patch("/keys/app", json={"enabled": False}, headers={"if-match": tag})).status_code == 200
    refused(await api.patch("/keys/app", json={"enabled": True}, headers={"if-match": tag}), 412)
    refused(await api.delete("/keys/app", headers={"if-match": tag}), 412)
    assert (await api.delete("/keys/app", headers={"if-match": "*"})).status_code == 204


async def test_a_name_that_is_taken(api, refused) -> None:
    await api.post("/keys", json={"name": "a"})
    await api.post("/keys", json={"name": "b"})
    refused(await api.patch("/keys/b", json={"name": "a"}), 409)
    refused(await api.get("/keys/nobody"), 404)


async def test_a_strict_key(api, world, refused) -> None:
    assert (await api.post("/keys", json={"name": "usual"})).json()["strict"] is False
    assert (await api.post("/keys", json={"name": "exact", "strict": True})).json()["strict"] is True
    async with world.sessions() as session:
        assert [key.strict for key in await keys.list_all(session)] == [True, False]
    assert (await api.patch("/keys/usual", json={"strict": True})).json()["strict"] is True
    assert (await api.patch("/keys/exact", json={"strict": False})).json()["strict"] is False
    for bad in (None, "yes", 1):
        refused(await api.patch("/keys/usual", json={"strict": bad}), 422)
