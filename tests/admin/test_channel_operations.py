"""Channels beyond one: several keys, many at once, what providers say, switching off after failures and on again."""

from typing import Any

from adapters.providers.balances import Balance
from admin import jobs
from admin.channel_health import ChannelHealth, Failure, check, judge
from admin.job_runner import Runner
from admin.options.channels import ChannelOptions
from admin.services import ChannelAskError, ProbeResult
from storage.repositories import channel_keys, channels

GOOD = ProbeResult(True, 200, 20.0, 10.0, "gpt-5-mini")
REFUSED = ProbeResult(False, 401, 20.0, 10.0, "gpt-5-mini", "upstream_auth", "The provider refused.", b"no")
SLOW = ProbeResult(True, 200, 9000.0, 10.0, "gpt-5-mini")


async def _options(world: Any, **values: Any) -> None:
    services = world.services()
    async with services.sessions.begin() as session:
        await services.options.change(session, ChannelOptions, values, "test")


async def test_several_keys(api: Any, world: Any, make_channel: Any, refused: Any) -> None:
    made = await make_channel(secret="sk-the-first-secret")
    answer = await api.post(
        "/channels/main/keys", json={"secrets": ["sk-the-second-one", "sk-the-first-secret", "sk-the-second-one"]}
    )
    assert answer.status_code == 201
    assert "sk-the" not in answer.text
    keys = answer.json()["items"]
    assert [key["hint"] for key in keys] == ["...cret", "...-one"]
    shown = (await api.get("/channels/main")).json()
    assert (shown["keys"], shown["keys_in_use"], shown["secret_hint"]) == (2, 2, "")
    refused(await api.patch("/channels/main", json={"secret": "sk-another-one-here"}), 409)
    path = f"/channels/main/keys/{keys[0]['id']}"
    assert (await api.patch(path, json={"enabled": False, "reason": "old"})).json()["off_reason"] == "old"
    refused(await api.patch("/channels/main/keys/99", json={"enabled": False}), 404)
    other = await make_channel("other")
    refused(await api.delete(f"/channels/{other['id']}/keys/{keys[0]['id']}"), 404)
    assert (await api.delete(path)).status_code == 204
    await api.patch("/channels/main", json={"name": "renamed"})
    async with world.sessions() as session:
        (kept,) = await channel_keys.of_channel(session, made["id"])
        assert world.box.open(kept.secret, f"channel-key:{kept.id}") == "sk-the-second-one"
    copy = await api.post("/channels/renamed/copy", json={"name": "copied"})
    assert (copy.status_code, copy.json()["enabled"], copy.json()["keys"]) == (201, False, 1)
    gone = await api.post("/channels/copied/keys/change", json={"action": "disable_all"})
    assert [key["enabled"] for key in gone.json()["items"]] == [False]
    gone = await api.post("/channels/copied/keys/change", json={"action": "delete_all"})
    assert gone.json()["items"] == []
    assert "sk-the" not in (await api.get("/audit")).text


async def test_many_channels(api: Any, world: Any, make_channel: Any, refused: Any) -> None:
    for number in range(5):
        await make_channel(f"c{number}", tag="east" if number < 3 else "west", priority=number)
    assert (await api.get("/channel-tags")).json()["items"] == [
        {"tag": "east", "channels": 3}, {"tag": "west", "channels": 2},
    ]  # fmt: skip
    page = (await api.get("/channels", params={"limit": 2})).json()
    assert [one["name"] for one in page["items"]] == ["c4", "c3"]
    page = (await api.get("/channels", params={"limit": 2, "cursor": page["next"]})).json()
    assert [one["name"] for one in page["items"]] == ["c2", "c1"]
    wanted = {"action": "change", "filter": {"tag": "east"}, "values": {"weight": 7, "groups": ["vip"]}}
    assert (await api.post("/channels/bulk", json=wanted)).json()["changed"] == 3
    assert len((await api.get("/channels", params={"group": "vip"})).json()["items"]) == 3
    assert (await api.post("/channels/bulk", json={"action": "disable", "filter": {"q": "c4"}})).json()["changed"] == 1
    await api.patch("/channels/c0", json={"models": {"fast": "gpt-5-mini", "gem-*": ""}})
    await api.patch("/channels/c1", json={"models": {"gpt-5-mini": "", "modèle": ""}})
    for model, names in (
        ("gpt-5-mini", ["c1"]), ("fast", ["c0"]), ("gem-2", ["c0"]), ("gem", []), ("modèle", ["c1"]), ("gpt_5", []),
    ):  # fmt: skip
        found = (await api.get("/channels", params={"model": model, "tag": "east", "enabled": True})).json()["items"]
        assert [one["name"] for one in found if one["name"] != "c2"] == names, model
    done = await api.post(
        "/channels/bulk",
        json={"action": "change", "filter": {"model": "fast", "tag": "east"}, "values": {"remark": "x"}},
    )
    assert done.json()["changed"] == 2, "c2 takes every model"
    off = (await api.get("/channels", params={"enabled": False})).json()["items"]
    assert [(one["name"], one["off_by"], one["off_at"] is not None) for one in off] == [("c4", "", True)]
    refused(await api.post("/channels/bulk", json={"action": "change", "values": {"name": "x"}, "ids": [1]}), 422)
    assert (await api.post("/channels/bulk", json={"action": "delete", "filter": {}})).json()["changed"] == 5


async def test_channels_are_tried_again(api: Any, world: Any, make_channel: Any, refused: Any) -> None:
    made = await make_channel()
    other = await make_channel("other")
    assert (await api.post("/channels/main/retry")).json() == {"replicas": 2}
    assert world.retried == [[made["id"]]]
    entry = (await api.get("/audit")).json()["items"][0]
    assert (entry["action"], entry["object_name"]) == ("channels.retry", "main")
    wanted = {"action": "retry", "ids": [other["id"], 99]}
    done = (await api.post("/channels/bulk", json={**wanted, "dry_run": True})).json()
    assert (done["matched"], len(world.retried)) == (2, 1)
    done = (await api.post("/channels/bulk", json=wanted)).json()
    assert (done["changed"], done["refused"], world.retried[1:]) == (1, 1, [[other["id"], 99]])
    refused(await api.post("/channels/none/retry"), 404)
    world.router_error = TimeoutError()
    refused(await api.post("/channels/main/retry"), 503)
    refused(await api.post("/channels/bulk", json={"action": "retry", "filter": {}}), 503)
    assert len((await api.get("/audit?action=channels.retry")).json()["items"]) == 2


async def test_work_in_the_background(api: Any, world: Any, make_channel: Any) -> None:
    await make_channel("a", models=["gpt-5-mini"])
    await make_channel("b", models=["broken"])
    await make_channel("c")
    job = (await api.post("/channels/jobs", json={"action": "test", "endpoint": "messages"})).json()
    assert job["total"] == 3
    runner = Runner(world.services(), "one")
    await runner.tick()
    await runner.idle()
    done = (await api.get(f"/jobs/{job['id']}")).json()
    assert (done["state"], done["done"], done["result"]["failed"]) == ("done", 3, 2)
    assert [one["name"] for one in done["result"]["results"][-1:]] == ["a"]
    assert {"endpoint": "messages"} in world.asked
    shown = (await api.get("/channels/b")).json()["state"]
    assert (shown["test_ok"], shown["test_error"]) == (False, "HTTP 401: The upstream refused the secret.")
    world.left = Balance(12_500_000_000, "CNY")
    job = (await api.post("/channels/jobs", json={"action": "balance", "ids": [1]})).json()
    await runner.tick()
    await runner.idle()
    assert (await api.get("/channels/a")).json()["state"]["balance"] == "12.5"


async def test_what_a_provider_says(api: Any, world: Any, make_channel: Any, refused: Any) -> None:
    await make_channel(models={"fast": "gpt-5-nano", "gpt-5": "", "old": "", "gem-*": ""}, ignored_models=["tts-*"])
    world.listed = ["gpt-5", "gpt-5-nano", "gpt-6", "gem-9", "tts-1", "bad[name]"]
    found = (await api.post("/channels/main/models/compare")).json()
    assert (found["new"], found["gone"], found["ignored"]) == (["gpt-6"], ["old"], ["tts-1"])
    shown = (await api.post("/channels/main/models/apply", json={"add": ["gpt-6"], "remove": ["old"]})).json()
    assert shown["models"] == {"fast": "gpt-5-nano", "gpt-5": "", "gem-*": "", "gpt-6": ""}
    assert shown["state"]["models_new"] == ["gpt-6"]
    refused(await api.post("/channels/main/models/apply", json={"remove": list(shown["models"])}), 422)
    world.listed = ChannelAskError("The provider answered with HTTP 500.")
    refused(await api.post("/channels/main/models/compare"), 409)
    assert (await api.get("/channels/main")).json()["state"]["models_error"] == "The provider answered with HTTP 500."
    world.left = ChannelAskError("The provider openai tells no balance to a key.")
    refused(await api.post("/channels/main/balance"), 409)
    world.left = Balance(-1, "USD")
    assert (await api.post("/channels/main/balance")).json()["balance"] == "-0.000000001"


async def test_models_of_many_are_taken_over(api: Any, world: Any, make_channel: Any) -> None:
    for name in ("a", "b"):
        await make_channel(name, models=["gpt-5", "old"])
    world.listed = ["gpt-5", "gpt-6"]
    for name in ("a", "b"):
        await api.post(f"/channels/{name}/models/compare")
    told = world.notified
    done = (await api.post("/channels/bulk", json={"action": "add_models", "ids": [1, 99]})).json()
    assert (done["changed"], done["refused"], world.notified - told) == (1, 1, 1)
    assert list((await api.get("/channels/a")).json()["models"]) == ["gpt-5", "old", "gpt-6"]
    await api.post("/channels/bulk", json={"action": "sync_models", "filter": {}})
    for name in ("a", "b"):
        shown = (await api.get(f"/channels/{name}")).json()
        assert (list(shown["models"]), shown["state"]["models_new"], shown["state"]["models_gone"]) == (
            ["gpt-5", "gpt-6"], [], [],
        )  # fmt: skip


async def test_models_follow_the_upstream(api: Any, world: Any, make_channel: Any) -> None:
    await make_channel(models=["gpt-5", "old"], watch_models="sync")
    await _options(world, models_every_min=10)
    world.listed = ["gpt-5", "gpt-6"]
    jobs.discover()
    runner = Runner(world.services(), "one")
    for _ in range(2):  # the first tick finds out when it is due
        await runner.tick()
        await runner.idle()
        world.now += 700
    assert (await api.get("/channels/main")).json()["models"] == {"gpt-5": "", "gpt-6": ""}


async def test_failures_switch_off_what_a_test_confirms(api: Any, world: Any, make_channel: Any) -> None:
    made = await make_channel(models=["gpt-5-mini"])
    failure = Failure(made["id"], 0, 401, 1, "upstream_auth")
    services = world.services()
    world.answers = [REFUSED]
    assert not await judge(services, failure)  # off by default
    assert world.probes == []
    await _options(world, auto_disable=True, disable_after=2, disable_keywords=["credit balance is too low"])
    assert not await judge(services, failure)  # once is not twice in a row
    world.answers = [GOOD]
    assert not await judge(services, failure._replace(failures=2))  # the test went through
    said = "Your CREDIT balance is too low to access"
    world.answers = [ProbeResult(False, 400, 1.0, 1.0, "m", "upstream_invalid", "Refused.", b"what a client wrote")]
    assert not await judge(services, Failure(made["id"], 0, 400, 5, "upstream_invalid", said))
    world.answers = [ProbeResult(False, 400, 1.0, 1.0, "m", "upstream_invalid", "Refused.", said.encode())]
    health = ChannelHealth(services)
    health.take([Failure(made["id"], 0, 400, 5, "upstream_invalid", said)])
    await health.idle()
    shown = (await api.get("/channels/main")).json()
    assert (shown["enabled"], shown["off_by"], shown["off_reason"]) == (False, "auto", "HTTP 400: Refused.")
    entry = (await api.get("/audit")).json()["items"][0]
    assert (entry["action"], entry["actor"]) == ("channels.disable", "gateway")
    world.answers = [GOOD]
    async with world.sessions() as session:
        row = await channels.get(session, made["id"])
    assert row is not None
    await check(services, row, await services.options.get(ChannelOptions))
    shown = (await api.get("/channels/main")).json()
    assert (shown["enabled"], shown["off_by"], shown["off_reason"], shown["off_at"]) == (True, "", "", None)


async def test_one_key_is_switched_off_before_the_channel(api: Any, world: Any, make_channel: Any) -> None:
    made = await make_channel(models=["gpt-5-mini"])
    added = await api.post("/channels/main/keys", json={"secrets": ["sk-number-one-of-two", "sk-number-two-of-two"]})
    first, second = (key["id"] for key in added.json()["items"])
    await _options(world, auto_disable=True)
    services = world.services()
    world.answers = [REFUSED, REFUSED, REFUSED]
    assert await judge(services, Failure(made["id"], first, 401, 1, "upstream_auth"))
    assert world.asked == [{"key_id": first}]
    shown = (await api.get("/channels/main")).json()
    assert (shown["enabled"], shown["keys_in_use"]) == (True, 1)
    assert not await judge(services, Failure(made["id"], first, 401, 1, "upstream_auth"))
    assert await judge(services, Failure(made["id"], second, 401, 1, "upstream_auth"))
    shown = (await api.get("/channels/main")).json()
    assert (shown["enabled"], shown["off_by"], shown["keys_in_use"]) == (False, "auto", 0)
    async with world.sessions() as session:
        row = await channels.get(session, made["id"])
    assert row is not None
    world.answers = [GOOD, REFUSED, REFUSED]
    await check(services, row, await services.options.get(ChannelOptions))
    shown = (await api.get("/channels/main")).json()
    assert (shown["enabled"], shown["keys_in_use"]) == (True, 1)


async def test_a_slow_channel_and_one_that_is_left_alone(api: Any, world: Any, make_channel: Any) -> None:
    slow = await make_channel("slow", models=["gpt-5-mini"])
    await make_channel("kept", models=["gpt-5-mini"], auto_disable=False)
    hand = await make_channel("hand", models=["gpt-5-mini"], enabled=False)
    await _options(world, auto_disable=True, slow_ms=5000)
    services = world.services()
    options = await services.options.get(ChannelOptions)
    for name in ("slow", "kept", "hand"):
        world.answers = [SLOW]
        async with world.sessions() as session:
            row = await channels.find_by_name(session, name)
        assert row is not None
        await check(services, row, options)
    states = {one["name"]: one["enabled"] for one in (await api.get("/channels")).json()["items"]}
    assert states == {"slow": False, "kept": True, "hand": False}
    world.answers = [GOOD]
    async with world.sessions() as session:
        row = await channels.get(session, hand["id"])
    assert row is not None
    await check(services, row, options)
    assert (await api.get("/channels/hand")).json()["enabled"] is False
    assert slow["id"]
