"""One request, on one page: authenticate, read, choose, call, answer, book.

Nothing is awaited in the steady state but the provider and the client. A failed channel is left out and the next one
tried, until a byte has gone to the client. Every request with a valid key leaves exactly one usage record, appended to
the journal before its answer ends.
"""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Protocol

from adapters import passthrough
from adapters.errors import ClientError, GatewayError, GatewayFault, UpstreamError, classify
from adapters.protocols.chat import errors as wire_errors
from adapters.protocols.chat import request as wire_request
from adapters.protocols.chat.tap import StreamTap, Unary
from adapters.registry import PATHS
from deployments import keys as keyring
from deployments.connection import Connection
from deployments.decompress import decompress
from deployments.exchange import Exchange, new_request_id
from deployments.forward import Forward
from deployments.gate import Gate, NotUsable, cost_cap
from deployments.rates_answers import RateLimited
from deployments.replica import Replica
from deployments.request import Request
from deployments.routing import choose
from deployments.table import Target
from deployments.upstream import Answer

JSON = b"content-type: application/json\r\n"
SHOWN_ERROR_BYTES = 65536
AFTER_DONE_S = 1.0
"""What a provider gets after its [DONE] to end the answer, so that its connection can be used again."""
_ENDS = {"upstream_timeout": "upstream_timeout", "upstream_cut": "upstream_cut"}


class Ledger(Protocol):
    """Where a finished request is booked (deployments/booking.py)."""

    def ensure_room(self) -> None:
        """Raises GatewayFault (503) when a new request could not be recorded."""

    def settle(self, exchange: Exchange) -> None:
        """Price the exchange and append its record; does not wait."""


class Pipeline:
    """Serves the chat completions family. Stateless but for what it was given."""

    def __init__(self, replica: Replica, ledger: Ledger, roll: Callable[[], float] = random.random) -> None:
        self._replica = replica
        self._ledger = ledger
        self._gate = Gate(replica)
        self._roll = roll
        self._body_limit = replica.settings.sizes.body
        self._answer_limit = replica.settings.sizes.answer
        self._timeouts = replica.settings.timeouts
        self._max_attempts = replica.settings.max_attempts

    async def run(self, request: Request, operation: str) -> None:
        """Answer one request, whatever happens."""
        connection = request.connection
        try:
            key = await self.authenticate(request)
        except GatewayError as error:
            self._replica.telemetry.count("gateway_refused_total", (str(error.status),))
            refuse(connection, error, new_request_id())
            return
        exchange = Exchange(key, operation, request.arrived, connection.client_ip)
        try:
            await self._serve(request, exchange)
        except GatewayError as error:
            self._fail(connection, exchange, error)
        except asyncio.CancelledError:
            self._cancelled(connection, exchange)
        except Exception:
            self._replica.log.exception("request %s failed", exchange.request_id)
            self._fail(
                connection, exchange, GatewayFault(500, "The gateway failed on this request.", code="internal_error")
            )
        finally:
            self._gate.leave(exchange)
            self._replica.watch.remove(exchange)

    async def authenticate(self, request: Request) -> keyring.Key:
        """The key of a request. Raises ClientError (401) or GatewayFault (503)."""
        header = request.headers.get(b"authorization", b"")
        scheme, _, token = header.partition(b" ")
        token = token.strip()
        if not token or scheme.lower() != b"bearer":
            raise ClientError(
                401, "No API key was given. Send it as 'Authorization: Bearer YOUR_KEY'.", code="missing_api_key"
            )
        digest, key = self._replica.keys.remembered(token)
        if key is None:
            key = await self._replica.keys.find(digest)
        keyring.check(key)
        return key

    async def _serve(self, request: Request, exchange: Exchange) -> None:
        self._ledger.ensure_room()
        encoding = request.headers.get(b"content-encoding")
        body = request.body
        if encoding is not None:
            body = await decompress(encoding, body, self._body_limit)
            request.resize(len(body))
        request.body = b""
        head = wire_request.parse(exchange.operation, body)
        del body
        exchange.model = head.model
        exchange.stream = head.stream
        if not exchange.key.may_use(head.model):
            raise ClientError(
                403, f"This API key may not use the model '{head.model}'.", code="model_not_allowed", param="model"
            )
        tiers = self._replica.table.tiers(head.model)
        if not tiers:
            raise ClientError(
                404, f"The model '{head.model}' does not exist here.", code="model_not_found", param="model"
            )

        exchange.cost_cap = cost_cap(request.headers, exchange.key.cost_cap)
        await self._gate.enter(exchange, head)
        self._replica.watch.add(exchange, request.task)
        tried: set[int] = set()
        reset: set[int] = set()
        failure: UpstreamError | None = None
        give_up_at = exchange.arrived + self._timeouts.retry_budget_s
        while (target := choose(tiers, tried, self._replica.resting, self._roll)) is not None:
            exchange.attempts += 1
            since = time.monotonic()
            try:
                await self._attempt(request, exchange, head, target)
                return
            except UpstreamError as error:
                failure = error
            except asyncio.CancelledError:
                if not exchange.timed_out or request.connection.abort_reason:
                    raise
                exchange.timed_out = False
                if request.task is not None:
                    request.task.uncancel()
                failure = UpstreamError(504, "The provider did not answer in time.", klass="upstream_timeout")
            exchange.attempted(target.channel.id, failure.klass, since)
            self._gate.failed(exchange, began=request.connection.answered)
            if failure.klass == "upstream_reset" and target.channel.id not in reset:
                # Most likely a kept connection that the provider was closing at that moment: worth one more try there.
                reset.add(target.channel.id)
            else:
                tried.add(target.channel.id)
                if not isinstance(failure, NotUsable):
                    self._replica.upstream_failed(target.channel, failure)
            if (
                request.connection.answered
                or not failure.retryable
                or exchange.attempts >= self._max_attempts
                or time.monotonic() >= give_up_at
            ):
                break
        raise failure or GatewayFault(
            503, "No channel can serve this model at the moment.", code="no_channel", retry_after="5"
        )

    async def _attempt(self, request: Request, exchange: Exchange, head: wire_request.Head, target: Target) -> None:
        """Call one channel and hand its answer to the client.

        Raises UpstreamError; before a byte went out another channel may follow.
        """
        channel = target.channel
        loop = self._replica.loop
        exchange.channel_id = channel.id
        exchange.provider = channel.provider
        exchange.upstream_model = target.upstream_model
        cut = await self._gate.attempt(exchange, head, target)
        forced = channel.stream_usage and head.stream and not head.wants_usage
        body = wire_request.encode(head, target.upstream_model, force_usage=channel.stream_usage, most=cut)
        headers = passthrough.request_headers(request.headers, channel.headers)
        exchange.deadline = loop.time() + channel.first_byte_s
        exchange.sent_at = time.monotonic()
        answer = await self._replica.upstream_for(channel).send(channel, PATHS[exchange.operation], headers, body)
        try:
            exchange.upstream_request_id = passthrough.upstream_request_id(answer.header)
            kind = answer.header("content-type") or ""
            if not 200 <= answer.status < 300:
                text = await answer.beginning(SHOWN_ERROR_BYTES)
                shown = kind if len(text) < SHOWN_ERROR_BYTES else ""
                raise classify(answer.status, shown, text, answer.header("retry-after"))
            if "event-stream" in kind:
                await self._stream(request, exchange, head, answer, kind, forced=forced, idle_s=channel.idle_s)
            else:
                await self._whole(request.connection, exchange, head, answer, kind)
        finally:
            await answer.close()
        self._replica.upstream_succeeded(channel)

    async def _whole(
        self, connection: Connection, exchange: Exchange, head: wire_request.Head, answer: Answer, kind: str
    ) -> None:
        body = await answer.whole(self._answer_limit)
        seen = Unary(body)
        if not seen.valid:
            raise UpstreamError(
                502, "The provider answered with something that is not JSON.", klass="upstream_not_json"
            )
        exchange.first_byte_at = time.monotonic()
        exchange.status = answer.status
        exchange.end = "complete"
        exchange.usage = seen.usage
        if seen.usage.source == "none":
            exchange.usage = wire_request.estimate(head, len(body))
        exchange.response_model = seen.model
        exchange.finish_reason = seen.finish_reason
        headers = passthrough.response_headers(answer.header, exchange.request_id, kind) + self._more(exchange, answer)
        exchange.attempted(exchange.channel_id, "ok", exchange.sent_at)
        self._ledger.settle(exchange)
        connection.respond(answer.status, headers, body)

    async def _stream(
        self,
        request: Request,
        exchange: Exchange,
        head: wire_request.Head,
        answer: Answer,
        kind: str,
        *,
        forced: bool,
        idle_s: float,
    ) -> None:
        connection = request.connection
        tap = StreamTap(withhold=forced)

        def begin(first: bytes) -> None:
            exchange.first_byte_at = time.monotonic()
            exchange.status = answer.status
            headers = passthrough.response_headers(answer.header, exchange.request_id, kind)
            connection.start_stream(answer.status, headers + self._more(exchange, answer), first)
            head.fields = {}  # no retry from here on: a large request is not kept for the length of its stream
            request.resize(0)

        forward = Forward(connection, exchange, tap, begin, idle_s)
        try:
            while not (ended := await answer.pour(forward.take)) and not tap.over and not forward.spent:
                exchange.deadline = float("inf")  # the client is slow, not the provider
                await connection.drained()
                forward.heard()
            if ended:
                forward.finish()
            elif forward.spent:  # the provider did not keep to the maximum it was given
                connection.write_chunk(
                    wire_errors.render_length(exchange.operation, tap.model or exchange.model, exchange.request_id)
                )
                tap.finish_reason = "length"
            if tap.failed:
                raise UpstreamError(
                    502, "The provider reported an error in the middle of its answer.", klass="upstream_error_event"
                )
            if not forward.began:
                raise UpstreamError(502, "The provider ended its answer before it began.", klass="upstream_empty")
            if not tap.complete:
                raise UpstreamError(502, "The provider broke off its answer.", klass="upstream_cut")
            exchange.end = "complete"
        finally:
            exchange.usage = tap.counted(head.size)
            exchange.response_model = tap.model
            exchange.finish_reason = tap.finish_reason
        exchange.attempted(exchange.channel_id, "ok", exchange.sent_at)
        self._ledger.settle(exchange)
        connection.end_stream()
        exchange.deadline = float("inf")
        if not forward.spent:
            await answer.finish(AFTER_DONE_S)

    def _fail(self, connection: Connection, exchange: Exchange, error: GatewayError, end: str = "") -> None:
        """Book and answer a request that failed: an error answer, or an error event in a stream that has begun."""
        exchange.error = error.code or error.kind
        if not end:
            end = "rejected"
            if isinstance(error, UpstreamError) and not isinstance(error, NotUsable):
                end = _ENDS.get(error.klass, "upstream_error")
        exchange.end = end
        if connection.streaming:
            self._ledger.settle(exchange)
            connection.write_chunk(wire_errors.render_event(error, exchange.request_id))
            connection.end_stream()
        else:
            exchange.status = error.status
            self._ledger.settle(exchange)
            more = self._tried(exchange, None)
            if isinstance(error, RateLimited):
                more += error.headers()
            refuse(connection, error, exchange.request_id, more)

    def _cancelled(self, connection: Connection, exchange: Exchange) -> None:
        """The client left or stalled, or the replica is being stopped: book what went through."""
        if exchange.settled:  # the answer is out and booked; only the provider's connection was being tidied up
            return
        reason = connection.abort_reason or "drained"
        if reason == "drained":
            error = GatewayFault(
                503, "The gateway is restarting; send the request again.", code="drained", retry_after="1"
            )
            self._fail(connection, exchange, error, "drained")
            return
        exchange.end = "client_gone"
        exchange.error = "" if reason == "client_gone" else reason
        exchange.status = exchange.status or 499
        self._ledger.settle(exchange)

    def _more(self, exchange: Exchange, answer: Answer) -> bytes:
        """Headers of our own: where the client stands with its limits, and what was tried."""
        limits = exchange.admission.headers() if exchange.admission is not None else b""
        return limits + self._tried(exchange, answer)

    def _tried(self, exchange: Exchange, answer: Answer | None) -> bytes:
        """The header that names what was tried; for keys of administrators only."""
        if not exchange.key.admin or not exchange.attempts:
            return b""
        steps = [
            f"{self._replica.channel_name(channel)}:{outcome}:{ms}ms" for channel, outcome, ms in exchange.attempt_log
        ]
        if answer is not None:
            steps.append(f"{self._replica.channel_name(exchange.channel_id)}:ok")
        return b"x-gateway-attempts: " + ", ".join(steps).encode("ascii", "replace") + b"\r\n"


def refuse(connection: Connection, error: GatewayError, request_id: str, more: bytes = b"") -> None:
    """Answer with an error in the client's shape."""
    headers = b"%bx-request-id: %b\r\n%b" % (JSON, request_id.encode(), more)
    if error.retry_after:
        headers += b"retry-after: " + error.retry_after.encode("latin-1", "replace")[:64] + b"\r\n"
    connection.respond(error.status, headers, wire_errors.render(error, request_id))
