"""The login of a channel's proxy: sealed, never shown, and gone with the proxy."""

from typing import Any

import pytest

from storage.models import Channel
from storage.repositories import channels

LOGIN = "user:p@ss-000000000000"
PROXY = {"proxy": "http://proxy.example:3128"}


async def stored(world: Any) -> Channel:
    async with world.sessions() as session:
        (row,) = await channels.list_all(session)
    return row


def opened(world: Any, row: Channel) -> str:
    assert row.proxy_secret is not None
    assert LOGIN.encode() not in row.proxy_secret
    login: str = world.box.open(row.proxy_secret, f"channel-proxy:{row.name}")
    return login


async def test_it_is_sealed_and_never_shown(api, world, make_channel, refused) -> None:
    made = await make_channel(secret="s" * 20, settings=PROXY, proxy_secret=LOGIN)
    assert made["has_proxy_secret"] is True
    for path in ("/channels", "/channels/main"):
        answer = await api.get(path)
        assert "proxy_secret" not in answer.text.replace("has_proxy_secret", "")
        assert "p@ss" not in answer.text
    assert opened(world, await stored(world)) == LOGIN

    same = await api.patch("/channels/main", json={"proxy_secret": LOGIN})
    assert same.json() == made, "nothing has changed"
    await api.patch("/channels/main", json={"name": "other:proxy", "proxy_secret": "other:login"})
    assert opened(world, await stored(world)) == "other:login"
    await api.patch("/channels/other:proxy", json={"name": "main"})
    row = await stored(world)
    assert opened(world, row) == "other:login"
    assert world.box.open(row.secret, "channel:main") == "s" * 20
    assert (await api.patch("/channels/main", json={"proxy_secret": None})).json()["has_proxy_secret"] is False


async def test_it_needs_a_proxy_and_goes_with_it(api, world, make_channel, refused) -> None:
    body = {"name": "main", "provider": "openai", "proxy_secret": LOGIN}
    for answer in (await api.post("/channels", json=body), await api.post("/apply", json=document(body))):
        (error,) = refused(answer, 422)["errors"]
        assert error["field"].endswith("proxy_secret")
    await make_channel(settings=PROXY, proxy_secret=LOGIN)
    shown = (await api.patch("/channels/main", json={"settings": {"proxy": None}})).json()
    assert (shown["has_proxy_secret"], shown["settings"]) == (False, {})
    refused(await api.patch("/channels/main", json={"proxy_secret": LOGIN}), 422)
    shown = (await api.patch("/channels/main", json={"settings": PROXY, "proxy_secret": LOGIN})).json()
    assert shown["has_proxy_secret"] is True


async def test_one_that_no_longer_opens(api, world, make_channel, refused) -> None:
    made = await make_channel(settings=PROXY, proxy_secret=LOGIN)
    async with world.sessions.begin() as session:
        row = await channels.get(session, made["id"])
        assert row is not None
        await channels.update(session, row, {"proxy_secret": b"\x01" + b"x" * 60})
    assert "proxy" in refused(await api.patch("/channels/main", json={"name": "new"}), 409)["detail"]
    assert (await api.patch("/channels/main", json={"name": "new", "proxy_secret": LOGIN})).status_code == 200


def document(channel: dict[str, Any]) -> dict[str, Any]:
    return {"document": {"channels": [channel]}}


@pytest.mark.parametrize("dry_run", [True, False])
async def test_apply(api, world, dry_run: bool) -> None:
    wanted = {"name": "main", "provider": "openai", "settings": PROXY, "proxy_secret": LOGIN}
    (change,) = (await api.post("/apply", json=document(wanted) | {"dry_run": dry_run})).json()["changes"]
    assert change["fields"]["proxy_secret"] == [None, "changed"]
    if dry_run:
        return
    (change,) = (await api.post("/apply", json=document(wanted))).json()["changes"]
    assert change["action"] == "unchanged"
    del wanted["proxy_secret"]
    (change,) = (await api.post("/apply", json=document(wanted))).json()["changes"]
    assert change["action"] == "unchanged", "absent: what is stored stays"
    assert opened(world, await stored(world)) == LOGIN
    wanted["settings"] = {}
    for action in ("update", "unchanged"):
        (change,) = (await api.post("/apply", json=document(wanted))).json()["changes"]
        assert change["action"] == action
    assert (await stored(world)).proxy_secret is None
