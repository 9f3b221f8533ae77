"""One request, on one page: authenticate, read, choose, call, answer, book.

Nothing is awaited in the steady state but the provider and the client. A failed channel is left out and the next one
tried, until a byte has gone to the client. Every request with a valid key leaves exactly one usage record, appended to
the journal before its answer ends.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence

from adapters import passthrough
from adapters.errors import ClientError, GatewayError, GatewayFault, UpstreamError, classify
from adapters.fetching import wanted
from adapters.protocols.table import WIRES
from deployments import keys as keyring
from deployments.answers import Answers, judged, looked_at, streams
from deployments.asking import Asked, Question, Unfit, bounded, converted, not_offered, passed
from deployments.booking import Ledger
from deployments.calls import Call
from deployments.connection import Connection
from deployments.credentials import token_of
from deployments.decompress import decompress
from deployments.editing import edited
from deployments.exchange import Exchange, new_request_id
from deployments.gate import Gate, NotUsable, cost_cap
from deployments.more_headers import more
from deployments.rates_answers import RateLimited
from deployments.replica import Replica
from deployments.request import Request
from deployments.routes import Route, keyed, route
from deployments.routing import choose
from deployments.serving import serving
from deployments.shape import refuse
from deployments.suspects import SAID_BYTES
from deployments.table import Target, Tier
from deployments.upstream import Answer

SHOWN_ERROR_BYTES = 65536
SHOWN_MESSAGE_CHARS = 4000
_ENDS = {"upstream_timeout": "upstream_timeout", "upstream_cut": "upstream_cut"}


class Pipeline:
    """Serves the generating calls of every protocol. Stateless but for what it was given."""

    def __init__(self, replica: Replica, ledger: Ledger, roll: Callable[[], float] = random.random) -> None:
        self._replica = replica
        self._ledger = ledger
        self._gate = Gate(replica)
        self._answers = Answers(replica, ledger)
        self._roll = roll
        self._body_limit = replica.settings.sizes.body
        self._timeouts = replica.settings.timeouts
        self._max_attempts = replica.settings.max_attempts

    async def run(self, request: Request, call: Call) -> None:
        """Answer one request, whatever happens."""
        connection = request.connection
        try:
            key = await self.authenticate(request, (call.wire.name, call.operation))
        except GatewayError as error:
            self._replica.telemetry.count("gateway_refused_total", (str(error.status),))
            refuse(connection, error, new_request_id(), wire=call.wire)
            return
        exchange = Exchange(key, call.operation, request.arrived, connection.client_ip, call.wire.name)
        captures = self._replica.captures
        taken = None if captures is None else captures.begin(request, exchange)
        connection = request.connection
        try:
            await self._serve(request, exchange, call)
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
            if exchange.checks is not None and self._replica.safety is not None:
                self._replica.safety.count(exchange.checks)
            if taken is not None:
                taken.finish()

    async def authenticate(self, request: Request, call: tuple[str, str] | None = None) -> keyring.Key:
        """The key of a request for (protocol, operation). Raises ClientError (401, 403) or GatewayFault (503)."""
        digest, key = self._replica.keys.remembered(token_of(request))
        if key is None:
            key = await self._replica.keys.find(digest)
        keyring.check(key)
        if key.rules is not None:
            key.rules.check(request, call, self._replica.table.trusted)
        return key

    async def _serve(self, request: Request, exchange: Exchange, call: Call) -> None:
        self._ledger.ensure_room()
        encoding = request.headers.get(b"content-encoding")
        body = request.body
        if encoding is not None:
            body = await decompress(encoding, body, self._body_limit)
            request.resize(len(body))
        request.body = b""
        if exchange.capture is not None:
            exchange.capture.asked(body)
        head = call.wire.parse(call.operation, body, call.target)
        del body
        exchange.model = head.model
        exchange.stream = head.stream
        tiers, suffixed = serving(self._replica.table, exchange.key, head)
        exchange.cost_cap = cost_cap(request.headers, exchange.key.cost_cap)
        turn = None
        if self._replica.responses is not None and call.wire.name == "responses":
            turn = await self._replica.responses.begin(exchange.key, head, capped=exchange.cost_cap > 0)
            tiers = turn.narrow(tiers)
        exchange.group = tiers[0].targets[0].group or exchange.group if tiers else exchange.group
        asked = Asked(call, head, turn, suffixed)
        if self._replica.safety is not None:
            asked.head = await self._replica.safety.enter(exchange, asked.head)
        await self._gate.enter(exchange, asked.head)
        self._replica.watch.add(exchange, request.task)
        await self._choose(request, exchange, asked, tiers)

    async def _choose(self, request: Request, exchange: Exchange, asked: Asked, tiers: tuple[Tier, ...]) -> None:
        """Try channels until one has answered. Raises GatewayError."""
        tried: set[int] = set()
        reset: set[int] = set()
        keys_tried: list[int] = []
        failure: UpstreamError | None = None
        misfit: ClientError | None = None
        give_up_at = exchange.arrived + self._timeouts.retry_budget_s
        while (target := choose(tiers, tried, self._replica.resting, self._roll)) is not None:
            exchange.attempts += 1
            since = time.monotonic()
            try:
                await self._attempt(request, exchange, asked, target, keys_tried)
                return
            except Unfit as error:  # nothing was sent, and no channel is at fault
                exchange.attempts -= 1
                if not exchange.attempts:
                    exchange.channel_id, exchange.provider, exchange.upstream_protocol, exchange.plan = 0, "", "", ""
                misfit = misfit or error.error
                exchange.attempted(target.channel.id, error.klass, since)
                self._gate.failed(exchange, began=False)
                tried.add(target.channel.id)
                continue
            except UpstreamError as error:
                failure = error
            except asyncio.CancelledError:
                if not exchange.timed_out or request.connection.abort_reason:
                    raise
                exchange.timed_out = False
                if request.task is not None:
                    request.task.uncancel()
                failure = UpstreamError(504, "The provider did not answer in time.", klass="upstream_timeout")
            exchange.failure = failure
            exchange.attempted(target.channel.id, failure.klass, since)
            self._gate.failed(exchange, began=request.connection.answered)
            if failure.klass == "upstream_reset" and target.channel.id not in reset:
                # Most likely a kept connection that the provider was closing at that moment: worth one more try there.
                reset.add(target.channel.id)
            else:
                other_key = False
                if not isinstance(failure, NotUsable):
                    other_key = self._replica.upstream_failed(target.channel, failure, exchange.channel_key)
                keys_tried.append(exchange.channel_key)
                if not (other_key and target.channel.ring is not None and target.channel.ring.left(keys_tried)):
                    tried.add(target.channel.id)
            if (
                request.connection.answered
                or not failure.retryable
                or exchange.attempts >= self._max_attempts
                or time.monotonic() >= give_up_at
            ):
                break
        raise (
            failure
            or misfit
            or GatewayFault(503, "No channel can serve this model at the moment.", code="no_channel", retry_after="5")
        )

    async def _attempt(
        self, request: Request, exchange: Exchange, asked: Asked, target: Target, keys_tried: Sequence[int]
    ) -> None:
        """Call one channel and hand its answer to the client.

        Raises Unfit and UpstreamError; before a byte went out another channel may follow.
        """
        channel = target.channel
        loop = self._replica.loop
        exchange.channel_id = channel.id
        exchange.provider = channel.provider
        exchange.channel_key = 0
        exchange.upstream_model = target.upstream_model
        exchange.group = target.group or exchange.group
        way = route(target, asked.call, stream=asked.head.stream)
        if way is None:
            raise Unfit(not_offered(asked, exchange))
        exchange.upstream_protocol = way.plan.upstream
        exchange.plan = way.words
        exchange.losses = ""
        if not way.path:
            self._answers.estimated(request.connection, exchange, asked)
            return
        cut = await self._gate.attempt(exchange, asked.head, target)
        if channel.ring is not None:
            member = channel.ring.pick(self._replica.key_rests, keys_tried)
            exchange.channel_key = member.id
            way = keyed(way, target, asked.call, member, stream=asked.head.stream)
        if way.passes:
            question = passed(asked, way, target, request.headers, cut)
        else:
            question = await self._convert(exchange, asked, way, target, cut)
        if asked.suffixed is not None or channel.overrides is not None:
            question = edited(question, request, exchange, asked, target, cut)
        if exchange.checks is not None:
            looked_at(question, asked, exchange)
        exchange.deadline = loop.time() + channel.first_byte_s
        exchange.sent_at = time.monotonic()
        upstream = self._replica.upstream_for(channel)
        answer = await upstream.send(channel, way.endpoint, way.path, question.headers, question.body)
        try:
            exchange.upstream_request_id = passthrough.upstream_request_id(answer.header)
            kind = answer.header("content-type") or ""
            if not 200 <= answer.status < 300:
                raise await _refused(answer, kind, question)
            if streams(kind, asked, question) and not judged(exchange):
                await self._answers.stream(request, exchange, asked, question, answer, kind)
            else:
                await self._answers.whole(request.connection, exchange, asked, question, answer, kind)
        finally:
            await answer.close()
        self._replica.upstream_succeeded(channel, exchange.channel_key)

    async def _convert(self, exchange: Exchange, asked: Asked, way: Route, target: Target, cut: int | None) -> Question:
        """The request in another protocol. What it needs of media is fetched first. Raises Unfit and GatewayError."""
        quota = self._replica.settings.quota
        urls = wanted(asked.neutral(), way.wire.name, way.endpoint.capabilities)
        missing = [url for url in urls if url not in asked.fetched]
        if missing:  # what an attempt before has fetched is there
            try:
                asked.fetched.update(await self._replica.fetcher.fetch(missing))
            except ClientError as error:  # another channel may take the addresses themselves
                raise Unfit(error) from None
        question = converted(
            asked, way, target, exchange, cut=cut, max_output=quota.default_output_tokens, fetched=asked.fetched
        )
        for field in bounded(exchange.losses):
            self._replica.telemetry.count("gateway_conversion_losses_total", (field,))
        return question

    def _fail(self, connection: Connection, exchange: Exchange, error: GatewayError, end: str = "") -> None:
        """Book and answer a request that failed: an error answer, or an error event in a stream that has begun."""
        exchange.error = error.code or error.kind
        exchange.error_text = _told(error, exchange)
        if not end:
            end = "rejected"
            if isinstance(error, UpstreamError) and not isinstance(error, NotUsable):
                end = _ENDS.get(error.klass, "upstream_error")
        exchange.end = end
        wire = WIRES[exchange.protocol]
        if connection.streaming:
            self._ledger.settle(exchange)
            render = exchange.ending or wire.render_event
            connection.write_chunk(render(error, exchange.request_id))
            connection.end_stream()
        else:
            exchange.status = error.status
            self._ledger.settle(exchange)
            lines = more(self._replica, exchange, answered=False)
            if isinstance(error, RateLimited):
                lines += error.headers()
            refuse(connection, error, exchange.request_id, lines, wire)

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


def _told(error: GatewayError, exchange: Exchange) -> str:
    """What the client is told, in words: where it is shown a provider's own answer, what that says."""
    read = WIRES[exchange.protocol].read_error
    if isinstance(error, UpstreamError) and error.body is not None and read is not None:
        return read(error.status, error.body)[1][:SHOWN_MESSAGE_CHARS] or error.message
    return error.message


async def _refused(answer: Answer, kind: str, question: Question) -> UpstreamError:
    """A provider's error answer; for a client of another protocol only what it says, not how."""
    text = await answer.beginning(SHOWN_ERROR_BYTES)
    shown = kind if len(text) < SHOWN_ERROR_BYTES else ""
    rules = question.channel.overrides
    status = answer.status if rules is None else rules.status(answer.status)
    error = classify(status, shown, text, answer.header("retry-after"))
    error.answered, error.said = answer.status, text[:SAID_BYTES]
    if status != answer.status:
        error.status = status
    if question.to is not None and error.body is not None:
        read = question.route.wire.read_error
        if read is not None:
            error.message = read(answer.status, error.body)[1][:SHOWN_MESSAGE_CHARS] or error.message
        error.body = None
    return error
