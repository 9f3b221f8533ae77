"""A provider's answer on its way to the client: in one piece or as a stream, as it is or converted.

Called when the head of the answer says that it is one; books it when it is over. Errors are the pipeline's to say.
"""

import time
from collections.abc import Callable

import msgspec

from adapters import passthrough
from adapters.canonical.context import Client
from adapters.canonical.response import Response
from adapters.contract import Conversion, Seen, Tap
from adapters.errors import GatewayError, UpstreamError
from adapters.head import SILENT, Head, estimate
from adapters.midstream import reported, shown
from adapters.safety.output import OutputFilter
from adapters.shadowed import Shadowed
from adapters.translate import Filter, Translated
from adapters.usage import Usage
from adapters.whole import Change, Whole, read, whole
from deployments.asking import Asked, Question, client_of
from deployments.booking import Ledger
from deployments.connection import Connection
from deployments.estimates import of_stream, of_whole
from deployments.exchange import Exchange
from deployments.forward import Forward
from deployments.gate import FREE
from deployments.more_headers import more
from deployments.replica import Replica
from deployments.request import Request
from deployments.safety_applied import ANSWERED
from deployments.shape import JSON, ids
from deployments.upstream import Answer
from deployments.worst_case import NO_MEDIA

AFTER_DONE_S = 1.0
"""What a provider gets after its last event to end the answer, so that its connection can be used again."""

# https://docs.claude.com/en/docs/build-with-claude/vision and /pdf-support (2026-11): the most that an image of the
# largest size without scaling takes, and a page of a document.
IMAGE_TOKENS = 1600
FILE_TOKENS = 3000

COMMENT = b": ping\n\n"
"""Before the first event: some clients insist on which event of their protocol comes first."""

_STATEFUL = frozenset({"responses", "messages"})
"""Protocols whose end of a stream says again what was said before."""

_JSON = "application/json"
_EVENTS = "text/event-stream; charset=utf-8"


class Answers:
    """One per replica."""

    def __init__(self, replica: Replica, ledger: Ledger) -> None:
        self._replica = replica
        self._ledger = ledger
        self._limit = replica.settings.sizes.answer
        self._ping_s = replica.settings.timeouts.ping_s
        self._quota = replica.settings.quota

    async def whole(
        self, connection: Connection, exchange: Exchange, asked: Asked, question: Question, answer: Answer, kind: str
    ) -> None:
        """Hand an answer in one piece to the client. Raises UpstreamError."""
        raw = body = await answer.whole(self._limit)
        size = len(body)
        seen: Seen
        if question.to is None:
            seen = question.route.wire.unary(body)
            if not seen.valid:
                raise _unreadable()
        else:
            seen = told = await self._converted(body, exchange, asked, question, events="event-stream" in kind)
            body, kind = told.body, _kind(asked.head)
        exchange.first_byte_at = time.monotonic()
        exchange.status = answer.status
        exchange.end = "complete"
        exchange.usage = seen.usage
        if exchange.operation == FREE:
            exchange.usage = Usage()
        elif seen.usage.source == "none":
            exchange.usage = estimate(asked.head, size)
            if asked.call.operation not in SILENT:
                wire = question.route.wire
                exchange.usage = of_whole(exchange.usage, asked.sample(), raw, wire, quota=self._quota)
            if asked.turn is not None and asked.turn.waits:  # nothing was said yet
                exchange.usage = msgspec.structs.replace(exchange.usage, output=0)
        exchange.response_model = seen.model
        exchange.finish_reason = seen.finish_reason
        headers = passthrough.response_headers(answer.header, exchange.request_id, kind, exchange.protocol)
        headers += more(self._replica, exchange, answered=True)
        exchange.attempted(exchange.channel_id, "ok", exchange.sent_at)
        if asked.turn is not None:
            booked = exchange.usage.input if exchange.usage.source == "estimate" else -1
            asked.turn.whole(body, question.route, exchange.channel_id, booked)
            exchange.task = asked.turn.task(exchange.channel_key) if booked >= 0 else ""
        self._ledger.settle(exchange)
        connection.respond(answer.status, headers, body)

    def estimated(self, connection: Connection, exchange: Exchange, asked: Asked) -> None:
        """Answer a question for the number of tokens that no provider is asked: by the tokenizer."""
        writing = asked.call.wire.conversion
        assert writing is not None  # noqa: S101  # only protocols with converters have such an operation
        sample = asked.sample()
        tokens = msgspec.structs.replace(sample, media=NO_MEDIA).tokens(self._quota)
        usage = estimate(asked.head, 0)
        if tokens is not None:
            tokens += sample.media.images * IMAGE_TOKENS + sample.media.files * FILE_TOKENS
            usage = Usage(tokens, source="estimate")
        exchange.channel_id, exchange.provider, exchange.upstream_protocol = 0, "", ""
        counted = Response(usage=usage, model=exchange.model)
        exchange.status = 200
        exchange.end = "complete"
        self._ledger.settle(exchange)
        headers = JSON + ids(asked.call.wire, exchange.request_id) + more(self._replica, exchange, answered=False)
        headers += b"x-gateway-usage: estimate\r\n"
        connection.respond(200, headers, writing.write_response(counted, client_of(asked, exchange)))

    async def _converted(
        self, body: bytes, exchange: Exchange, asked: Asked, question: Question, *, events: bool
    ) -> Whole:
        """The answer as the client's protocol has it. Raises UpstreamError for what is none of the channel's."""
        reading, writing = _conversions(asked, question)
        assert question.to is not None  # noqa: S101  # that is what makes it a conversion
        rules, names, checks = question.channel.overrides, question.names, exchange.checks
        changes: list[Change] = [] if names is None else [names.change]
        changes.extend(rules.changes() if rules is not None else ())
        if question.unbox is not None:
            changes.append(question.unbox.change)
        try:
            if checks is not None and self._replica.safety is not None and checks.applied.answers:
                answer = await self._replica.safety.answered(exchange, checks, read(body, reading, events=events))
                changes.insert(0, lambda _: answer)
            return whole(body, reading, writing, question.to, changes, events=events, stream=asked.head.stream)
        except (msgspec.DecodeError, ValueError, RecursionError):
            raise _unreadable() from None

    async def stream(
        self, request: Request, exchange: Exchange, asked: Asked, question: Question, answer: Answer, kind: str
    ) -> None:
        """Hand a stream to the client, event by event. Raises UpstreamError."""
        connection = request.connection
        size = asked.head.size
        wire = question.route.wire
        tap: Tap
        if question.to is None:
            tap = wire.tap(withhold=question.forced)
            if exchange.cut and wire.name in _STATEFUL:
                tap = Shadowed(tap, _translated(exchange, asked, question, client_of(asked, exchange)))
            ping = wire.ping
        else:
            tap = translated = _translated(exchange, asked, question, question.to)
            ping = translated.ping()
            kind = _kind(asked.head)

        def begin(first: bytes) -> None:
            exchange.first_byte_at = time.monotonic()
            exchange.status = answer.status
            headers = passthrough.response_headers(answer.header, exchange.request_id, kind, exchange.protocol)
            connection.start_stream(answer.status, headers + more(self._replica, exchange, answered=True), first)
            exchange.ending = _ending(asked, tap)
            asked.forget()
            request.resize(0)

        reader = None if asked.turn is None else asked.turn.watcher(question.route, exchange.channel_id)
        forward = Forward(
            connection, exchange, tap, begin, question.channel.idle_s, ping=ping,
            first_ping=COMMENT if exchange.protocol != "gemini" else ping, ping_s=self._ping_s,
            whole=question.to is not None, reader=reader,
        )  # fmt: skip
        exchange.forward = forward
        try:
            while not (ended := await answer.pour(forward.take)) and not tap.over and not forward.spent:
                exchange.deadline = float("inf")  # the client is slow, not the provider
                await connection.drained()
                forward.heard()
            if ended:
                forward.finish()
            elif forward.spent:  # the provider did not keep to the maximum it was given
                connection.write_chunk(_cut(tap, exchange, asked))
            if not forward.spent:
                _check(tap, forward)
            exchange.end = "complete"
        finally:
            exchange.forward = None
            usage = tap.counted(size)
            if asked.turn is not None and usage.source != "upstream":
                exchange.task = asked.turn.task(exchange.channel_key)
                if exchange.task and usage.source == "none":  # it goes on, and has taken the request in
                    usage = estimate(asked.head, 0)
            exchange.usage = usage
            if usage.source == "estimate":
                exchange.usage = of_stream(
                    usage, asked.sample(), forward.answering, wire, events=tap.events, quota=self._quota
                )
            exchange.response_model = tap.model
            exchange.finish_reason = "length" if forward.spent else tap.finish_reason
        exchange.attempted(exchange.channel_id, "ok", exchange.sent_at)
        self._ledger.settle(exchange)
        connection.end_stream()
        exchange.deadline = float("inf")
        if not forward.spent:
            await answer.finish(AFTER_DONE_S)


def looked_at(question: Question, asked: Asked, exchange: Exchange) -> None:
    """Let an answer that would be passed through be read, where safety rules look at it. Raises UpstreamError."""
    checks = exchange.checks
    if checks is None or not checks.applied.answers or question.to is not None or asked.head.operation not in ANSWERED:
        return
    if question.route.wire.conversion is None or asked.call.wire.conversion is None:
        raise UpstreamError(502, "Answers of this provider cannot be checked.", klass="not_checkable")
    question.to = client_of(asked, exchange)


def judged(exchange: Exchange) -> bool:
    """Whether an outside judge sees the answer, which then comes in one piece."""
    return exchange.checks is not None and bool(exchange.checks.applied.output_hooks)


def streams(kind: str, asked: Asked, question: Question) -> bool:
    """Whether an answer of this content type is handed on event by event."""
    if question.to is None:
        return "event-stream" in kind or asked.head.array
    return "event-stream" in kind and asked.head.stream


def _kind(head: Head) -> str:
    """The content type of a converted answer."""
    return _EVENTS if head.stream and not head.array else _JSON


def _translated(exchange: Exchange, asked: Asked, question: Question, to: Client) -> Translated:
    reading, writing = _conversions(asked, question)
    rules, names = question.channel.overrides, question.names
    filters: list[Filter] = [] if names is None else [names]
    filters.extend(rules.filters() if rules is not None else ())
    if question.unbox is not None:
        filters.append(question.unbox)
    checks = exchange.checks
    if checks is not None and checks.applied.output is not None:
        filters.append(OutputFilter(checks.applied.output, checks.found))
    return Translated(reading.reader(), writing.writer(to), filters)


def _conversions(asked: Asked, question: Question) -> tuple[Conversion, Conversion]:
    reading, writing = question.route.wire.conversion, asked.call.wire.conversion
    assert reading is not None  # noqa: S101  # routes.py plans no other conversions
    assert writing is not None  # noqa: S101  # as above
    return reading, writing


def _cut(tap: Tap, exchange: Exchange, asked: Asked) -> bytes:
    """The end of a stream of which no more is paid for, in the client's protocol."""
    if isinstance(tap, Translated | Shadowed):
        return tap.cut()
    wire = asked.call.wire
    render = (wire.render_array_length if asked.head.array else None) or wire.render_length
    return render(exchange.operation, tap.model or exchange.model, exchange.request_id)


def _ending(asked: Asked, tap: Tap) -> Callable[[GatewayError, str], bytes]:
    """How an error ends a stream that has begun."""
    wire = asked.call.wire
    render = (wire.render_array_event if asked.head.array else None) or wire.render_event
    if not isinstance(tap, Translated):
        return lambda error, request_id: _as_it_came(error, tap, asked.head) or render(error, request_id)
    return lambda error, request_id: tap.fail(error, request_id) or render(error, request_id)


def _as_it_came(error: GatewayError, tap: Tap, head: Head) -> bytes:
    """The provider's own event of an error, where its protocol's client may have it; else b""."""
    own = isinstance(error, UpstreamError) and tap.failed and not head.array and shown(tap.failure)
    return tap.failure if own else b""


def _check(tap: Tap, forward: Forward) -> None:
    """Raises UpstreamError when the stream did not come to its own end."""
    if tap.failed:
        raise reported(tap.failure)
    if not forward.began:
        raise UpstreamError(502, "The provider ended its answer before it began.", klass="upstream_empty")
    if not tap.complete:
        raise UpstreamError(502, "The provider broke off its answer.", klass="upstream_cut")


def _unreadable() -> UpstreamError:
    return UpstreamError(502, "The provider answered with something that is not JSON.", klass="upstream_not_json")
