"""Credentials: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from admin.client.shapes.credentials import CredentialsOut, LockIn, PasswordSet
    from admin.client.transport import Transport


class CredentialsApi:
    """The operations of credentials."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get_user_credentials(self, user: str) -> CredentialsOut:
        """What a user signs in with."""
        return cast("CredentialsOut", self._transport.call("GET", f"/api/v1/users/{segment(user, 'user')}/credentials"))

    def lock_user(self, user: str, body: LockIn) -> CredentialsOut:
        """Lock an account: its sessions end, its tokens and logins are refused."""
        return cast("CredentialsOut", self._transport.call("POST", f"/api/v1/users/{segment(user, 'user')}/lock", body))

    def unlock_user(self, user: str) -> CredentialsOut:
        """Let a user sign in again; pauses after wrong passwords and codes end too."""
        return cast("CredentialsOut", self._transport.call("POST", f"/api/v1/users/{segment(user, 'user')}/unlock"))

    def set_user_password(self, user: str, body: PasswordSet) -> CredentialsOut:
        """Choose a password for a user; the sessions end."""
        return cast(
            "CredentialsOut", self._transport.call("PUT", f"/api/v1/users/{segment(user, 'user')}/password", body)
        )

    def send_user_password_reset(self, user: str) -> object:
        """Mail a user the link with which a new password is chosen."""
        return cast(object, self._transport.call("POST", f"/api/v1/users/{segment(user, 'user')}/password-reset"))

    def remove_user_second_factors(self, user: str) -> CredentialsOut:
        """Take a user's authenticator app, recovery codes and passkeys away, for who has ..."""
        return cast(
            "CredentialsOut", self._transport.call("DELETE", f"/api/v1/users/{segment(user, 'user')}/second-factors")
        )
