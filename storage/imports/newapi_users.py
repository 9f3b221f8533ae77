"""New API's users and tokens as bodies of this gateway's API. Pure: it neither reads nor writes a database.

Facts of its tables `users` and `tokens`: role 1 user, 10 administrator, 100 root; status 1 enabled; `deleted_at` is set
for what was removed; a token's key is stored without its `sk-`; expired_time -1 is never; status 3 expired, 4 spent.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from storage.imports import oneapi
from storage.imports.values import Notes, Row, flag, listed, name, number, plain, text, usd

ROLES = {10: "admin", 100: "root"}
_BCRYPT = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}")
_LINKS = ("github_id", "discord_id", "oidc_id", "wechat_id", "telegram_id", "linux_do_id", "lark_id")
_NEVER = -1
_LAST = 253_000_000_000  # beyond the year 9000 an expiry is no expiry
EXHAUSTED = 4


class MappedUser(msgspec.Struct):
    """`body` is that of POST /users; `quota` and `invited` are in its unit, `password` is an encoded hash or ""."""

    body: dict[str, Any]
    password: str
    quota: int
    invited: int
    inviter: int
    created_at: int
    notes: Notes


class MappedKey(msgspec.Struct):
    """`body` is that of POST /keys without its user; `owner` is the user's id there."""

    body: dict[str, Any]
    owner: int
    notes: Notes


def user(row: Row) -> MappedUser | str:
    """What becomes of a user, or why nothing does."""
    if oneapi.removed(row):
        return "was removed there"
    number_there = number(row, "id")
    notes: Notes = []
    wanted = text(row, "username")
    called = name(wanted, "user", number_there)
    if called != wanted:
        notes.append("the name is not possible here; signs in under another one")
    password = text(row, "password")
    if not _BCRYPT.fullmatch(password):
        password = ""
        notes.append("has no password that can be checked here; needs a new one")
    if any(text(row, link) for link in _LINKS):
        notes.append("links to identity providers are not taken: sign in and link them again")
    if text(row, "access_token"):
        notes.append("the access token for the management API is not taken: make an automation token")
    if text(row, "stripe_customer"):
        notes.append("the Stripe customer is not taken")
    body = {
        "name": called,
        "display_name": plain(text(row, "display_name"), 100),
        "email": text(row, "email") or None,
        "group": plain(text(row, "group"), 64) or "default",
        "role": ROLES.get(number(row, "role", 1), "member"),
        "enabled": number(row, "status", 1) == 1,
        "remark": plain(text(row, "remark"), 255),
    }
    return MappedUser(
        body, password, number(row, "quota"), number(row, "aff_quota"), number(row, "inviter_id"),
        number(row, "created_at"), notes,
    )  # fmt: skip


def key(row: Row, per_usd: int) -> MappedKey | str:
    """What becomes of a token, or why nothing does."""
    if row.get("deleted_at") is not None:
        return "was removed there"
    row = oneapi.token(row)
    value = text(row, "key")
    if not value:
        return "has no value"
    number_there = number(row, "id")
    notes: Notes = []
    status = number(row, "status", 1)
    body: dict[str, Any] = {
        "name": name(text(row, "name"), "key", number_there),
        "key": value if value.startswith("sk-") else f"sk-{value}",
        "enabled": status in {1, 3, EXHAUSTED},
        "remark": f"New API token {number_there}",
    }
    _expiry(row, body)
    _scope(row, body, notes)
    if not flag(row, "unlimited_quota"):
        left = number(row, "remain_quota")
        if left > 0:
            body["budgets"] = [{"period": "total", "amount": usd(left, per_usd)}]
        else:
            body["enabled"] = False
            notes.append("its quota is spent: switched off")
    if number(row, "billing_type"):
        notes.append("its choice between subscription and wallet is not taken")
    return MappedKey(body, number(row, "user_id"), notes)


def _expiry(row: Row, body: dict[str, Any]) -> None:
    ends = number(row, "expired_time", _NEVER)
    if 0 < ends < _LAST:
        # Before 2000 no time is accepted here, and it is over in any case.
        body["expires_at"] = datetime.fromtimestamp(max(ends, 946_684_800), UTC).isoformat()


def _scope(row: Row, body: dict[str, Any], notes: Notes) -> None:
    if flag(row, "model_limits_enabled"):
        models = listed(row, "model_limits")
        if models:
            body["models"] = models
        else:
            body["enabled"] = False
            notes.append("its list of models is empty: switched off")
    networks = [line.strip(" ,") for line in re.split(r"[\s,]+", text(row, "allow_ips")) if line.strip(" ,")]
    if networks:
        body["networks"] = list(dict.fromkeys(networks))
    group = plain(text(row, "group"), 64)
    if group:
        body["group"] = group
    if flag(row, "cross_group_retry"):
        body["group_retry"] = True
