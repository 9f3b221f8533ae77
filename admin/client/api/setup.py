"""Setup: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from admin.client.shapes.common import SignedInAs
    from admin.client.shapes.setup import SetupIn, SetupState
    from admin.client.transport import Transport


class SetupApi:
    """The operations of setup."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get_setup(self) -> SetupState:
        """Whether the gateway still waits for its first administrator."""
        return cast("SetupState", self._transport.call("GET", "/api/v1/setup"))

    def set_up(self, body: SetupIn) -> SignedInAs:
        """Make the first administrator (role root) and sign in."""
        return cast("SignedInAs", self._transport.call("POST", "/api/v1/setup", body))
