"""Reading single values of New API's rows: flags, times, lists, JSON in text, quota. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import msgspec

Row = Mapping[str, Any]
Notes = list[str]

QUOTA_PER_USD = 500_000
"""Quota for one USD unless the option QuotaPerUnit says another number."""

_NANO = 10**9
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def number(row: Row, name: str, default: int = 0) -> int:
    """A whole number; `default` for what is absent or none."""
    value = row.get(name)
    if isinstance(value, bool):
        return int(value)
    try:
        return default if value is None or value == "" else int(value)
    except (TypeError, ValueError, OverflowError):
        return default


def flag(row: Row, name: str, *, default: bool = False) -> bool:
    """A truth value, however the database keeps it."""
    value = row.get(name)
    if value is None or value == "":
        return default
    return value.strip().lower() in {"1", "t", "true"} if isinstance(value, str) else bool(value)


def text(row: Row, name: str) -> str:
    """Text without space around it, "" for none."""
    value = row.get(name)
    return "" if value is None else str(value).strip()


def listed(row: Row, name: str) -> list[str]:
    """A list with commas between its items, each once."""
    return list(dict.fromkeys(item.strip() for item in text(row, name).split(",") if item.strip()))


def document(value: object) -> Any:  # noqa: ANN401  # any JSON
    """JSON in text, unpacked; None for none and for what is no JSON."""
    if not isinstance(value, str | bytes):
        return value
    try:
        return msgspec.json.decode(value) if value.strip() else None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def mapping(value: object) -> dict[str, Any]:
    """JSON in text that is an object; {} for anything else."""
    found = document(value)
    return found if isinstance(found, dict) else {}


def nano(quota: int, per_usd: int = QUOTA_PER_USD) -> int:
    """Quota -> nano-USD, exact where `per_usd` divides it, else rounded towards zero."""
    sign = -1 if quota < 0 else 1
    return sign * (abs(quota) * _NANO // per_usd)


def usd(quota: int, per_usd: int = QUOTA_PER_USD) -> str:
    """Quota -> USD as decimal text."""
    amount = nano(quota, per_usd)
    whole, rest = divmod(abs(amount), _NANO)
    return ("-" if amount < 0 else "") + (f"{whole}.{rest:09d}".rstrip("0").rstrip("."))


def plain(value: str, most: int) -> str:
    """Text without control and invisible characters, cut to `most`."""
    kept = "".join(
        sign for sign in value if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    return kept.strip()[:most].strip()


def name(value: str, kind: str, foreign_id: int | str) -> str:
    """A name that this gateway accepts: no slashes, not digits only, at most 64 characters."""
    found = plain(value.replace("/", "-").replace("\\", "-"), 64)
    if found in {"", ".", ".."}:
        return f"{kind}-{foreign_id}"
    return f"{kind}-{found}"[:64] if found.isdigit() else found
