"""Login: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from admin.client.shapes.common import PasskeyChallenge, SignedInAs
    from admin.client.shapes.login import LoginIn, LoginOut, PasskeyAnswer, PasskeyChallengeIn, SecondFactorIn
    from admin.client.transport import Transport


class LoginApi:
    """The operations of login."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def login(self, body: LoginIn) -> LoginOut:
        """Sign in by name or e-mail address and password; an account with an ..."""
        return cast("LoginOut", self._transport.call("POST", "/api/v1/login", body))

    def login_code(self, body: SecondFactorIn) -> SignedInAs:
        """The second step: a code of the authenticator app, or a recovery code."""
        return cast("SignedInAs", self._transport.call("POST", "/api/v1/login/code", body))

    def login_passkey_options(self, body: PasskeyChallengeIn) -> PasskeyChallenge:
        """A challenge for a passkey: alone, or as the second step of `ticket`."""
        return cast("PasskeyChallenge", self._transport.call("POST", "/api/v1/login/passkey/options", body))

    def login_passkey(self, body: PasskeyAnswer) -> SignedInAs:
        """Sign in by a passkey."""
        return cast("SignedInAs", self._transport.call("POST", "/api/v1/login/passkey", body))

    def logout(self) -> None:
        """End the session of this browser."""
        self._transport.call("POST", "/api/v1/logout")
