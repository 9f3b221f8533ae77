"""Settings: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from admin.client.shapes.settings import AreaList, AreaOut, ConsoleOut, MailTest, PublicSettings, SettingsPatch
    from admin.client.transport import Transport


class SettingsApi:
    """The operations of settings."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def public_console(self) -> ConsoleOut:
        """Name, looks, ways to sign in, features and announcements: what the first page needs."""
        return cast("ConsoleOut", self._transport.call("GET", "/api/v1/public/console"))

    def test_mail(self, body: MailTest) -> None:
        """Send a mail and wait for the server's answer; 409 says what it was."""
        self._transport.call("POST", "/api/v1/mail/test", body)

    def list_settings(self) -> AreaList:
        """All settings by area."""
        return cast("AreaList", self._transport.call("GET", "/api/v1/settings"))

    def change_several_settings(self, body: SettingsPatch) -> AreaList:
        """Change settings of several areas, all or none, or only check them."""
        return cast("AreaList", self._transport.call("PATCH", "/api/v1/settings", body))

    def public_settings(self) -> PublicSettings:
        """What everybody may know before they sign in, such as how to sign in."""
        return cast("PublicSettings", self._transport.call("GET", "/api/v1/public/settings"))

    def get_settings(self, area: str) -> AreaOut:
        """The settings of one area."""
        return cast("AreaOut", self._transport.call("GET", f"/api/v1/settings/{segment(area, 'setting')}"))

    def change_settings(self, area: str, body: dict[str, Any], *, if_match: str | None = None) -> AreaOut:
        """Change settings of an area, all or none; they count within two seconds."""
        return cast(
            "AreaOut",
            self._transport.call(
                "PATCH", f"/api/v1/settings/{segment(area, 'setting')}", body, headers={"if-match": if_match}
            ),
        )
