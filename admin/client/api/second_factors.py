"""Second factors: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from admin.client.shapes.second_factors import RecoveryCodes, TotpConfirm, TotpSetup
    from admin.client.transport import Transport


class SecondFactorsApi:
    """The operations of second factors."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def set_up_totp(self) -> TotpSetup:
        """A new secret for an authenticator app, shown once."""
        return cast("TotpSetup", self._transport.call("POST", "/api/v1/me/totp"))

    def remove_totp(self) -> None:
        """Remove the authenticator app and the recovery codes."""
        self._transport.call("DELETE", "/api/v1/me/totp")

    def confirm_totp(self, body: TotpConfirm) -> RecoveryCodes:
        """Switch the authenticator app on, with a code that it shows."""
        return cast("RecoveryCodes", self._transport.call("POST", "/api/v1/me/totp/confirm", body))

    def renew_recovery_codes(self) -> RecoveryCodes:
        """New recovery codes in place of the old ones, shown once."""
        return cast("RecoveryCodes", self._transport.call("POST", "/api/v1/me/recovery-codes"))
