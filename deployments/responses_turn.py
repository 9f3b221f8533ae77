"""One request to /v1/responses and what it has to do with earlier and later ones.

Says which request goes on, which channel alone can answer it, and keeps the answer when it has come to its end. Reads
what the client gets; changes none of it and waits for nothing.
"""

import time
from collections.abc import Callable

import msgspec

from adapters.errors import ClientError
from adapters.head import Fields, Head
from adapters.protocols.responses import history
from adapters.sse import Decoder
from deployments import background
from deployments.responses_store import ResponseStore, Said, digest
from deployments.routes import Route
from deployments.settings_responses import Responses
from deployments.table import Target, Tier
from storage.repositories.kept_responses import BACKGROUND, GATEWAY, ITEM, UPSTREAM, Kept

STORED = "stored"
"""The capability of an endpoint whose provider keeps responses itself."""

_ENDS = (b"response.completed", b"response.incomplete")
_SEEN_BYTES = 65_536
_TAIL = 64
"""More than an event has before its type; what comes before it in these bytes is the end of another event."""


class _Named(msgspec.Struct):
    id: str = ""


class _Event(msgspec.Struct):
    type: str = ""
    response: msgspec.Raw = msgspec.Raw(b"{}")


_named = msgspec.json.Decoder(_Named)
_event = msgspec.json.Decoder(_Event)


class Turn:
    """`head` is the request that goes on; `channel_id` the only channel that can answer it, 0: any.

    `before` is the turn that the gateway keeps and this one goes on from; `items` is this request's own input. `echo`
    are fields that were taken out of the request, for an answer that repeats them. `unknown` is a response that the
    gateway does not know: a provider that speaks this protocol may. `made` is the response that the provider keeps,
    `waits` says that it is made in the background, after the provider has said that it will be.
    """

    __slots__ = (
        "_items", "_key_id", "_rules", "_store", "_wanted", "before", "channel_id", "echo", "head", "made",
        "unknown", "waits",
    )  # fmt: skip

    def __init__(
        self, store: ResponseStore, rules: Responses, key_id: int, head: Head, *, wanted: bool, items: bytes = b""
    ) -> None:
        self._store = store
        self._rules = rules
        self._key_id = key_id
        self._wanted = wanted
        self._items = items
        self.head = head
        self.waits = history.in_background(head.fields)
        self.echo: Fields = {}
        self.before: Kept | None = None
        self.channel_id = 0
        self.unknown = ""
        self.made: tuple[str, Kept] | None = None

    def narrow(self, tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
        """The tiers with only the channels that can answer. Raises ClientError (400) when they have not the model."""
        if self.unknown:
            judges = [Tier([target for target in tier.targets if _judges(target)]) for tier in tiers]
            if not any(tier.targets for tier in judges):
                raise history.unknown(self.unknown)
            return tuple(tier for tier in judges if tier.targets)
        if not self.channel_id:
            return tiers
        left = [target for tier in tiers for target in tier.targets if target.channel.id == self.channel_id]
        if not left:
            raise ClientError(
                400,
                "The previous response was made by a provider that keeps it, and that does not serve this model here; "
                "send the conversation as input.",
                code="previous_response_elsewhere",
                param=history.PREVIOUS,
            )
        return (Tier(left[:1]),)  # a channel that serves several groups of the key is the same channel

    def task(self, channel_key_id: int) -> str:
        """What of a background response is left to be booked, for the record; "" where there is none."""
        if self.made is None or not self.waits:
            return ""
        name, row = self.made
        return background.begun(name, row, channel_key_id)

    def whole(self, body: bytes, route: Route, channel_id: int, booked: int = -1) -> None:
        """The answer in one piece, as the client gets it; `booked`: input that was estimated for want of a count."""
        how = self._how(route)
        if how == UPSTREAM:
            waits = booked >= 0 and self.waits
            self._point(_id_of(body), channel_id, BACKGROUND if waits else UPSTREAM, max(booked, 0) if waits else 0)
        elif how == GATEWAY:
            self._keep(body, channel_id)

    def watcher(self, route: Route, channel_id: int) -> Callable[[bytes], None] | None:
        """What is to be given every piece that the client gets of a stream; None when nothing is kept of it."""
        how = self._how(route)
        if how == UPSTREAM:
            return _First(lambda name: self._point(name, channel_id)).feed
        return _Last(lambda body: self._keep(body, channel_id)).feed if how == GATEWAY else None

    def _how(self, route: Route) -> str:
        """Who keeps the answer: "" for nobody."""
        if not self._wanted:
            return ""
        if route.plan.upstream == "responses" and STORED in route.endpoint.capabilities:
            return UPSTREAM  # also where the answer is written anew: it keeps its id
        return GATEWAY if self._rules.store == "on" else ""

    def _point(self, name: str, channel_id: int, kind: str = UPSTREAM, size: int = 0) -> None:
        if name:
            row = self._row(digest(name), kind, channel_id, size)
            self.made = name, row
            self._store.put(row)

    def _keep(self, body: bytes, channel_id: int) -> None:
        name, output = history.answered(body)
        size = len(body) + len(self._items)
        if not name or size > self._rules.max_bytes:
            return
        row = self._row(digest(name), GATEWAY, channel_id, size)
        self._store.put(row, Said(body, self._items))
        for item in history.ids_of(output):
            self._store.put(
                Kept(digest(item), row.key_id, channel_id, ITEM, row.thread, row.id, 0, row.created_at, row.expires_at)
            )

    def _row(self, own: bytes, kind: str, channel_id: int, size: int) -> Kept:
        now = int(time.time())
        before = self.before if kind == GATEWAY else None
        return Kept(
            own,
            self._key_id,
            channel_id,
            kind,
            before.thread if before is not None else own,
            before.id if before is not None else None,
            size,
            now,
            now + int(self._rules.keep_s),
        )


def _judges(target: Target) -> bool:
    """Whether the channel may be asked about a response that the gateway does not know."""
    return "responses" in target.channel.spoken(target.upstream_model)


class _First:
    """Finds the id of a stream's response, in its first event."""

    __slots__ = ("_decoder", "_found", "_seen")

    def __init__(self, found: Callable[[str], None]) -> None:
        self._found: Callable[[str], None] | None = found
        self._decoder = Decoder()
        self._seen = 0

    def feed(self, piece: bytes) -> None:
        """Bytes for the client."""
        if self._found is None:
            return
        self._seen += len(piece)
        for _, data in self._decoder.feed(piece):
            name = _id_of(_response_of(data))
            if name:
                self._found(name)
                self._found = None
                return
        if self._seen > _SEEN_BYTES:
            self._found = None


class _Last:
    """Finds the whole response at the end of a stream. Events are taken apart only from where one is near."""

    __slots__ = ("_decoder", "_found", "_near", "_tail")

    def __init__(self, found: Callable[[bytes], None]) -> None:
        self._found = found
        self._decoder = Decoder()
        self._near = False
        self._tail = b""

    def feed(self, piece: bytes) -> None:
        """Bytes for the client."""
        if not self._near:
            piece = self._tail + piece
            if _ENDS[0] not in piece and _ENDS[1] not in piece:
                self._tail = piece[-_TAIL:]
                return
            self._near = True
        for name, data in self._decoder.feed(piece):
            if name in _ENDS or (not name and any(end in data[:200] for end in _ENDS)):
                self._found(_response_of(data))


def _response_of(data: bytes) -> bytes:
    try:
        return bytes(_event.decode(data).response)
    except (msgspec.DecodeError, RecursionError):
        return b"{}"


def _id_of(body: bytes) -> str:
    try:
        name = _named.decode(body).id
    except (msgspec.DecodeError, RecursionError):
        return ""
    return name if len(name) <= history.MAX_ID else ""
