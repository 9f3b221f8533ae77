"""Me: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from admin.client.shapes.common import PasskeyChallenge
    from admin.client.shapes.me import (
        EmailChange,
        EmailConfirm,
        MeOut,
        MePatch,
        PasswordChange,
        SteppedUp,
        StepUpIn,
        StepUpMethods,
    )
    from admin.client.transport import Transport


class MeApi:
    """The operations of me."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get_me(self) -> MeOut:
        """Oneself, and what one may do."""
        return cast("MeOut", self._transport.call("GET", "/api/v1/me"))

    def change_me(self, body: MePatch, *, if_match: str | None = None) -> MeOut:
        """Change what the body names."""
        return cast("MeOut", self._transport.call("PATCH", "/api/v1/me", body, headers={"if-match": if_match}))

    def get_step_up(self) -> StepUpMethods:
        """What counts as proof for this account."""
        return cast("StepUpMethods", self._transport.call("GET", "/api/v1/me/step-up"))

    def step_up(self, body: StepUpIn) -> SteppedUp:
        """Prove again who one is."""
        return cast("SteppedUp", self._transport.call("POST", "/api/v1/me/step-up", body))

    def step_up_passkey_options(self) -> PasskeyChallenge:
        """A challenge for a passkey as proof."""
        return cast("PasskeyChallenge", self._transport.call("POST", "/api/v1/me/step-up/passkey"))

    def change_my_password(self, body: PasswordChange) -> None:
        """Change the password; the other sessions end."""
        self._transport.call("PUT", "/api/v1/me/password", body)

    def change_my_email(self, body: EmailChange) -> object:
        """Send a code to the new address."""
        return cast(object, self._transport.call("POST", "/api/v1/me/email", body))

    def confirm_my_email(self, body: EmailConfirm) -> MeOut:
        """Make the address the account's, with the code that it was sent."""
        return cast("MeOut", self._transport.call("POST", "/api/v1/me/email/confirm", body))
