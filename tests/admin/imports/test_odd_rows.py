"""Rows that nobody's database holds, and those that only a damaged one does: refused or taken, never a 5xx."""

from typing import Any

import httpx
import pytest

ODD: list[Any] = [
    None, "", "\x00", -1, 2**80, 1e300, True, [], {}, [[]], {"a": {"b": 1}}, "[" * 5000, "{", "x" * 5000,
    "a,b;c\nd", "999999999999999999999999", "http://[", "\u202e", "1e400",
]  # fmt: skip
COLUMNS = {
    "users": (
        "username", "password", "display_name", "role", "status", "email", "quota", "aff_quota", "group", "inviter_id",
        "created_at", "deleted_at", "remark", "setting",
    ),
    "tokens": (
        "key", "user_id", "status", "name", "expired_time", "remain_quota", "unlimited_quota", "model_limits_enabled",
        "model_limits", "allow_ips", "group", "cross_group_retry", "billing_type", "subnet",
    ),
    "channels": (
        "type", "key", "name", "status", "weight", "priority", "base_url", "models", "model_mapping", "group", "tag",
        "setting", "settings", "param_override", "header_override", "status_code_mapping", "channel_info",
        "other_info", "auto_ban", "created_time", "open_ai_organization", "other", "test_model", "remark", "config",
        "system_prompt",
    ),
    "redemptions": ("key", "status", "name", "quota", "expired_time", "deleted_at"),
}  # fmt: skip
GOOD: dict[str, dict[str, Any]] = {
    "users": {"username": "u", "password": "", "role": 1, "status": 1, "quota": 1, "group": "default"},
    "tokens": {"key": "k" * 48, "user_id": 1, "status": 1, "name": "k", "expired_time": -1, "unlimited_quota": 1},
    "channels": {"type": 1, "key": "sk-1", "name": "c", "status": 1, "models": "m", "group": "default"},
    "redemptions": {"key": "c" * 32, "status": 1, "name": "n", "quota": 5},
}
OPTIONS = (
    "GroupRatio", "GroupGroupRatio", "UserUsableGroups", "TopupGroupRatio", "AutoGroups", "ModelRatio", "ModelPrice",
    "CompletionRatio", "SMTPServer", "SMTPPort", "SMTPToken", "QuotaForNewUser", "QuotaPerUnit", "Notice", "Price",
    "MinTopUp", "RegisterEnabled", "EmailDomainWhitelist", "AutomaticDisableStatusCodes", "ChannelDisableThreshold",
    "group_ratio_setting.group_special_usable_group", "ServerAddress", "PayAddress", "EpayId", "SystemName",
)  # fmt: skip


async def ask(api: httpx.AsyncClient, table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answer = await api.post("/imports/new-api", json={"source": "odd", "table": table, "rows": rows})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.parametrize("table", COLUMNS)
async def test_odd_values(api: httpx.AsyncClient, table: str) -> None:
    await ask(api, "users", [{"id": 1, **GOOD["users"], "username": "first"}])
    number = 10
    for column in COLUMNS[table]:
        rows = []
        for value in ODD:
            number += 1
            own = {"key": f"{number:048}", "username": f"user{number}", "name": f"n{number}"}
            rows.append(
                {"id": number, **GOOD[table], **{k: v for k, v in own.items() if k in GOOD[table]}, column: value}
            )
        items = await ask(api, table, rows)
        assert len(items) == len(ODD)
    assert await ask(api, table, [{}]) != []
    assert (await api.get("/ledger/verify")).json()["differences"] == []


async def test_odd_options(api: httpx.AsyncClient) -> None:
    more: list[Any] = [
        *ODD,
        '{"a": 1, "\\u0000": 2, "b/c": "x", "": 1}',
        '{"a": {"b": -1}}',
        '["a", 1, null]',
        '{"a": 1e999}',
    ]
    for value in more:
        rows = [{"key": name, "value": value} for name in OPTIONS]
        await ask(api, "options", [*rows, {"value": 1}, {"key": value, "value": value}])


async def test_who_may(anyone: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    body = {"source": "odd", "table": "users", "rows": []}
    assert (await anyone.post("/api/v1/imports/new-api", json=body)).status_code == 401
    wrong = [{**body, "table": "logs"}, {**body, "source": "a b"}, {**body, "rows": [1]}, {**body, "quota_per_usd": 0}]
    for each in wrong:
        assert (await api.post("/imports/new-api", json=each)).status_code == 422
