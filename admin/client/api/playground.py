"""Playground: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from admin.client.shapes.playground import PlaygroundKey
    from admin.client.transport import Transport


class PlaygroundApi:
    """The operations of playground."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def take_playground_key(self) -> PlaygroundKey:
        """A value for one's playground key that works for a quarter of an hour, and not ..."""
        return cast("PlaygroundKey", self._transport.call("POST", "/api/v1/playground/key"))

    def end_playground_key(self) -> None:
        """End what the playground was given."""
        self._transport.call("DELETE", "/api/v1/playground/key")
