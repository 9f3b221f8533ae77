"""What clients of /v1/responses may refer to: earlier responses, kept by a provider or by the gateway itself.

`begin` is asked before a request is sent, `serve` answers the paths under /v1/responses/ID. Whoever made a response may
refer to it, and nobody else: a response of another key is not found. Knows no protocol but Responses.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias
from urllib.parse import parse_qsl, quote, unquote, urlencode

import msgspec

from adapters import passthrough
from adapters.errors import ClientError, UpstreamError, classify
from adapters.head import Fields, Head
from adapters.protocols.responses import history
from deployments import background
from deployments.booking import Ledger
from deployments.calls import parameters
from deployments.connection import Connection
from deployments.exchange import new_request_id
from deployments.keys import Key
from deployments.replica import Replica
from deployments.request import Request
from deployments.responses_store import ResponseStore, digest
from deployments.responses_turn import STORED, Turn
from deployments.settings_responses import Responses
from deployments.table import Channel
from deployments.upstream import Answer
from storage.repositories.kept_responses import BACKGROUND, ITEM, UPSTREAM, Kept

PREFIX = "/v1/responses/"
JSON = b"content-type: application/json\r\n"

Ended: TypeAlias = Callable[[bytes], Awaitable[None]]
_METHODS = {"": ("GET", "HEAD", "DELETE"), "cancel": ("POST",), "input_items": ("GET", "HEAD")}
_MAX_PAGE = 100
_WHOLE = 65_536


class ResponsesState:
    """One for each replica. `close` it after the last request."""

    def __init__(self, replica: Replica, store: ResponseStore, rules: Responses) -> None:
        self._replica = replica
        self._store = store
        self._rules = rules

    @property
    def alive(self) -> bool:
        """Whether what is kept will be written."""
        return self._store.alive

    async def close(self) -> None:
        """Write what waits."""
        await self._store.close()

    # -- requests that make a response --------------------------------------------------------------------------------

    async def begin(self, key: Key, head: Head, *, capped: bool = False) -> Turn:
        """The request as it goes on; `capped`: it may cost so much and no more.

        Raises ClientError (400) or GatewayFault (503).
        """
        if history.in_background(head.fields) and (key.purses or key.more or capped):
            raise ClientError(
                400,
                "What a background request uses is not known when it is answered, and what this one may spend is bound"
                " (a balance, a budget or a cost cap): send it without 'background'.",
                code="background_not_covered",
                param="background",
            )
        key_id = key.id
        wanted = head.operation == "chat" and history.wants_keeping(head.fields)
        on = self._rules.store == "on"
        previous = history.previous_id(head.fields)
        fields = await self._referred(key_id, head.fields) if on else head.fields
        keeps = on and wanted
        own = msgspec.json.encode(history.own_items(fields)) if keeps else b""
        if len(own) > self._rules.max_bytes:
            own, wanted = b"", False
        turn = Turn(self._store, self._rules, key_id, head, wanted=wanted, items=own)
        if keeps:  # the gateway sees to it, whatever the provider knows of it
            turn.echo["store"] = msgspec.Raw(b"true")
            fields = {name: value for name, value in fields.items() if name != "store"}
        if previous:
            fields = await self._go_on(turn, key_id, previous, fields)
        if fields is not head.fields:
            turn.head = msgspec.structs.replace(head, fields=fields, size=_size(head, fields))
        return turn

    async def _go_on(self, turn: Turn, key_id: int, previous: str, fields: Fields) -> Fields:
        """The fields with the conversation so far, or the channel that has it.

        What nobody here knows may be another key's, of whatever account the channel has: it is passed on only where the
        operator says so.
        """
        name = digest(previous)
        found = (await self._store.find([name])).get(name)
        if found is None and self._rules.unknown == "pass":
            turn.unknown = previous
            return fields
        if found is None:
            raise history.unknown(previous)
        if found.key_id != key_id or found.kind == ITEM:
            raise history.unknown(previous)
        if found.kind in (UPSTREAM, BACKGROUND):
            turn.channel_id = found.channel_id
            return fields
        turn.before = found
        turn.echo[history.PREVIOUS] = fields[history.PREVIOUS]
        return history.put_before(fields, await self._so_far(found, previous))

    async def _so_far(self, last: Kept, previous: str) -> list[msgspec.Raw]:
        """Input and output of all turns up to `last`. Raises ClientError (400) when one of them is gone."""
        turns = await self._store.chain(last)
        if turns is None:
            raise history.unknown(previous)
        if len(turns) > self._rules.chain or sum(turn.size for turn in turns) > self._rules.chain_bytes:
            raise ClientError(
                400, "The conversation is longer than this gateway keeps; begin a new one.",
                code="conversation_too_long", param=history.PREVIOUS,
            )  # fmt: skip
        said = await self._store.said(turns)
        if said is None:
            raise history.unknown(previous)
        items: list[msgspec.Raw] = []
        for turn in said:
            items += history.items_of(turn.items)
            items += history.answered(turn.response)[1]
        return items

    async def _referred(self, key_id: int, fields: Fields) -> Fields:
        """The fields with the items written out that the input only names and the gateway keeps."""
        names = history.references(fields)
        if not names:
            return fields
        leading = await self._store.find([digest(name) for name in names])
        mine = [row for row in leading.values() if row.key_id == key_id and row.kind == ITEM]
        wanted = [row.previous for row in mine if row.previous is not None]
        turns = list((await self._store.find(list(dict.fromkeys(wanted)), patient=False)).values())
        said = await self._store.said(turns) if turns else None
        known = {name: item for turn in said or () for name, item in history.by_id(turn.response).items()}
        return history.resolved(fields, known) if known else fields

    # -- what is asked about a response -------------------------------------------------------------------------------

    async def serve(self, request: Request, key: Key, ledger: Ledger) -> None:
        """GET and DELETE of a response, its cancel and input_items. Raises GatewayError.

        What a background request has used goes to the `ledger` when its end is heard of here.
        """
        name, _, part = request.path.removeprefix(PREFIX).partition("/")
        name = unquote(name)
        methods = _METHODS.get(part)
        if methods is None or not name:
            raise ClientError(404, f"There is nothing at {request.path[:200]}.", code="unknown_path")
        if request.method not in methods:
            raise ClientError(405, f"This path takes {' and '.join(methods)}.", code="method_not_allowed")
        row = await self._owned(name, key.id)
        if row.kind in (UPSTREAM, BACKGROUND):

            async def ended(body: bytes) -> None:
                ip = request.connection.client_ip
                await background.fetched(self._replica, ledger, self._store, key, row, body, ip)

            if row.kind == BACKGROUND and request.method == "DELETE":
                await self._look(request, row, name, ended)  # once it is gone, nobody says what it used
            await self._pass_on(request, row, name, part, ended if row.kind == BACKGROUND else None)
            return
        request.connection.respond(200, _headers(), await self._own(request, row, name, part))

    async def _owned(self, name: str, key_id: int) -> Kept:
        found = None
        if len(name) <= history.MAX_ID:
            found = (await self._store.find([digest(name)])).get(digest(name))
        if found is None or found.key_id != key_id or found.kind == ITEM:
            raise _missing(name)
        return found

    async def _own(self, request: Request, row: Kept, name: str, part: str) -> bytes:
        """What the gateway says of a response that it keeps itself."""
        if request.method == "DELETE":
            if not await self._store.remove(row):
                raise _missing(name)
            return msgspec.json.encode({"id": name, "object": "response", "deleted": True})
        if part == "cancel":
            raise ClientError(400, "Only responses of background requests can be cancelled.", code="not_cancellable")
        if parameters(request.query).get("stream") == "true":
            raise ClientError(400, "This response is kept as a whole and cannot be streamed again.", param="stream")
        page = _page(request.query)
        turns = await self._store.chain(row)
        said = await self._store.said(turns) if turns else None
        if not said:
            said = await self._store.said([row])
        if not said:
            raise _missing(name)
        if not part:
            before = history.answered(said[-2].response)[0] if len(said) > 1 else ""
            return history.shown(said[-1].response, before)
        items: list[msgspec.Raw] = []
        for turn in said[:-1]:
            items += history.items_of(turn.items) + history.answered(turn.response)[1]
        return history.listed(name, items + history.items_of(said[-1].items), page)

    async def _ask(
        self, request: Request, row: Kept, name: str, part: str, method: str, query: str, body: bytes
    ) -> tuple[Channel, Answer]:
        """What the provider that keeps it answers; to be closed. Raises GatewayError."""
        channel = self._replica.table.channels.get(row.channel_id)
        endpoint = channel.protocols.get("responses") if channel is not None else None
        if channel is None or endpoint is None or STORED not in endpoint.capabilities:
            raise ClientError(404, f"The provider that keeps '{name[:200]}' is not here any more.", code="not_found")
        path, _, own = (endpoint.path("chat", "") or "").partition("?")
        query = "&".join(each for each in (own, query) if each)
        url = f"{endpoint.base_url}{path}/{quote(name, safe='')}"
        url += (f"/{part}" if part else "") + (f"?{query}" if query else "")
        headers = passthrough.request_headers(request.headers, endpoint.headers, "responses")
        try:
            async with asyncio.timeout(channel.first_byte_s):
                return channel, await self._replica.direct.call(channel, method, url, headers, body)
        except TimeoutError:
            raise UpstreamError(504, "The provider did not answer in time.", klass="upstream_timeout") from None

    async def _look(self, request: Request, row: Kept, name: str, ended: Ended) -> None:
        """Hear what the response is like now. Raises GatewayError when it goes on, or the provider cannot be asked."""
        channel, answer = await self._ask(request, row, name, "", "GET", "", b"")
        try:
            async with asyncio.timeout(channel.idle_s):
                body = await answer.whole(self._replica.settings.sizes.answer)
        except TimeoutError:
            raise UpstreamError(502, "The provider broke off its answer.", klass="upstream_cut") from None
        finally:
            await answer.close()
        if answer.status == 200:
            if background.goes_on(body):
                raise ClientError(
                    409, f"Response '{name[:200]}' is still being made: cancel it first, then delete it.",
                    code="response_in_progress",
                )  # fmt: skip
            await ended(body)

    async def _pass_on(self, request: Request, row: Kept, name: str, part: str, ended: Ended | None) -> None:
        """Ask the provider that keeps it, and hand its answer on."""
        query = _without_key(request.query)
        channel, answer = await self._ask(request, row, name, part, request.method, query, request.body)
        try:
            if request.method == "DELETE" and answer.status == 200:
                await self._store.remove(row)  # before the client hears of it, and may ask again
            await self._hand_on(request.connection, answer, channel.idle_s, None if part == "input_items" else ended)
        finally:
            await answer.close()

    async def _hand_on(self, connection: Connection, answer: Answer, idle_s: float, ended: Ended | None) -> None:
        kind = answer.header("content-type") or "application/json"
        if not 200 <= answer.status < 300:
            text = await answer.beginning(_WHOLE)
            raise classify(answer.status, kind if len(text) < _WHOLE else "", text, answer.header("retry-after"))
        lines = passthrough.response_headers(answer.header, new_request_id(), kind, "responses")
        try:
            if "event-stream" not in kind:
                async with asyncio.timeout(idle_s):
                    body = await answer.whole(self._replica.settings.sizes.answer)
                if ended is not None:
                    await ended(body)
                connection.respond(answer.status, lines, body)
                return
            connection.start_stream(answer.status, lines, b"")
            while True:
                async with asyncio.timeout(idle_s):
                    chunk = await answer.chunk()
                if chunk is None:
                    break
                connection.write_chunk(chunk)
                await connection.drained()
            connection.end_stream()
        except (UpstreamError, TimeoutError):
            if connection.answered:
                connection.break_stream()
                return
            raise UpstreamError(502, "The provider broke off its answer.", klass="upstream_cut") from None


def _without_key(query: bytes) -> str:
    """The query without the client's key, which is not the provider's business."""
    fields = [pair for pair in parse_qsl(query.decode("latin-1"), keep_blank_values=True) if pair[0] != "key"]
    return urlencode(fields)


def _size(head: Head, fields: Fields) -> int:
    """Bytes of the request with what was put in, for estimates of tokens."""
    before, now = head.fields.get("input"), fields.get("input")
    return head.size + (len(bytes(now)) if now is not None else 0) - (len(bytes(before)) if before is not None else 0)


def _headers() -> bytes:
    return JSON + b"x-request-id: " + new_request_id().encode() + b"\r\n"


def _missing(name: str) -> ClientError:
    return ClientError(404, f"Response with id '{name[:200]}' not found.", code="not_found")


def _page(query: bytes) -> history.Page:
    """Raises ClientError (400)."""
    given = parameters(query)
    limit, order = given.get("limit") or "20", given.get("order") or "desc"
    if not limit.isascii() or not limit.isdecimal() or not 1 <= int(limit[:9]) <= _MAX_PAGE:
        raise ClientError(400, f"'limit' must be a number from 1 to {_MAX_PAGE}.", param="limit")
    if order not in ("asc", "desc"):
        raise ClientError(400, "'order' must be 'asc' or 'desc'.", param="order")
    return history.Page(int(limit), order == "desc", given.get("after", ""), given.get("before", ""))
