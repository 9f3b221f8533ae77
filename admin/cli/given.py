"""The global options, and the admin token that they lead to. Opens no connection."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from admin.cli.errors import FailureError
from storage.private_file import ADMIN_TOKEN_FILE

if TYPE_CHECKING:
    import httpx

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(slots=True)
class Settings:
    """The global options. `token` is "" when none was given; the file under `data` is then looked at."""

    url: str
    token: str
    data: Path
    as_json: bool = False
    transport: "httpx.BaseTransport | None" = field(default=None, repr=False)

    @property
    def local(self) -> bool:
        """True when the gateway is on this machine."""
        return (urlsplit(self.url).hostname or "") in _LOOPBACK

    def find_token(self) -> str:
        """The admin token; the file is used only for a gateway on this machine, for it belongs to no other."""
        if self.token:
            return self.token.strip()
        path = self.data / ADMIN_TOKEN_FILE
        if self.local and path.is_file():
            try:
                return path.read_text().strip()
            except (OSError, UnicodeDecodeError):
                raise FailureError(f"The token file {path} cannot be read.", hint="Set GATEWAY_ADMIN_TOKEN.") from None
        raise FailureError(
            "No admin token.",
            hint=f"Set GATEWAY_ADMIN_TOKEN, or run this where the gateway's data directory is (looked for {path}; "
            "--data names another). `gateway admin-token reset` makes a new token.",
        )
