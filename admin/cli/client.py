"""The HTTP client of the command: finds the token, calls the admin API, and turns every way to fail into a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from admin.cli.errors import FailureError, misuse
from storage.private_file import ADMIN_TOKEN_FILE

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(slots=True)
class Settings:
    """The global options. `token` is "" when none was given; the file under `data` is then looked at."""

    url: str
    token: str
    data: Path
    as_json: bool = False
    transport: httpx.BaseTransport | None = field(default=None, repr=False)

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


def path_of(noun: str, ref: str) -> str:
    """The path of one object by name or id."""
    if ref in {"", ".", ".."}:
        raise misuse(f"{ref!r} is no name of a {noun.rstrip('s')}.")
    return f"/api/v1/{noun}/{quote(ref, safe='')}"


class Gateway:
    """A connection to the admin API; use as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        parts = urlsplit(settings.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise misuse(f"{settings.url!r} is no address of a gateway.", "Write --url http://HOST:PORT.")
        token = settings.find_token()
        if not token.isascii() or not token.isprintable():
            raise misuse("The admin token holds characters that no token has.")
        self._client = httpx.Client(
            base_url=settings.url.rstrip("/"),
            headers={"authorization": f"Bearer {token}", "user-agent": "gateway-cli"},
            # A test of a channel waits for the upstream, which may think for a while.
            timeout=httpx.Timeout(10.0, read=180.0),
            # A proxy from the environment is not meant for an address on this machine.
            trust_env=not settings.local,
            transport=settings.transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, query: Mapping[str, str | int | bool | None] | None = None) -> Any:  # noqa: ANN401 JSON
        """GET; parameters that are None are left out."""
        return self.call("GET", path, query=query)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, str | int | bool | None] | None = None,
    ) -> Any:  # noqa: ANN401 JSON
        """One request; returns the parsed JSON answer, None when it is empty, or raises FailureError."""
        content = None if body is None else msgspec.json.encode(body)
        params = {name: str(value) for name, value in (query or {}).items() if value is not None}
        headers = {} if content is None else {"content-type": "application/json"}
        try:
            answer = self._client.request(method, path, content=content, params=params, headers=headers)
        except httpx.ConnectError:
            raise FailureError(
                f"No gateway answers at {self._settings.url}.",
                hint="Start it with `make serve`, or say where it is with --url or GATEWAY_URL.",
            ) from None
        except httpx.TimeoutException:
            raise FailureError(
                f"The gateway at {self._settings.url} did not answer in time.",
                hint="`gateway status` and the gateway's log show what it is doing.",
            ) from None
        except httpx.HTTPError as error:
            raise FailureError(f"The connection to {self._settings.url} failed: {type(error).__name__}.") from None
        return self._read(answer)

    def _read(self, answer: httpx.Response) -> Any:  # noqa: ANN401 JSON
        kind = answer.headers.get("content-type", "").split(";")[0]
        if answer.is_success and not answer.content:
            return None
        try:
            data = msgspec.json.decode(answer.content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            data = None
        if answer.is_success and data is not None:
            return data
        if kind != "application/problem+json" or not isinstance(data, dict):
            raise FailureError(
                f"{self._settings.url} answered HTTP {answer.status_code}, and not as this gateway's admin API does.",
                hint="Check --url or GATEWAY_URL; if the gateway is just starting, try again in a moment.",
            )
        fields = [(str(item["field"]).removeprefix("body."), str(item["message"])) for item in data.get("errors") or []]
        hint = ""
        if answer.status_code >= 500:
            hint = f"The gateway's log has more under the request id {data.get('request_id')}."
        message = str(data.get("detail"))
        if fields:
            message = "The gateway refused this:"
        raise FailureError(message, hint=hint, fields=fields)
