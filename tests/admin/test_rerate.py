"""Rating past requests again over the real API."""

from tests.admin.test_explain import book


async def test_a_correction_is_booked_once_and_explained(api, world, refused) -> None:
    record = await book(world)
    body = {"since": "2026-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z", "model": "m"}
    await api.put("/prices", json={"model": "m", "provider": "openai", "input": "0", "output": "0",
                                   "effective_from": "2026-01-01T00:00:00Z"})  # fmt: skip
    dry = (await api.post("/rerate", json={**body, "dry_run": True})).json()
    assert (dry["checked"], dry["changed"], dry["cost"], dry["next"]) == (1, 1, -record.cost, None)
    assert (await api.post("/rerate", json=body)).json()["cost"] == -record.cost
    assert (await api.post("/rerate", json=body)).json()["changed"] == 0
    found = (await api.get("/usage/req_1/explain")).json()
    assert (found["cost"], found["corrected_cost"], found["matches"]) == (record.cost, 0, True)
    assert found["corrections"][0]["cost"] == -record.cost

    back = (await api.post("/rerate", json={**body, "price": record.price_id})).json()
    assert back["cost"] == record.cost
    after = f"{record.started_at}.{record.request_id}"
    assert (await api.post("/rerate", json={**body, "after": after})).json()["checked"] == 0
    refused(await api.post("/rerate", json={**body, "price": 99}), 404)
    for wrong in ({"after": "x"}, {"price": 0}, {"since": None}, {"price": 1, "model": None}):
        refused(await api.post("/rerate", json={**body, **wrong}), 422)
