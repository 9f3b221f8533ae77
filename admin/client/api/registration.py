"""Registration: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from admin.client.shapes.common import SignedInAs
    from admin.client.shapes.registration import EmailCodeIn, RegisterIn, ResetIn
    from admin.client.transport import Transport


class RegistrationApi:
    """The operations of registration."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def register_email(self, body: EmailCodeIn) -> object:
        """Send a code of six digits to an address, to prove it."""
        return cast(object, self._transport.call("POST", "/api/v1/register/email", body))

    def register(self, body: RegisterIn) -> SignedInAs:
        """Make an account and sign it in."""
        return cast("SignedInAs", self._transport.call("POST", "/api/v1/register", body))

    def ask_password_reset(self, body: EmailCodeIn) -> object:
        """Send a mail with which a new password can be chosen."""
        return cast(object, self._transport.call("POST", "/api/v1/password-reset", body))

    def reset_password(self, body: ResetIn) -> None:
        """Choose a new password, with the token of the mail."""
        self._transport.call("POST", "/api/v1/password-reset/confirm", body)
