"""New API's table `options` (name -> text) as groups and settings of this gateway. Pure.

What is stored there is what somebody has saved once; everything else is a default of its code and not in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from storage.imports.values import QUOTA_PER_USD, document, mapping, nano

Options = Mapping[str, str]
PRICES = frozenset({
    "ModelRatio", "ModelPrice", "CompletionRatio", "CacheRatio", "CreateCacheRatio", "ImageRatio", "AudioRatio",
    "AudioCompletionRatio",
})  # fmt: skip
_SPECIAL = "group_ratio_setting.group_special_usable_group"
GROUPS = frozenset({
    "GroupRatio", "GroupGroupRatio", "UserUsableGroups", "TopupGroupRatio", "AutoGroups", _SPECIAL,
})  # fmt: skip
QUOTA_PER_UNIT = "QuotaPerUnit"
_AUTO = "auto"
_MOST = 2**53


class Setting(NamedTuple):
    """One setting here: its area and field, its value, and the options there that it comes from."""

    area: str
    field: str
    value: Any
    sources: tuple[str, ...]


def per_usd(options: Options) -> int:
    """Quota for one USD."""
    found = _number(options.get(QUOTA_PER_UNIT, ""))
    return int(found) if found is not None and found >= 1 else QUOTA_PER_USD


def groups(options: Options) -> dict[str, dict[str, Any]]:
    """Group -> body of PUT /groups/{name}."""
    ratios, used = mapping(options.get("GroupRatio")), mapping(options.get("GroupGroupRatio"))
    topup, usable = mapping(options.get("TopupGroupRatio")), mapping(options.get("UserUsableGroups"))
    order = document(options.get("AutoGroups"))
    special = mapping(options.get(_SPECIAL))
    found: dict[str, dict[str, Any]] = {}

    def of(group: object) -> dict[str, Any]:
        return found.setdefault(str(group), {"ratio": 1})

    for group, ratio in ratios.items():
        of(group)["ratio"] = ratio
    for group, by_used in used.items():
        if isinstance(by_used, dict):
            of(group)["used"] = by_used
    for group, ratio in topup.items():
        of(group)["topup_ratio"] = ratio
    for group, description in usable.items():
        of(group)["usable_by"] = ["*"]
        of(group)["remark"] = str(description)[:255]
    for user_group, changes in special.items():
        for name in changes if isinstance(changes, dict) else ():
            if not str(name).startswith("-:"):
                users = of(str(name).removeprefix("+:")).setdefault("usable_by", [])
                if users != ["*"]:
                    users.append(str(user_group))
    for rank, group in enumerate(order if isinstance(order, list) else ()):
        of(group)["auto_rank"] = rank
    found.pop(_AUTO, None)
    return found


def denied(options: Options) -> bool:
    """Whether single groups are kept from others that everybody else may choose: that cannot be said here."""
    special = mapping(options.get(_SPECIAL))
    names = (str(name) for changes in special.values() if isinstance(changes, dict) for name in changes)
    return any(name.startswith("-:") for name in names)


def settings(options: Options) -> list[Setting]:
    """The settings that have an equivalent, of the options that are stored and not empty."""
    found = [
        Setting(area, field, value, (name,))
        for name, (area, field, read) in _ONE_TO_ONE.items()
        if options.get(name, "") != "" and (value := read(options[name])) is not None
    ]
    unit = per_usd(options)
    for name, field in _QUOTAS.items():
        quota = _number(options.get(name, ""))
        if quota is not None:
            found.append(Setting("bonuses", field, nano(int(quota), unit), (name,)))
    return [*found, *_registration(options), *_mail(options), *_turnstile(options), *_rates(options)]


def _number(value: str) -> float | None:
    try:
        found = float(value)
    except ValueError:
        return None
    return found if abs(found) < _MOST else None


def _whole(value: str) -> int | None:
    found = _number(value)
    return None if found is None else int(found)


def _true(value: str) -> bool:
    return value.strip().lower() == "true"


def _lines(value: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in value.splitlines() if line.strip()))


def _statuses(value: str) -> list[int] | None:
    parts = [part.strip() for part in value.split(",") if part.strip()]
    return [int(part) for part in parts] if parts and all(part.isdigit() for part in parts) else None


def _milliseconds(value: str) -> int | None:
    found = _number(value)
    return None if found is None else int(found * 1000)


_Read = Callable[[str], Any]
_ONE_TO_ONE: dict[str, tuple[str, str, _Read]] = {
    "PasswordLoginEnabled": ("identity", "password_login", _true),
    "EmailVerificationEnabled": ("identity", "verify_email", _true),
    "EmailAliasRestrictionEnabled": ("identity", "plus_addresses", lambda value: not _true(value)),
    "SMTPServer": ("mail", "host", str.strip),
    "SMTPPort": ("mail", "port", _whole),
    "SMTPAccount": ("mail", "user", str.strip),
    "SMTPToken": ("mail", "password", str),
    "SystemName": ("mail", "sender_name", str.strip),
    "ServerAddress": ("network", "public_url", lambda value: value.strip().rstrip("/")),
    "AutomaticDisableChannelEnabled": ("channels", "auto_disable", _true),
    "AutomaticEnableChannelEnabled": ("channels", "auto_enable", _true),
    "AutomaticDisableKeywords": ("channels", "disable_keywords", _lines),
    "AutomaticDisableStatusCodes": ("channels", "disable_statuses", _statuses),
    "ChannelDisableThreshold": ("channels", "slow_ms", _milliseconds),
    "checkin_setting.enabled": ("bonuses", "check_in", _true),
    "PayAddress": ("epay", "url", lambda value: value.strip().rstrip("/")),
    "EpayId": ("epay", "pid", str.strip),
    "EpayKey": ("epay", "key", str.strip),
    "MinTopUp": ("payments", "minimum", str.strip),
    "StripeApiSecret": ("stripe", "secret_key", str.strip),
    "StripeWebhookSecret": ("stripe", "webhook_secret", str.strip),
    "CreemApiKey": ("creem", "api_key", str.strip),
    "CreemWebhookSecret": ("creem", "webhook_secret", str.strip),
}
_QUOTAS = {
    "QuotaForNewUser": "welcome", "QuotaForInviter": "inviter", "QuotaForInvitee": "invitee",
    "checkin_setting.max_quota": "check_in_most", "checkin_setting.min_quota": "check_in_least",
}  # fmt: skip


def _registration(options: Options) -> list[Setting]:
    if "RegisterEnabled" not in options:
        return []
    sources = tuple(
        name for name in ("RegisterEnabled", "EmailDomainRestrictionEnabled", "EmailDomainWhitelist") if name in options
    )
    if not _true(options["RegisterEnabled"]):
        return [Setting("identity", "registration", "off", sources)]
    domains = [each.strip().lower() for each in options.get("EmailDomainWhitelist", "").split(",") if each.strip()]
    if _true(options.get("EmailDomainRestrictionEnabled", "")) and domains:
        return [
            Setting("identity", "registration_domains", domains, sources),
            Setting("identity", "registration", "domains", sources),
        ]
    return [Setting("identity", "registration", "open", sources)]


def _mail(options: Options) -> list[Setting]:
    if not options.get("SMTPServer"):
        return []
    tls = _true(options.get("SMTPSSLEnabled", "")) or options.get("SMTPPort", "").strip() == "465"
    sender = options.get("SMTPFrom") or options.get("SMTPAccount", "")
    return [
        Setting("mail", "security", "tls" if tls else "starttls", ("SMTPSSLEnabled",)),
        Setting("mail", "sender", sender.strip(), ("SMTPFrom",)),
    ]


def _turnstile(options: Options) -> list[Setting]:
    if not _true(options.get("TurnstileCheckEnabled", "")):
        return []
    names = {"TurnstileSiteKey": "turnstile_site_key", "TurnstileSecretKey": "turnstile_secret"}
    return [
        Setting("identity", field, options[name].strip(), (name, "TurnstileCheckEnabled"))
        for name, field in names.items()
        if options.get(name)
    ]


def _rates(options: Options) -> list[Setting]:
    """What one USD of credit costs in CNY; the other currencies are not known there."""
    price = options.get("Price", "").strip()
    return [Setting("payments", "rates", {"USD": "1", "CNY": price}, ("Price",))] if price else []
