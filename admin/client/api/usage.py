"""Usage: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.usage import (
        ExplainOut,
        ListedUsageOut,
        RequestOut,
        RerateRequest,
        RerateResult,
        UsageOut,
        UsageTotals,
    )
    from admin.client.transport import Transport


class UsageApi:
    """The operations of usage."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def explain_cost(self, request_id: str) -> ExplainOut:
        """The arithmetic of a request's cost, line by line, and whether it gives the ..."""
        return cast("ExplainOut", self._transport.call("GET", f"/api/v1/usage/{segment(request_id, 'usage')}/explain"))

    def total_usage_file(
        self,
        file: Path,
        *,
        group_by: Literal[
            "key",
            "user",
            "team",
            "organisation",
            "group",
            "channel",
            "provider",
            "model",
            "operation",
            "status",
            "end",
            "day",
            "hour",
        ]
        | None = None,
        per: Literal["hour", "day"] | None = None,
        order_by: Literal["group", "requests", "cost"] | None = None,
        percentiles: bool | None = None,
        limit: int | None = None,
        format: Literal["csv", "jsonl"],
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
    ) -> int:
        """Sums over the requests that match everything given: into a file."""
        return self._transport.download(
            "/api/v1/usage/totals",
            file,
            query={
                "group_by": group_by,
                "per": per,
                "order_by": order_by,
                "percentiles": percentiles,
                "limit": limit,
                "format": format,
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
        )

    def total_usage(
        self,
        *,
        group_by: Literal[
            "key",
            "user",
            "team",
            "organisation",
            "group",
            "channel",
            "provider",
            "model",
            "operation",
            "status",
            "end",
            "day",
            "hour",
        ]
        | None = None,
        per: Literal["hour", "day"] | None = None,
        order_by: Literal["group", "requests", "cost"] | None = None,
        percentiles: bool | None = None,
        limit: int | None = None,
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
    ) -> UsageTotals:
        """Sums over the requests that match everything given."""
        return cast(
            "UsageTotals",
            self._transport.call(
                "GET",
                "/api/v1/usage/totals",
                query={
                    "group_by": group_by,
                    "per": per,
                    "order_by": order_by,
                    "percentiles": percentiles,
                    "limit": limit,
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

    def rerate(self, body: RerateRequest) -> RerateResult:
        """Rate the next page of past requests again and book the differences as ..."""
        return cast("RerateResult", self._transport.call("POST", "/api/v1/rerate", body))

    def list_usage(
        self,
        *,
        q: str | None = None,
        request_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
        end: str | None = None,
        failed: bool | None = None,
        stream: bool | None = None,
        upstream_request_id: str | None = None,
        upstream_model: str | None = None,
        client_ip: str | None = None,
        media: bool | None = None,
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
    ) -> ListedUsageOut:
        """The records that match everything given, newest first."""
        return cast(
            "ListedUsageOut",
            self._transport.call(
                "GET",
                "/api/v1/usage",
                query={
                    "q": q,
                    "request_id": request_id,
                    "limit": limit,
                    "cursor": cursor,
                    "sort": sort,
                    "end": end,
                    "failed": failed,
                    "stream": stream,
                    "upstream_request_id": upstream_request_id,
                    "upstream_model": upstream_model,
                    "client_ip": client_ip,
                    "media": media,
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

    def every_usage(
        self,
        *,
        q: str | None = None,
        request_id: str | None = None,
        sort: str | None = None,
        end: str | None = None,
        failed: bool | None = None,
        stream: bool | None = None,
        upstream_request_id: str | None = None,
        upstream_model: str | None = None,
        client_ip: str | None = None,
        media: bool | None = None,
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
    ) -> Iterator[UsageOut]:
        """The records that match everything given, newest first: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_usage(
                q=q,
                request_id=request_id,
                sort=sort,
                end=end,
                failed=failed,
                stream=stream,
                upstream_request_id=upstream_request_id,
                upstream_model=upstream_model,
                client_ip=client_ip,
                media=media,
                since=since,
                until=until,
                key=key,
                user=user,
                team=team,
                organisation=organisation,
                group=group,
                channel=channel,
                model=model,
                provider=provider,
                operation=operation,
                status=status,
                limit=1000,
                cursor=cursor,
            )
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def export_usage(
        self,
        file: Path,
        *,
        q: str | None = None,
        format: Literal["csv", "jsonl"] | None = None,
        limit: int | None = None,
        end: str | None = None,
        failed: bool | None = None,
        stream: bool | None = None,
        upstream_request_id: str | None = None,
        upstream_model: str | None = None,
        client_ip: str | None = None,
        media: bool | None = None,
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
    ) -> int:
        """The records that match everything given as a file, newest first: into a file."""
        return self._transport.download(
            "/api/v1/usage/export",
            file,
            query={
                "q": q,
                "format": format,
                "limit": limit,
                "end": end,
                "failed": failed,
                "stream": stream,
                "upstream_request_id": upstream_request_id,
                "upstream_model": upstream_model,
                "client_ip": client_ip,
                "media": media,
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
        )

    def get_usage(self, request_id: str, *, route: bool | None = None) -> RequestOut:
        """One request in full: its life, the channels it tried, the arithmetic of its cost."""
        return cast(
            "RequestOut",
            self._transport.call("GET", f"/api/v1/usage/{segment(request_id, 'usage')}", query={"route": route}),
        )
