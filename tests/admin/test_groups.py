"""Groups and their multipliers over the real API."""

from typing import Any

from storage.pricing import Ratios
from storage.repositories import groups


async def test_set_list_and_remove(api, world, refused) -> None:
    assert (await api.get("/groups")).json() == {"items": []}
    answer = await api.put("/groups/vip", json={"ratio": "0.80", "used": {"premium": 0.9, "free": 0}})
    assert answer.json() == {
        "name": "vip", "ratio": "0.8", "used": {"free": "0", "premium": "0.9"}, "topup_ratio": "1", "models": None,
        "usable_by": None, "auto_rank": None, "remark": "", "users": 0,
    }  # fmt: skip
    await api.put("/groups/free", json={"ratio": 0})
    assert world.notified == 2
    async with world.sessions() as session:
        assert await groups.ratios(session) == Ratios(
            {"vip": 800_000, "free": 0}, {"vip": {"premium": 900_000, "free": 0}}
        )
    assert [item["name"] for item in (await api.get("/groups")).json()["items"]] == ["free", "vip"]
    assert (await api.delete("/groups/free")).status_code == 204
    refused(await api.delete("/groups/free"), 404)
    assert (await api.get("/groups")).json()["items"][0]["used"] == {"free": "0", "premium": "0.9"}


async def test_what_is_no_multiplier_or_no_name_is_refused(api, refused) -> None:
    for ratio in ("-1", "1001", "x", None, "0.0000001", True):
        refused(await api.put("/groups/g", json={"ratio": ratio}), 422)
    refused(await api.put("/groups/g", json={"used": {" a": "1"}}), 422)
    refused(await api.put("/groups/12", json={}), 422)
    refused(await api.put(f"/groups/{'g' * 65}", json={}), 422)
    refused(await api.put("/groups/a%00b", json={}), 422)


async def test_the_ratio_of_a_channel(api, make_channel, refused) -> None:
    channel = await make_channel(settings={"price_ratio": 1.10})
    assert channel["settings"] == {"price_ratio": "1.1"}
    answer = await api.patch(f"/channels/{channel['id']}", json={"settings": {"price_ratio": None}})
    assert answer.json()["settings"] == {}
    refused(await api.patch(f"/channels/{channel['id']}", json={"settings": {"price_ratio": "-1"}}), 422)


async def test_groups_of_a_document(api, world) -> None:
    await api.put("/groups/vip", json={"ratio": "0.8"})
    await api.put("/groups/own", json={"ratio": "0.7"})
    wanted: list[dict[str, Any]] = [{"name": "vip", "ratio": 0.80}, {"name": "staff", "used": {"vip": "0"}}]

    async def apply(groups_wanted: list[dict[str, Any]], **more: bool) -> list[tuple[str, str, Any]]:
        body = {"document": {"groups": groups_wanted}, **more}
        answer = await api.post("/apply", json=body)
        assert answer.status_code == 200, answer.text
        return [(change["action"], change["name"], change["fields"]) for change in answer.json()["changes"]]

    assert await apply(wanted) == [
        ("update", "vip", {"origin": ["api", "apply"]}),
        ("create", "staff", {"ratio": [None, "1"], "used": [None, {"vip": "0"}]}),
    ]
    assert [action for action, _, _ in await apply(wanted, prune=True)] == ["unchanged", "unchanged"]
    assert await apply(wanted[1:], prune=True) == [("unchanged", "staff", {}), ("delete", "vip", {})]
    async with world.sessions() as session:
        assert await groups.ratios(session) == Ratios({"own": 700_000, "staff": 1_000_000}, {"staff": {"vip": 0}})
    assert [action for action, _, _ in await apply(wanted[1:])] == ["unchanged"]
    body = {"document": {"groups": [wanted[1], wanted[1]]}}
    assert (await api.post("/apply", json=body)).status_code == 422


async def test_rules_stay_when_only_the_ratio_is_set(api, refused) -> None:
    rules = {"models": ["gpt-*"], "usable_by": ["*"], "topup_ratio": "0.95", "remark": "for tests"}
    tag = (await api.put("/groups/vip", json=rules)).headers["etag"]
    shown = (await api.put("/groups/vip", json={"ratio": "0.5"}, headers={"if-match": tag})).json()
    assert {name: shown[name] for name in rules} == rules
    refused(await api.put("/groups/vip", json={}, headers={"if-match": tag}), 412)
    refused(await api.delete("/groups/vip", headers={"if-match": tag}), 412)
    assert (await api.get("/groups/vip")).json()["ratio"] == "0.5"


async def test_the_order_of_auto(api, world, refused) -> None:
    assert (await api.get("/groups/auto")).json() == {"order": []}
    assert (await api.put("/groups/auto", json={"order": ["cheap", "vip"]})).status_code == 200
    await api.put("/groups/vip", json={"ratio": "2"})
    answer = await api.get("/groups/auto")
    assert answer.json() == {"order": ["cheap", "vip"]}
    refused(await api.put("/groups/auto", json={"order": ["vip"]}, headers={"if-match": '"other"'}), 412)
    for order in (["auto"], ["vip", "vip"], [""], "vip"):
        refused(await api.put("/groups/auto", json={"order": order}), 422)
    await api.put("/groups/auto", json={"order": ["vip"]}, headers={"if-match": answer.headers["etag"]})
    assert (await api.get("/groups/auto")).json() == {"order": ["vip"]}
    document = {"groups": [{"name": "vip", "models": ["m"], "auto_rank": 3}]}
    changes = (await api.post("/apply", json={"document": document})).json()["changes"]
    assert changes[0]["fields"] == {
        "ratio": ["2", "1"], "models": [None, ["m"]], "auto_rank": [0, 3], "origin": ["api", "apply"],
    }  # fmt: skip
    (change,) = (await api.post("/apply", json={"document": document})).json()["changes"]
    assert change["action"] == "unchanged"
