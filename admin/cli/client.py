"""The HTTP client of the command: finds the token, calls the admin API, and turns every way to fail into a sentence."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import msgspec

from admin.cli.errors import FailureError, misuse
from admin.cli.given import Settings
from admin.client.tags import Tags


class Gateway(Tags):
    """A connection to the admin API, with its operations by tag (`gateway.keys.list_keys()`); a context manager."""

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

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, str | int | bool | None] | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Any:  # noqa: ANN401 JSON
        """One request; returns the parsed JSON answer, None when it is empty, or raises FailureError."""
        content = None if body is None else msgspec.json.encode(body)
        params = {name: str(value) for name, value in (query or {}).items() if value is not None}
        sent = {name: value for name, value in (headers or {}).items() if value is not None}
        sent |= {} if content is None else {"content-type": "application/json"}
        try:
            answer = self._client.request(method, path, content=content, params=params, headers=sent)
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

    def download(self, path: str, file: Path, query: Mapping[str, str | int | bool | None] | None = None) -> int:
        """GET into a file, however large; returns its bytes. Raises FailureError."""
        params = {name: str(value) for name, value in (query or {}).items() if value is not None}
        size = 0
        try:
            with self._client.stream("GET", path, params=params) as answer:
                if not answer.is_success:
                    answer.read()
                    self._read(answer)
                with file.open("wb") as out:
                    for piece in answer.iter_bytes():
                        size += out.write(piece)
        except httpx.HTTPError as error:
            raise FailureError(f"The connection to {self._settings.url} failed: {type(error).__name__}.") from None
        except OSError as error:
            raise FailureError(f"{file} cannot be written: {error.strerror}.") from None
        return size

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
