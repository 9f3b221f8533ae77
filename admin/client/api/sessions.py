"""Sessions: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from admin.client.shapes.sessions import Ended, SessionList
    from admin.client.transport import Transport


class SessionsApi:
    """The operations of sessions."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_my_sessions(self) -> SessionList:
        """One's own sessions, newest first."""
        return cast("SessionList", self._transport.call("GET", "/api/v1/me/sessions"))

    def end_my_session(self, session: int) -> None:
        """End one of one's own sessions, on whatever device it is."""
        self._transport.call("DELETE", f"/api/v1/me/sessions/{segment(session, 'session')}")

    def end_my_other_sessions(self) -> Ended:
        """End all of one's own sessions but this one."""
        return cast("Ended", self._transport.call("POST", "/api/v1/me/sessions/end-others"))

    def list_user_sessions(self, user: str) -> SessionList:
        """The sessions of a user, newest first."""
        return cast("SessionList", self._transport.call("GET", f"/api/v1/users/{segment(user, 'user')}/sessions"))

    def end_user_sessions(self, user: str) -> Ended:
        """End all sessions of a user."""
        return cast("Ended", self._transport.call("DELETE", f"/api/v1/users/{segment(user, 'user')}/sessions"))
