"""Route: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from admin.client.shapes.route import RouteOut
    from admin.client.transport import Transport


class RouteApi:
    """The operations of route."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def explain_route(
        self,
        *,
        model: str,
        protocol: Literal["chat", "responses", "messages", "gemini"] | None = None,
        operation: Literal["chat", "text_completion", "embeddings", "count_tokens", "compact"] | None = None,
        stream: bool | None = None,
        key: str | None = None,
    ) -> RouteOut:
        """The channels for a request in the order in which they are tried, with the plan ..."""
        return cast(
            "RouteOut",
            self._transport.call(
                "GET",
                "/api/v1/route/explain",
                query={"model": model, "protocol": protocol, "operation": operation, "stream": stream, "key": key},
            ),
        )
