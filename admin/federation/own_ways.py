"""Providers with ways of their own: Telegram's login widget and the helper server of a WeChat official account.

core.telegram.org/widgets/login (2026-11): the fields are signed with HMAC-SHA256 under the SHA-256 of the bot's token.
"""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

from admin.federation.oauth import ProviderError, call
from admin.federation.profile import Profile
from admin.federation.settings import WeChat
from admin.outbound import Outbound

FRESH_S = 300
_FIELDS = ("id", "first_name", "last_name", "username", "photo_url", "auth_date")


def telegram(query: Mapping[str, str], token: str, now: int) -> Profile:
    """Who the widget says has signed in. Raises ProviderError."""
    given = {name: query[name] for name in _FIELDS if name in query}
    signed = "\n".join(f"{name}={given[name]}" for name in sorted(given))
    key = hashlib.sha256(token.encode()).digest()
    proof = hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(proof.encode(), query.get("hash", "").encode()):
        raise ProviderError("the signature is not right")
    when = given.get("auth_date", "")
    if not when.isdecimal() or len(when) > 12 or not now - FRESH_S <= int(when) <= now + 60:
        raise ProviderError("the login is too old")
    if not given.get("id", "").isdecimal():
        raise ProviderError("no account is named")
    return Profile(given["id"], given.get("username", "")[:64], "", False, dict(given))


async def wechat(http: Outbound, settings: WeChat, token: str, code: str) -> Profile:
    """Who has got that code from the official account. Raises ProviderError."""
    url = f"{settings.server_url.rstrip('/')}/api/wechat/user?code={quote(code, safe='')}"
    found = await call(http, "GET", url, headers={"authorization": token})
    subject = found.get("data")
    if found.get("success") is not True or not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise ProviderError("the code is not good")
    return Profile(subject, "", "", False, {})
