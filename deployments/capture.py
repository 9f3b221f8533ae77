"""Whose requests are captured, and the tap that takes copies of what passes of one of them.

There is a tap only for a request that a rule names: it stands in the place of the client's connection and passes
everything on. Without rules a replica has no `Captures`. Writes nothing: deployments/capture_store.py does.
"""

import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import msgspec

from adapters.redaction import RedactionError, Redactor
from deployments.exchange import Exchange
from deployments.request import Request

if TYPE_CHECKING:
    from deployments.capture_store import CaptureStore
    from deployments.connection import Connection

READABLE_BYTES = 8 * 1024 * 1024
"""Of a body out of which something has to be taken, which can only be done with the whole."""


class CaptureRow(msgspec.Struct, frozen=True, array_like=True):
    """A rule as it travels: see storage/models/capture.py."""

    id: int
    scope: str
    scope_id: int
    max_bytes: int
    keep_s: int
    until: int = 0
    redact: dict[str, Any] = {}


class Rule:
    """A rule ready for use. Raises RedactionError."""

    __slots__ = ("bound", "redactor", "row")

    def __init__(self, row: CaptureRow) -> None:
        self.row = row
        self.redactor = Redactor(row.redact)
        self.bound = READABLE_BYTES if self.redactor else row.max_bytes


class Body:
    """A copy of what passes in one direction, up to a bound. `size` is what passed, `whole`: all of it is here."""

    __slots__ = ("kind", "pieces", "room", "size", "whole")

    def __init__(self, room: int) -> None:
        self.room = room
        self.size = 0
        self.pieces: list[bytes] = []
        self.whole = True
        self.kind = ""

    def add(self, piece: bytes, room: int) -> int:
        """Copy a piece, at most `room` bytes of it; returns how many were taken."""
        self.size += len(piece)
        room = min(room, self.room)
        if not room or not piece:
            self.whole = self.whole and not piece
            return 0
        if len(piece) > room:
            piece, self.whole = piece[:room], False
        self.pieces.append(piece)
        self.room -= len(piece)
        return len(piece)


class Taken:
    """One captured request. The pipeline uses it as the client's `Connection`, which it passes everything on to."""

    def __init__(self, inner: "Connection", exchange: Exchange, rule: Rule, store: "CaptureStore") -> None:
        self.inner = inner
        self.exchange = exchange
        self.rule = rule
        self.request = Body(rule.bound)
        self.response = Body(rule.bound)
        self.held = 0
        self._store = store

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever a Connection has
        return getattr(self.inner, name)

    def asked(self, body: bytes) -> None:
        """The client's request, unpacked."""
        self._add(self.request, body)

    def respond(self, status: int, headers: bytes, body: bytes) -> None:
        """See Connection."""
        self.inner.respond(status, headers, body)
        self._begin(headers, body)

    def start_stream(self, status: int, headers: bytes, first: bytes) -> None:
        """See Connection."""
        self.inner.start_stream(status, headers, first)
        self._begin(headers, first)

    def write_chunk(self, chunk: bytes) -> None:
        """See Connection."""
        self.inner.write_chunk(chunk)
        self._add(self.response, chunk)

    def finish(self) -> None:
        """The request is over: hand what was taken to the store. Does not wait."""
        self._store.put(self)

    def _begin(self, headers: bytes, first: bytes) -> None:
        for line in headers.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-type":
                self.response.kind = value.strip().decode("latin-1")[:100]
        self._add(self.response, first)

    def _add(self, body: Body, piece: bytes) -> None:
        taken = body.add(piece, self._store.room)
        self.held += taken
        self._store.held += taken


class Captures:
    """The rules of one replica, of which there is at least one."""

    __slots__ = ("_keys", "_organisations", "_store")

    def __init__(self, rules: Sequence[Rule], store: "CaptureStore") -> None:
        self._store = store
        self._keys = {rule.row.scope_id: rule for rule in rules if rule.row.scope == "key"}
        self._organisations = {rule.row.scope_id: rule for rule in rules if rule.row.scope == "organisation"}

    def begin(self, request: Request, exchange: Exchange) -> Taken | None:
        """The tap for a request that is captured, which is its connection from now on; None for all others.

        A key's own rule counts before that of its organisation.
        """
        key = exchange.key
        rule = self._keys.get(key.id) or self._organisations.get(key.organisation_id)
        if rule is None or (rule.row.until and time.time() >= rule.row.until):
            return None
        taken = exchange.capture = Taken(request.connection, exchange, rule, self._store)
        request.connection = cast("Connection", taken)
        return taken


def captures_of(rows: Sequence[CaptureRow], store: "CaptureStore | None", log: logging.Logger) -> Captures | None:
    """What a replica needs to follow these rules; None when there are none, or nowhere to keep anything."""
    if store is None or not rows:
        return None
    rules = []
    for row in rows:
        try:
            rules.append(Rule(row))
        except RedactionError as error:  # without what it takes out it would keep what it must not
            log.error("capture rule %d cannot be followed: %s", row.id, error)  # noqa: TRY400  # the message says it all
    return Captures(rules, store) if rules else None
