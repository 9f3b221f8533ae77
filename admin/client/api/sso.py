"""Sso: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from admin.client.shapes.sso import (
        BegunOut,
        CodeIn,
        DoneOut,
        IdentityProviderCreate,
        IdentityProviderList,
        IdentityProviderOut,
        IdentityProviderPatch,
        LinkList,
        WaysIn,
    )
    from admin.client.transport import Transport


class SsoApi:
    """The operations of sso."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_identity_providers(self) -> IdentityProviderList:
        """All of them, in their order."""
        return cast("IdentityProviderList", self._transport.call("GET", "/api/v1/identity-providers"))

    def create_identity_provider(self, body: IdentityProviderCreate) -> IdentityProviderOut:
        """Make one. `callback_url` of the answer is what the provider has to know."""
        return cast("IdentityProviderOut", self._transport.call("POST", "/api/v1/identity-providers", body))

    def get_identity_provider(self, slug: str) -> IdentityProviderOut:
        """One of them."""
        return cast(
            "IdentityProviderOut",
            self._transport.call("GET", f"/api/v1/identity-providers/{segment(slug, 'identity-provider')}"),
        )

    def change_identity_provider(
        self, slug: str, body: IdentityProviderPatch, *, if_match: str | None = None
    ) -> IdentityProviderOut:
        """Change what the body names and leave the rest."""
        return cast(
            "IdentityProviderOut",
            self._transport.call(
                "PATCH",
                f"/api/v1/identity-providers/{segment(slug, 'identity-provider')}",
                body,
                headers={"if-match": if_match},
            ),
        )

    def delete_identity_provider(self, slug: str, *, if_match: str | None = None) -> None:
        """Remove one, with the links to accounts there."""
        self._transport.call(
            "DELETE", f"/api/v1/identity-providers/{segment(slug, 'identity-provider')}", headers={"if-match": if_match}
        )

    def ways_in(self) -> WaysIn:
        """The ways to sign in elsewhere."""
        return cast("WaysIn", self._transport.call("GET", "/api/v1/sso"))

    def begin_sso(self, slug: str, *, next: str | None = None) -> BegunOut:
        """The same for a page that shows the provider's own button (Telegram, WeChat)."""
        return cast(
            "BegunOut", self._transport.call("POST", f"/api/v1/sso/{segment(slug, 'sso')}/begin", query={"next": next})
        )

    def link_identity(self, slug: str, *, next: str | None = None) -> BegunOut:
        """Begin to link an account there to one's own."""
        return cast(
            "BegunOut",
            self._transport.call("POST", f"/api/v1/me/identities/{segment(slug, 'identity')}", query={"next": next}),
        )

    def step_up_by_sso(self, slug: str, *, next: str | None = None) -> BegunOut:
        """Begin a second check at a provider, for those who have nothing here that proves ..."""
        return cast(
            "BegunOut",
            self._transport.call("POST", f"/api/v1/me/step-up/sso/{segment(slug, 'sso')}", query={"next": next}),
        )

    def sso_code(self, slug: str, body: CodeIn) -> DoneOut:
        """Sign in by the code that an official account answers with (WeChat)."""
        return cast("DoneOut", self._transport.call("POST", f"/api/v1/sso/{segment(slug, 'sso')}/code", body))

    def list_identities(self) -> LinkList:
        """One's accounts elsewhere."""
        return cast("LinkList", self._transport.call("GET", "/api/v1/me/identities"))

    def unlink_identity(self, link: int) -> None:
        """Part an account from one's own; not the last way to sign in."""
        self._transport.call("DELETE", f"/api/v1/me/identities/{segment(link, 'identity')}")
