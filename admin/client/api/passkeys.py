"""Passkeys: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from admin.client.shapes.common import PasskeyChallenge
    from admin.client.shapes.passkeys import PasskeyCreate, PasskeyList, PasskeyOut, PasskeyPatch
    from admin.client.transport import Transport


class PasskeysApi:
    """The operations of passkeys."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_passkeys(self) -> PasskeyList:
        """One's passkeys, oldest first."""
        return cast("PasskeyList", self._transport.call("GET", "/api/v1/me/passkeys"))

    def add_passkey(self, body: PasskeyCreate) -> PasskeyOut:
        """Store a new passkey."""
        return cast("PasskeyOut", self._transport.call("POST", "/api/v1/me/passkeys", body))

    def passkey_options(self) -> PasskeyChallenge:
        """What navigator.credentials.create is called with."""
        return cast("PasskeyChallenge", self._transport.call("POST", "/api/v1/me/passkeys/options"))

    def rename_passkey(self, passkey: int, body: PasskeyPatch, *, if_match: str | None = None) -> PasskeyOut:
        """Give a passkey another name."""
        return cast(
            "PasskeyOut",
            self._transport.call(
                "PATCH", f"/api/v1/me/passkeys/{segment(passkey, 'passkey')}", body, headers={"if-match": if_match}
            ),
        )

    def remove_passkey(self, passkey: int, *, if_match: str | None = None) -> None:
        """Remove a passkey."""
        self._transport.call(
            "DELETE", f"/api/v1/me/passkeys/{segment(passkey, 'passkey')}", headers={"if-match": if_match}
        )
