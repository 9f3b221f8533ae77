"""What a target needs to be reached or believed, sealed: a webhook's secret, a phone's key, a server's token."""

from storage.crypto import SecretBox
from storage.models.event import Target


def seal(box: SecretBox, secret: str, purpose: str) -> bytes:
    """For a target's row; `purpose` binds it to what it is for."""
    return box.seal(secret, f"event-target:{purpose}")


def opened(box: SecretBox, row: Target, now: int) -> list[str]:
    """The secrets that are valid now, the newest first."""
    found = [row.secret] if row.secret else []
    if row.old_secret and now < row.old_until:
        found.append(row.old_secret)
    return [box.open(sealed, f"event-target:{row.kind}") for sealed in found]
