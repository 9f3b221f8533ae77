"""The secret of a channel: sealed for the channel's name, so that a value copied to another row does not open there.

Owns the context string `channel:<name>`; whoever opens the secret elsewhere uses the same one.
"""

from typing import Any

from storage.crypto import SealError, SecretBox
from storage.models import Channel


def columns(box: SecretBox, name: str, secret: str | None) -> dict[str, Any]:
    """The columns `secret` and `secret_hint` of the channel `name`; the hint shows 4 characters of a long secret."""
    if secret is None:
        return {"secret": None, "secret_hint": ""}
    hint = f"...{secret[-4:]}" if len(secret) >= 12 else "..."
    return {"secret": box.seal(secret, f"channel:{name}"), "secret_hint": hint}


def reveal(box: SecretBox, channel: Channel) -> str | None:
    """The secret of a stored channel, None when it has none. Raises SealError."""
    return None if channel.secret is None else box.open(channel.secret, f"channel:{channel.name}")


def same(box: SecretBox, channel: Channel, secret: str | None) -> bool:
    """True when the channel has this secret already; one that no longer opens is another one."""
    try:
        return reveal(box, channel) == secret
    except SealError:
        return False
