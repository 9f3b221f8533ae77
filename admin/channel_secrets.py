"""The secrets of a channel: sealed for its name, so that a value copied to another row or column does not open there.

Owns the context strings `channel:<name>` (the upstream's key) and `channel-proxy:<name>` (the login of its proxy);
whoever opens them elsewhere uses the same ones.
"""

from collections.abc import Mapping
from typing import Any, Literal

from storage.crypto import SealError, SecretBox
from storage.models import Channel

Column = Literal["secret", "proxy_secret"]
COLUMNS: tuple[Column, ...] = ("secret", "proxy_secret")
_CONTEXTS = {"secret": "channel", "proxy_secret": "channel-proxy"}


def columns(box: SecretBox, name: str, secret: str | None, column: Column = "secret") -> dict[str, Any]:
    """The columns that hold the secret of the channel `name`; of a long one the hint shows 4 characters."""
    sealed = None if secret is None else box.seal(secret, f"{_CONTEXTS[column]}:{name}")
    if column == "proxy_secret":
        return {"proxy_secret": sealed}
    if secret is None:
        return {"secret": None, "secret_hint": ""}
    return {"secret": sealed, "secret_hint": f"...{secret[-4:]}" if len(secret) >= 12 else "..."}


def reveal(box: SecretBox, channel: Channel, column: Column = "secret") -> str | None:
    """A secret of a stored channel, None when it has none. Raises SealError."""
    sealed: bytes | None = getattr(channel, column)
    return None if sealed is None else box.open(sealed, f"{_CONTEXTS[column]}:{channel.name}")


def same(box: SecretBox, channel: Channel, secret: str | None, column: Column = "secret") -> bool:
    """True when the channel has this secret already; one that no longer opens is another one."""
    try:
        return reveal(box, channel, column) == secret
    except SealError:
        return False


def misplaced(secret: str | None, settings: Mapping[str, Any], path: str) -> list[tuple[str, str]]:
    """(field path, message) when there is a proxy's login and no proxy; `path` is the channel's place in the body."""
    if secret is None or settings.get("proxy"):
        return []
    return [(f"{path}.proxy_secret", "is the login of a proxy, and settings.proxy names none")]
