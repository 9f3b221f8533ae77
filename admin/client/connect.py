"""The way into the client for a program; the command `gateway` has its own, with its options."""

from pathlib import Path

from admin.cli.client import Gateway
from admin.cli.given import Settings


def connect(url: str, token: str) -> Gateway:
    """A connection to the admin API at `url` (http://HOST:PORT) with a token; a context manager.

    Raises FailureError (admin.cli.errors) for an address or a token that cannot be one, and so do all its methods for
    what the gateway refuses: `message`, and `fields` as (field, message) pairs.
    """
    return Gateway(Settings(url=url, token=token, data=Path()))
