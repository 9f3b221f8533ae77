"""Status: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from admin.client.shapes.status import ProblemCatalogue, StatusOut, SystemOut, WhoAmI
    from admin.client.transport import Transport


class StatusApi:
    """The operations of status."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_problems(self) -> ProblemCatalogue:
        """The kinds of problems, and every sentence they say, in English with names for ..."""
        return cast("ProblemCatalogue", self._transport.call("GET", "/api/v1/problems"))

    def get_status(self) -> StatusOut:
        """What is stored and what runs."""
        return cast("StatusOut", self._transport.call("GET", "/api/v1/status"))

    def get_system(self) -> SystemOut:
        """Replicas, nodes, journal, leases, queues, database, Redis and disk, as they are now."""
        return cast("SystemOut", self._transport.call("GET", "/api/v1/system"))

    def whoami(self) -> WhoAmI:
        """Name, kind and permissions of the caller; each permission with how far it reaches."""
        return cast("WhoAmI", self._transport.call("GET", "/api/v1/whoami"))
