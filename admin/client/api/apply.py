"""Apply: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from admin.client.shapes.apply import ApplyRequest, ApplyResult
    from admin.client.transport import Transport


class ApplyApi:
    """The operations of apply."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def apply(self, body: ApplyRequest) -> ApplyResult:
        """Make the stored objects equal to the document, all or nothing."""
        return cast("ApplyResult", self._transport.call("POST", "/api/v1/apply", body))
