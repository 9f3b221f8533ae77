"""Taking over a New API database: what becomes of it, that a second run changes nothing, and what a dry run says."""

import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from admin.identity import passwords
from admin.options.identity import Identity
from storage import crypto
from storage.imports import newapi_options
from storage.imports.reader import Reader
from storage.models import AuditEntry, Budget, Channel, Entry, ImportedItem, Key, Price, RedemptionCode, User
from storage.repositories import channel_keys, credentials
from tests.admin.conftest import World
from tests.admin.imports.newapi import ANN_KEY, HASH, PASSWORD, Source, small

TABLES = ("users", "tokens", "channels", "redemptions")


async def take(api: httpx.AsyncClient, source: Source, *, dry_run: bool = False) -> list[dict[str, Any]]:
    """What the command does, without the command."""
    items: list[dict[str, Any]] = []
    expected: list[int] = []
    async with Reader(source.url) as there:
        options = await there.page("options", "key", size=1000)
        unit = newapi_options.per_usd({row["key"]: row["value"] for row in options})
        for table in ("options", *TABLES):
            rows = options if table == "options" else await there.page(table, "id", size=1000)
            body = {"source": "old", "table": table, "rows": rows, "dry_run": dry_run, "quota_per_usd": unit}
            answer = await api.post("/imports/new-api", json={**body, "expected_users": expected})
            assert answer.status_code == 200, answer.text
            found = answer.json()["items"]
            items += found
            if table == "users":
                expected = [int(item["id"]) for item in found if item["outcome"] == "taken"]
    return items


def outcomes(items: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    return Counter((item["kind"], item["outcome"]) for item in items)


def of(items: list[dict[str, Any]], kind: str, foreign_id: str) -> dict[str, Any]:
    (found,) = [item for item in items if (item["kind"], item["id"]) == (kind, foreign_id)]
    return found


@pytest.fixture(params=[False, True], ids=["v0.6", "v1.0"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    return small(tmp_path / "one-api.db", modern=request.param)


async def test_all_of_it_arrives(api: httpx.AsyncClient, world: World, source: Source) -> None:
    items = await take(api, source)
    assert outcomes(items) == {
        ("group", "taken"): 2, ("price", "taken"): 2, ("setting", "taken"): 1, ("option", "refused"): 1,
        ("user", "taken"): 2, ("key", "taken"): 1, ("channel", "taken"): 1, ("code", "taken"): 1,
        ("code", "refused"): 1,
    }  # fmt: skip
    assert of(items, "option", "RetryTimes")["reason"] == "has no equivalent here"
    async with world.sessions() as session:
        ann = (await session.scalars(select(User).where(User.name == "ann"))).one()
        root = (await session.scalars(select(User).where(User.name == "root"))).one()
        key = (await session.scalars(select(Key))).one()
        channel = (await session.scalars(select(Channel))).one()
        credential = await credentials.get(session, ann.id)
        entries = (await session.scalars(select(Entry))).all()
        budget = (await session.scalars(select(Budget))).one()
    assert (ann.email, ann.group, ann.role, ann.inviter_id, root.role) == (
        "ann@example.com", "vip", "member", root.id, "root",
    )  # fmt: skip
    assert credential is not None
    verdict = await passwords.check(PASSWORD, credential.password, Identity())
    assert verdict == (True, True)  # right, and to be replaced by a hash of ours
    # 500,000 quota are 1 USD: one is 2,000 nano-USD.
    assert [(entry.amount, entry.reason, entry.reference) for entry in entries] == [
        (1_234_567 * 2_000, "grant", "import:old:user:2:balance")
    ]
    assert (await api.get("/users/ann")).json()["money"]["limited"] is True
    assert key.digest == crypto.digest(f"sk-{ANN_KEY}")
    assert (key.user_id, key.models, key.enabled) == (ann.id, ["gpt-5", "claude-4"], True)
    assert (budget.period, budget.amount) == ("total", 500_001 * 2_000)
    assert channel.models == {"gpt-5": "", "fast": "gpt-5-nano", "slow": ""}
    assert (channel.provider, channel.priority, channel.weight, channel.groups) == ("openai", 3, 1, ["default", "vip"])
    assert channel.secret is not None
    assert world.box.open(channel.secret, "channel:main") == "sk-upstream-000000000000-9876"
    assert (await api.get("/groups")).json()["items"][1]["ratio"] == "0.8"
    assert (await api.get("/settings/bonuses")).json()["settings"][1]["value"] == 1_000_000_000
    prices = {row["model"]: row for row in (await api.get("/prices?source=operator")).json()["items"]}
    assert (prices["gpt-5"]["input"], prices["gpt-5"]["output"]) == ("1.25", "10")
    assert "output costs as much as input" in of(items, "price", "odd")["notes"][0]


async def test_a_second_run_changes_nothing(api: httpx.AsyncClient, world: World, source: Source) -> None:
    await take(api, source)
    await api.patch("/users/ann", json={"group": "default"})
    await api.delete("/channels/main")
    source.run("UPDATE users SET quota = 9")
    source.add("users", id=3, username="bob", password=HASH, role=1, status=2, quota=0)

    counted = (User, Key, Channel, Price, Entry, RedemptionCode, AuditEntry, ImportedItem)

    async def sizes() -> list[int]:
        async with world.sessions() as session:
            return [await session.scalar(select(func.count()).select_from(table)) or 0 for table in counted]

    before = await sizes()
    items = await take(api, source)
    assert {item["outcome"] for item in items if item["kind"] not in {"option", "code"}} == {"known", "taken"}
    assert [item["name"] for item in items if item["outcome"] == "taken"] == ["bob"]
    # Bob, his entry in the audit log, and that he was taken.
    assert [after - was for after, was in zip(await sizes(), before, strict=True)] == [1, 0, 0, 0, 0, 0, 1, 1]
    ann = (await api.get("/users/ann")).json()
    assert (ann["group"], ann["money"]["balance"]) == ("default", "2.469134")
    assert (await api.get("/channels/main")).status_code == 404
    assert (await api.get("/users/bob")).json()["enabled"] is False


async def test_a_dry_run_says_the_same_and_keeps_nothing(api: httpx.AsyncClient, world: World, source: Source) -> None:
    said = await take(api, source, dry_run=True)
    async with world.sessions() as session:
        for table in (User, Key, Channel, Entry, RedemptionCode, AuditEntry, ImportedItem):
            assert await session.scalar(select(func.count()).select_from(table)) == 0, table
    assert world.notified == 0
    done = await take(api, source)
    assert said == done


async def test_several_keys_rules_and_what_cannot_be_had(api: httpx.AsyncClient, world: World, tmp_path: Path) -> None:
    source = Source(tmp_path / "new.db", modern=True)
    common: dict[str, object] = {"models": "gpt-5", "group": "default", "status": 1}
    info = {"is_multi_key": True, "multi_key_mode": "polling", "multi_key_status_list": {"1": 3}}
    source.add("channels", id=1, type=1, name="many", key="sk-1\nsk-2\nsk-3", channel_info=info, **common)
    source.add(
        "channels", id=2, type=8, name="many", key="k-000000000000", base_url="https://up.example/v1/chat/completions",
        param_override={"temperature": 0.5}, setting={"proxy": "http://me:pw@proxy.example:3128"}, **common,
    )  # fmt: skip
    source.add("channels", id=3, type=41, name="vertex", key="{}", **common)
    source.add(
        "channels", id=4, type=1, name="broken", key="sk-4", param_override={"operations": [{"mode": "x"}]}, **common
    )
    source.add("channels", id=5, type=1, name="failed", key="sk-5", **{**common, "status": 3},
               other_info={"status_reason": "no credit"})  # fmt: skip
    items = [item for item in await take(api, source) if item["kind"] == "channel"]
    assert [item["outcome"] for item in items] == ["taken", "taken", "refused", "taken", "taken"]
    assert items[2]["reason"] == "no provider here for its type 41 (Vertex AI)"
    assert "settings.param_override is not acceptable here and was left out" in items[3]["notes"]
    assert items[1]["name"] == "many-2"
    shown = {row["name"]: row for row in (await api.get("/channels")).json()["items"]}
    assert (shown["many"]["keys"], shown["many"]["keys_in_use"], shown["many"]["key_mode"]) == (3, 2, "round_robin")
    assert shown["many-2"]["settings"]["proxy"] == "http://proxy.example:3128"
    assert shown["many-2"]["has_proxy_secret"]
    assert shown["many-2"]["base_url"].startswith("https://up.example")
    assert shown["broken"]["enabled"] is False
    assert (shown["failed"]["off_by"], shown["failed"]["off_reason"]) == ("auto", "no credit")
    async with world.sessions() as session:
        stored = await channel_keys.of_channel(session, shown["many"]["id"])
    assert [(key.enabled, key.off_by) for key in stored] == [(True, ""), (False, "auto"), (True, "")]


async def test_keys_never_do_more_than_they_did(api: httpx.AsyncClient, tmp_path: Path) -> None:
    source = Source(tmp_path / "new.db", modern=True)
    source.add("users", id=1, username="12345", password="?", role=10, status=1, quota=-5, group="default")
    source.add("users", id=2, username="gone", password=HASH, status=1, quota=5, deleted_at="2026-01-01 00:00:00")
    common: dict[str, object] = {"user_id": 1, "name": "k", "status": 1, "unlimited_quota": 1, "expired_time": -1}
    source.add("tokens", id=1, key="a" * 48, **{**common, "allow_ips": "10.0.0.1\n10.2.0.0/16,"})
    source.add("tokens", id=2, key="b" * 48, **{**common, "allow_ips": "nonsense"})
    source.add("tokens", id=3, key="c" * 48, **{**common, "unlimited_quota": 0, "remain_quota": 0})
    source.add("tokens", id=4, key="d" * 48, **{**common, "user_id": 2})
    source.add("tokens", id=5, key="e" * 48, **{**common, "expired_time": 1_500_000_000, "group": "auto"})
    source.add("tokens", id=6, key="a" * 48, **{**common, "status": 2})
    items = await take(api, source)
    assert of(items, "user", "1")["name"] == "user-12345"
    assert of(items, "user", "2")["reason"] == "was removed there"
    assert of(items, "key", "4")["reason"] == "its user was not taken"
    assert of(items, "key", "6")["reason"] == "Another key has this value already."
    keys = {row["name"]: row for row in (await api.get("/keys")).json()["items"]}
    assert keys["k"]["networks"] == ["10.0.0.1/32", "10.2.0.0/16"]
    assert [keys[name]["enabled"] for name in ("k", "k-2", "k-3", "k-5")] == [True, False, False, True]
    assert (keys["k-5"]["expires_at"], keys["k-5"]["group"]) == ("2017-07-14T02:40:00Z", "auto")
    user = (await api.get("/users/user-12345")).json()
    assert (user["role"], user["money"]["balance"]) == ("admin", "-0.00001")


async def test_settings_keep_what_was_set_here(api: httpx.AsyncClient, world: World, tmp_path: Path) -> None:
    source = Source(tmp_path / "new.db", modern=True)
    await api.patch("/settings/mail", json={"host": "mine.example"})
    await api.put("/groups/vip", json={"ratio": "3"})
    await api.put("/prices", json={"model": "gpt-5", "input": "1", "output": "2"})
    world.now = int(time.time())  # prices count from the true time on
    source.option("SMTPServer", "smtp.example")
    source.option("SMTPToken", "mail-secret")
    source.option("SMTPPort", "465")
    source.option("GroupRatio", {"vip": 9})
    source.option("UserUsableGroups", {"default": "Usual", "fast": "Fast"})
    source.option("AutoGroups", ["default", "fast"])
    source.option("GroupGroupRatio", {"vip2": {"fast": 0.5}})
    source.option("ModelPrice", {"gpt-5": 0.1, "mj": 0.05})
    source.option("RegisterEnabled", "true")
    source.option("Notice", "Welcome")
    source.option("QuotaPerUnit", "1000000")
    source.option("QuotaForNewUser", "500000")
    items = await take(api, source)
    refused = {(item["kind"], item["id"]): item["reason"] for item in items if item["outcome"] == "refused"}
    assert refused == {
        ("setting", "mail.host"): "is set here already",
        ("group", "vip"): "is set here already",
        ("price", "gpt-5"): "has a price of yours here already",
    }
    mail = {row["name"]: row["value"] for row in (await api.get("/settings/mail")).json()["settings"]}
    assert (mail["host"], mail["port"], mail["security"]) == ("mine.example", 465, "tls")
    groups = {row["name"]: row for row in (await api.get("/groups")).json()["items"]}
    assert (groups["fast"]["usable_by"], groups["fast"]["auto_rank"], groups["vip2"]["used"]) == (
        ["*"],
        1,
        {"fast": "0.5"},
    )
    prices = {row["model"]: row for row in (await api.get("/prices?source=operator")).json()["items"]}
    assert prices["mj"]["call"] == "0.05"
    bonuses = {row["name"]: row["value"] for row in (await api.get("/settings/bonuses")).json()["settings"]}
    assert bonuses["welcome"] == 500_000_000
    assert "mail-secret" not in str(items)
