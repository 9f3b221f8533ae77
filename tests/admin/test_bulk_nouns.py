"""Many organisations, teams, budgets, limits, rules and targets at once; copies of channels and of their secrets."""

import httpx

from tests.admin.authorization.conftest import Cast, call, cast, may, stage

__all__ = ["call", "cast", "stage"]


async def test_each_is_changed_by_itself(api, refused) -> None:
    for name in ("acme", "other"):
        await api.post("/organisations", json={"name": name})
    await api.post("/users", json={"name": "ann", "organisation": "acme"})
    for name in ("a", "b"):
        await api.post("/teams", json={"name": name, "organisation": "acme"})
        await api.post("/budgets", json={"scope": "team", "owner": f"acme/{name}", "period": "month", "amount": "5"})
        limit = {"name": name, "metric": "requests", "window": "minute", "amount": 5}
        assert (await api.put("/limits", json=limit)).status_code == 200

    async def done(path: str, **body: object) -> tuple[int, int]:
        answer = await api.post(f"{path}/bulk", json={"ids": [1, 2, 99], **body})
        assert answer.status_code == 200, answer.text
        return answer.json()["changed"], answer.json()["refused"]

    assert await done("/organisations", action="disable", dry_run=True) == (0, 0)
    assert await done("/organisations", action="disable") == (2, 1)
    assert (await api.get("/organisations/acme")).json()["enabled"] is False
    assert await done("/budgets", action="change", values={"amount": "7"}) == (2, 1)
    assert {one["amount"] for one in (await api.get("/budgets")).json()["items"]} == {"7"}
    assert await done("/teams", action="change", values={"models": ["m"]}) == (2, 1)
    assert (await api.get("/teams/2")).json()["models"] == ["m"]
    assert await done("/limits", action="disable") == (2, 1)
    assert (await api.get("/limits/a")).json()["enabled"] is False
    for path in ("/limits", "/budgets", "/teams"):
        assert await done(path, action="delete") == (2, 1)
        assert (await api.get(path)).json()["items"] == []
    assert await done("/organisations", action="delete") == (1, 2), "one has a member"
    refused(await api.post("/teams/bulk", json={"ids": [1], "action": "change"}), 422)
    refused(await api.post("/teams/bulk", json={"ids": [1], "action": "change", "values": {"name": "x"}}), 422)


async def test_rules_and_targets_are_switched_and_removed(api, refused) -> None:
    for name in ("a", "b"):
        made = await api.post("/safety-rules", json={"name": name, "kind": "words", "words": ["x"], "action": "log"})
        assert made.status_code == 201, made.text
        hook = {"kind": "webhook", "owner": "gateway", "name": name, "url": "https://hooks.example/x", "events": ["*"]}
        assert (await api.post("/notifications/targets", json=hook)).status_code == 201

    for path, item in (
        ("/safety-rules", "/safety-rules/2"),
        ("/notifications/targets", "/notifications/targets/2"),
        ("/webhooks", "/webhooks/2"),
    ):

        async def done(path: str = path, **body: object) -> tuple[int, int]:
            answer = await api.post(f"{path}/bulk", json={"ids": [2, 99], **body})
            assert answer.status_code == 200, answer.text
            return answer.json()["changed"], answer.json()["refused"]

        assert await done(action="disable", dry_run=True) == (0, 0)
        assert await done(action="disable") == (1, 1)
        assert (await api.get(item)).json()["enabled"] is False
        assert await done(action="enable") == (1, 1)
        assert (await api.get(item)).json()["enabled"] is True
        refused(await api.post(f"{path}/bulk", json={"ids": [2], "action": "change"}), 422)
    for path in ("/safety-rules", "/webhooks"):
        await api.post(f"{path}/bulk", json={"ids": [2], "action": "delete"})
        assert [one["name"] for one in (await api.get(path)).json()["items"]] == ["a"]
    await api.post("/notifications/targets/bulk", json={"ids": [1], "action": "delete"})
    assert (await api.get("/notifications/targets")).json()["items"] == []
    actions = [row["action"] for row in (await api.get("/audit?limit=100")).json()["items"]]
    assert {"safety.change", "safety.delete"} <= set(actions)


async def test_many_targets_of_others_are_refused(call: httpx.AsyncClient, cast: Cast) -> None:
    cast.add("root", may("root"))
    cast.add("member", may("member"))
    hook = {"kind": "webhook", "owner": "gateway", "name": "g", "url": "https://hooks.example/x", "events": ["*"]}
    made = await call.post("/api/v1/notifications/targets", json=hook, headers={"x-as": "root"})
    assert made.status_code == 201, made.text
    answer = await call.post(
        "/api/v1/notifications/targets/bulk",
        json={"ids": [made.json()["id"]], "action": "delete"},
        headers={"x-as": "member"},
    )
    assert (answer.status_code, answer.json()["refused"]) == (200, 1), answer.text
    assert answer.json()["results"][0]["status"] == 404


async def test_secrets_are_copied_by_who_may_replace_them(call: httpx.AsyncClient, cast: Cast) -> None:
    cast.add("fresh", may("root"))
    cast.add("stale", may("root"), stepped_up_at=0)
    cast.add("without", {name: far for name, far in may("root").items() if name != "channels.secrets"})
    channel = {"name": "main", "provider": "openai", "models": {"m": ""}, "secret": "sk-upstream-0000"}
    made = await call.post("/api/v1/channels", json=channel, headers={"x-as": "fresh"})
    assert made.status_code == 201, made.text
    for number, (who, body, status) in enumerate((
        ("stale", {}, 403), ("without", {}, 403), ("fresh", {}, 201),
        ("stale", {"secrets": False}, 201), ("without", {"secrets": False}, 201),
    )):  # fmt: skip
        wanted = {"name": f"copy-{number}", **body}
        answer = await call.post("/api/v1/channels/main/copy", json=wanted, headers={"x-as": who})
        assert answer.status_code == status, (who, answer.text)
        if status == 201:
            assert bool(answer.json()["secret_hint"]) == (not body), answer.json()
