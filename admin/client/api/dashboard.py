"""Dashboard: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from admin.client.shapes.dashboard import DashboardOut, Facets
    from admin.client.transport import Transport


class DashboardApi:
    """The operations of dashboard."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get_dashboard(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        scope: Literal["own", "organisation", "all"] | None = None,
        order: Literal["cost", "requests"] | None = None,
    ) -> DashboardOut:
        """Sums, series, comparison and the largest of a period, in whole hours, or days ..."""
        return cast(
            "DashboardOut",
            self._transport.call(
                "GET", "/api/v1/dashboard", query={"since": since, "until": until, "scope": scope, "order": order}
            ),
        )

    def usage_facets(
        self,
        *,
        fields: str | None = None,
        since: str | None = None,
        until: str | None = None,
        key: str | None = None,
        user: str | None = None,
        team: str | None = None,
        organisation: str | None = None,
        group: str | None = None,
        channel: str | None = None,
        model: str | None = None,
        provider: str | None = None,
        operation: str | None = None,
        status: int | None = None,
    ) -> Facets:
        """How many of the requests that match everything given have each status, model ..."""
        return cast(
            "Facets",
            self._transport.call(
                "GET",
                "/api/v1/usage/facets",
                query={
                    "fields": fields,
                    "since": since,
                    "until": until,
                    "key": key,
                    "user": user,
                    "team": team,
                    "organisation": organisation,
                    "group": group,
                    "channel": channel,
                    "model": model,
                    "provider": provider,
                    "operation": operation,
                    "status": status,
                },
            ),
        )

    def channel_facets(self) -> Facets:
        """How many channels there are of each provider and tag, on, off, and switched off ..."""
        return cast("Facets", self._transport.call("GET", "/api/v1/channel-facets"))
