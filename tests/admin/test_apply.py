"""Configuration as code over the real API: idempotent, its dry run tells the truth, prune deletes its own only."""

from typing import Any

import pytest

from storage import crypto
from storage.models import Price
from storage.repositories import channels, keys, prices, revisions

SECRET = "sk-upstream-000000000000-9876"
KEY = "my-own-key-0000000000000000-abcd"


@pytest.fixture
def document() -> dict[str, Any]:
    return {
        "channels": [
            {"name": "main", "provider": "openai", "secret": SECRET, "models": ["gpt-5-mini"], "weight": 2},
            {"name": "local", "provider": "openai-compatible", "base_url": "http://127.0.0.1:9000/v1/"},
        ],
        "keys": [{"name": "app", "key": KEY, "expires_at": "2031-01-01T00:00:00Z"}],
        "prices": [{"model": "gpt-5-mini", "provider": "openai", "input": 0.25, "output": "2.00"}],
    }


@pytest.fixture
def apply(api):
    async def send(document: dict[str, Any], **options: bool) -> list[dict[str, Any]]:
        answer = await api.post("/apply", json={"document": document, **options})
        assert answer.status_code == 200, answer.text
        assert SECRET not in answer.text
        assert KEY not in answer.text
        assert answer.json()["dry_run"] == options.get("dry_run", False)
        found: list[dict[str, Any]] = answer.json()["changes"]
        return found

    return send


def actions(changes: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(change["action"], change["kind"], change["name"]) for change in changes]


async def test_dry_run_tells_what_is_then_done_and_the_second_run_does_nothing(apply, api, world, document) -> None:
    planned = await apply(document, dry_run=True)
    assert (await api.get("/channels")).json()["items"] == []
    assert world.notified == 0
    assert planned == await apply(document)
    assert world.notified == 1
    assert actions(planned) == [
        ("create", "channel", "main"),
        ("create", "channel", "local"),
        ("create", "key", "app"),
        ("create", "price", "gpt-5-mini (openai)"),
    ]
    assert planned[0]["fields"]["secret"] == [None, "changed"]
    assert planned[0]["fields"]["weight"] == [None, 2]
    assert planned[2]["fields"]["key"] == [None, "changed"]
    assert planned[3]["fields"] == {"input": [None, "0.25"], "output": [None, "2"]}

    async with world.sessions() as session:
        before = await revisions.current(session)
        row = await channels.find_by_name(session, "main")
        assert row is not None
        assert row.secret is not None
        assert world.box.open(row.secret, "channel:main") == SECRET
        assert row.origin == "apply"
        key = await keys.find_by_digest(session, crypto.digest(KEY))
        assert key is not None
        assert key.name == "app"
    again = await apply(document)
    assert {change["action"] for change in again} == {"unchanged"}
    assert not any(change["fields"] for change in again)
    async with world.sessions() as session:
        assert await revisions.current(session) == before
    assert world.notified == 1


async def test_what_changed_is_shown_old_and_new(apply, world, document) -> None:
    await apply(document)
    document["channels"][0] |= {"weight": 5, "secret": SECRET + "x", "enabled": False}
    document["keys"][0] |= {"models": ["gpt-*"], "expires_at": None, "key": KEY + "x"}
    document["prices"][0]["cache_read"] = "0.025"
    planned = await apply(document, dry_run=True)
    assert planned == await apply(document)
    by_name = {change["name"]: change for change in planned}
    assert by_name["main"]["fields"] == {"weight": [2, 5], "enabled": [True, False], "secret": [None, "changed"]}
    assert by_name["local"]["action"] == "unchanged"
    assert by_name["app"]["fields"] == {
        "models": [None, ["gpt-*"]],
        "expires_at": ["2031-01-01T00:00:00Z", None],
        "key": [None, "changed"],
    }
    assert by_name["gpt-5-mini (openai)"]["fields"] == {"cache_read": [None, "0.025"]}
    async with world.sessions() as session:
        row = await channels.find_by_name(session, "main")
        assert row is not None
        assert world.box.open(row.secret, "channel:main") == SECRET + "x"
        assert await keys.find_by_digest(session, crypto.digest(KEY)) is None
    assert {change["action"] for change in await apply(document)} == {"unchanged"}


async def test_absent_secrets_are_kept_and_absent_fields_have_defaults(apply, world, document) -> None:
    await apply(document)
    del document["channels"][0]["secret"], document["channels"][0]["weight"], document["keys"][0]["key"]
    changes = await apply(document)
    assert changes[0]["fields"] == {"weight": [2, 1]}
    assert changes[2]["action"] == "unchanged"
    async with world.sessions() as session:
        row = await channels.find_by_name(session, "main")
        assert row is not None
        assert row.secret is not None


async def test_prune_deletes_only_what_apply_made(apply, api, world, document, make_channel) -> None:
    await make_channel("by hand")
    await api.post("/keys", json={"name": "by hand"})
    await api.put("/prices", json={"model": "by-hand", "input": 1, "output": 1})
    async with world.sessions.begin() as session:
        await prices.create(session, Price(provider="openai", model="seeded", input=1, output=1, source="seed"))
    await apply(document)
    document["channels"].pop()
    document["keys"].clear()
    document["prices"].clear()
    assert {change["action"] for change in await apply(document)} == {"unchanged"}
    planned = await apply(document, dry_run=True, prune=True)
    assert planned == await apply(document, prune=True)
    assert actions(planned) == [
        ("unchanged", "channel", "main"),
        ("delete", "channel", "local"),
        ("delete", "key", "app"),
        ("delete", "price", "gpt-5-mini (openai)"),
    ]
    assert {item["name"] for item in (await api.get("/channels")).json()["items"]} == {"by hand", "main"}
    assert [item["name"] for item in (await api.get("/keys")).json()["items"]] == ["by hand"]
    assert {item["model"] for item in (await api.get("/prices")).json()["items"]} == {"by-hand", "seeded"}


async def test_an_absent_section_is_not_pruned(apply, api, document) -> None:
    await apply(document)
    assert await apply({}, prune=True) == []
    assert actions(await apply({"keys": []}, prune=True)) == [("delete", "key", "app")]
    assert len((await api.get("/channels")).json()["items"]) == 2


async def test_an_object_made_by_hand_is_taken_over(apply, api, document, make_channel) -> None:
    await make_channel("main", secret=SECRET, models=["gpt-5-mini"], weight=2)
    change = (await apply(document))[0]
    assert (change["action"], change["fields"]) == ("update", {"origin": ["api", "apply"]})
    assert (await api.get("/channels/main")).json()["origin"] == "apply"
    assert ("delete", "channel", "main") in actions(await apply({"channels": []}, prune=True))


async def test_a_key_can_get_a_new_name_with_prune(apply, api, refused, document) -> None:
    await apply(document)
    document["keys"][0]["name"] = "renamed"
    body = refused(await api.post("/apply", json={"document": document}), 409)
    assert "'renamed'" in body["detail"]
    assert "'app'" in body["detail"]
    assert ("create", "key", "renamed") in actions(await apply(document, prune=True))
    assert [item["name"] for item in (await api.get("/keys")).json()["items"]] == ["renamed"]


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"channels": [{"name": "a", "provider": "openai"}] * 2}, "body.document.channels.1.name"),
        ({"keys": [{"name": "a", "key": KEY}, {"name": "a", "key": KEY + "x"}]}, "body.document.keys.1.name"),
        ({"prices": [{"model": "m", "input": 1, "output": 1}] * 2}, "body.document.prices.1.name"),
        ({"channels": [{"name": "a", "provider": "nobody"}]}, "body.document.channels.0.provider"),
        ({"channels": [{"name": "a", "provider": "openai-compatible"}]}, "body.document.channels.0.base_url"),
        ({"keys": [{"name": "a"}]}, "body.document.keys.0.key"),
        ({"keys": [{"name": "a", "key": {"env": "X"}}]}, "body.document.keys.0.key"),
        ({"channels": [{"name": "a", "provider": "openai", "origin": "api"}]}, "body.document.channels.0.origin"),
        ({"users": []}, "body.document.users"),
        ({"channels": {}}, "body.document.channels"),
    ],
)
async def test_bad_documents_change_nothing(api, world, refused, document, field) -> None:
    document = {"prices": [{"model": "good", "input": 1, "output": 1}]} | document
    body = refused(await api.post("/apply", json={"document": document}), 422)
    assert body["errors"][0]["field"] == field
    assert (await api.get("/prices")).json()["total"] == 0
    assert world.notified == 0


async def test_two_keys_with_one_value(api, refused) -> None:
    document = {"keys": [{"name": "a", "key": KEY}, {"name": "b", "key": KEY}]}
    refused(await api.post("/apply", json={"document": document}), 409)


async def test_a_member_that_is_there_twice_is_named(api, refused) -> None:
    """Whoever wrote it meant one of the two; the last one winning would be a guess."""
    body = '{"document": {"channels": [{"name": "a", "provider": "openai", "secret": "x", "weight": 1, "weight": 2}]}}'
    headers = {"content-type": "application/json"}
    told = refused(await api.post("/apply", content=body, headers=headers), 422)
    assert "'weight' is there twice" in told["detail"]
    assert (await api.get("/channels")).json()["items"] == []
    once = body.replace(', "weight": 2', "")
    assert (await api.post("/apply", content=once, headers=headers)).status_code == 200
