"""Imports: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from admin.client.shapes.imports import ImportBatch, ImportDone
    from admin.client.transport import Transport


class ImportsApi:
    """The operations of imports."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def import_new_api(self, body: ImportBatch) -> ImportDone:
        """Take rows of a New API database; each by itself, and the answer says what ..."""
        return cast("ImportDone", self._transport.call("POST", "/api/v1/imports/new-api", body))
