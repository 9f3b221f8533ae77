"""Requests with an Idempotency-Key: one of them runs, the others get its answer, wherever they arrive.

Owns who runs and who reads along on this replica, and the internal listener where other replicas read along. What is
guaranteed and what is not: docs/idempotency.md.
"""

import asyncio
import hmac
import random
import time
from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.errors import ClientError, GatewayError, GatewayFault
from deployments import idempotency_key as wire
from deployments.booking import Ledger
from deployments.calls import Call
from deployments.connection import Connection
from deployments.decompress import decompress
from deployments.exchange import new_request_id
from deployments.idempotency_claims import Claims
from deployments.idempotency_rules import Rules
from deployments.idempotency_sink import Sink, SinkPipeline
from deployments.idempotency_view import MARK, PATH, ask, relay, replay, show
from deployments.limits import Limits
from deployments.pool import TOKEN_HEADER
from deployments.replica import Replica
from deployments.request import Request
from deployments.server import Server
from deployments.shape import refuse
from storage.crypto import SecretBox
from storage.models.idempotent_answer import IdempotentAnswer
from storage.repositories.idempotent_answers import KEPT, LARGE

DATABASE_S = 5.0
"""How long a request waits for its claim."""

_PATIENCE_S = 20.0
_PAUSES_S = (0.01, 0.02, 0.05, 0.1, 0.2)
_PURGE_S = 600.0
_CLOSE_S = 2.0
_OUTCOMES = "gateway_idempotent_total"


class Idempotency:
    """`serve` answers the requests that carry the header. Call `listen` before it, `close` after the last one."""

    def __init__(
        self,
        replica: Replica,
        ledger: Ledger,
        sessions: async_sessionmaker[AsyncSession],
        box: SecretBox,
        rules: Rules,
    ) -> None:
        self._replica = replica
        self._rules = rules
        self._pipeline = SinkPipeline(replica, ledger)
        self._claims = Claims(sessions, box, rules)
        self._running: dict[bytes, Sink] = {}
        self._tasks: set[asyncio.Task[object]] = set()
        self._listener: Server | None = None
        self._beat: asyncio.Task[None] | None = None
        self._token = replica.internal_token.encode()

    @property
    def url(self) -> str:
        """Where other replicas read along; names this replica in its claims."""
        return self._claims.url

    @property
    def running(self) -> int:
        """Answers that are being made or not yet stored."""
        return len(self._running)

    @property
    def alive(self) -> bool:
        """Whether other replicas can read along and claims are renewed."""
        return self._listener is not None and self._listener.listening and not (self._beat is None or self._beat.done())

    async def listen(self, host: str, limits: Limits) -> None:
        """Open the internal listener and begin to renew claims. Raises OSError."""
        self._listener = Server(self._attach, limits)
        port = await self._listener.listen(host, 0)
        self._claims.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self._beat = self._replica.loop.create_task(self._keep_alive())

    async def close(self) -> None:
        """Give what ends now a moment to be stored, and stop."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=_CLOSE_S)
        for task in list(self._tasks):
            task.cancel()
        if self._beat is not None:
            self._beat.cancel()
        if self._listener is not None:
            await self._listener.drain(1.0, 0.5)

    async def serve(self, request: Request, call: Call) -> None:
        """Run the request, or answer it with what another one of that key gets. Raises GatewayError."""
        caller = await self._pipeline.authenticate(request, (call.wire.name, call.operation))
        key = wire.read(request.headers[wire.HEADER])
        encoding = request.headers.get(b"content-encoding")
        if encoding is not None:  # the same request may be packed differently each time
            request.body = await decompress(encoding, request.body, self._replica.settings.sizes.body)
            request.resize(len(request.body))
        claim = wire.claim_id(caller.id, request.path, key)
        kind = request.headers.get(b"content-type", b"")
        asked = wire.fingerprint(request.body, request.query, kind)
        try:
            await self._find(request, call, claim, asked, caller.id)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if request.connection.abort_reason != "drained" or request.connection.answered or task is None:
                raise
            task.uncancel()
            raise GatewayFault(
                503, "The gateway is restarting; send the request again.", code="drained", retry_after="1"
            ) from None

    async def _find(self, request: Request, call: Call, claim: bytes, asked: bytes, key_id: int) -> None:
        """Look for whoever runs this request until it is found, or until it is this one."""
        give_up_at = time.monotonic() + max(4 * self._rules.lease_s, _PATIENCE_S)
        turns = 0
        while True:
            sink = self._running.get(claim)
            if sink is not None:
                wire.check_same(sink.fingerprint, asked)
                await self._show(sink, request, "attached")
                return
            found = await self._claimed(request, call, claim, asked, key_id, look=turns > 0)
            if found is None:
                await self._pipeline.run(request, call)
                return
            if isinstance(found, Sink):
                await self._show(found, request, "run")
                return
            wire.check_same(found.fingerprint, asked)
            if await self._elsewhere(found, request):
                return
            if time.monotonic() > give_up_at:
                raise GatewayFault(
                    503, "The request is being answered elsewhere; send it again.", code="idempotency_busy",
                    retry_after="5",
                )  # fmt: skip
            # Its owner is just beginning, just ending, or gone: then its lease ends.
            await asyncio.sleep(_PAUSES_S[min(turns, len(_PAUSES_S) - 1)])
            turns += 1

    async def _elsewhere(self, found: IdempotentAnswer, request: Request) -> bool:
        """Answer from what is stored, or from the replica that runs the request; False when neither is there."""
        connection = request.connection
        if found.state == KEPT:
            kept = await self._claims.open(found)
            if kept is None:
                raise _lost(found, "it cannot be read any more")
            self._count("replayed")
            await replay(kept, connection)
            return True
        if found.state == LARGE:
            raise _lost(found, f"it was larger than the {self._rules.answer} bytes that are kept")
        if found.url != self.url and await relay(self._replica, found.url, found.id, connection):
            self._count("relayed")
            return True
        return False

    async def _claimed(
        self, request: Request, call: Call, claim: bytes, asked: bytes, key_id: int, *, look: bool
    ) -> Sink | IdempotentAnswer | None:
        """A sink that this request now fills, or the row that is in the way; None: run without protection.

        The claim and the start of the run are one task that a leaving client does not cancel: a claim without a run
        would hold up its retry until the lease ends.
        """
        task = self._replica.loop.create_task(self._begin(request, call, claim, asked, key_id, look=look))
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        try:
            async with asyncio.timeout(DATABASE_S):
                return await asyncio.shield(task)
        except GatewayError:
            raise
        except Exception as error:
            self._replica.log.warning("no idempotency: the database does not answer: %s", type(error).__name__)
            self._count("database_away")
            if self._rules.on_outage == "open" and task.done():
                return None
            raise GatewayFault(
                503,
                "The Idempotency-Key cannot be looked up at the moment; send the request again.",
                code="idempotency_away",
                retry_after="2",
            ) from error

    async def _begin(
        self, request: Request, call: Call, claim: bytes, asked: bytes, key_id: int, *, look: bool
    ) -> Sink | IdempotentAnswer:
        server = request.connection.server
        sink = Sink(server, claim, asked, new_request_id(), request.connection.client_ip)
        found = await self._claims.claim(sink, key_id, look=look)
        if found is not None:
            gone = found.state not in (KEPT, LARGE) and found.lease_until < time.time() * 1000
            if not gone or found.fingerprint != asked or not await self._gone(found):
                return found
            if await self._claims.charged(found.request_id):
                raise _lost(found, "the gateway stopped before it was kept")
            if not await self._claims.take_over(found, sink, key_id):
                return found
            self._count("taken_over")
        sizes = self._replica.settings.sizes
        sink.bound(self._replica.settings.data_dir, memory=self._rules.memory, most=sizes.answer)
        self._running[claim] = sink
        # The body is the run's from here on, which may outlive the client's connection.
        headers = {name: value for name, value in request.headers.items() if name != b"content-encoding"}
        target = request.path.encode("latin-1") + (b"?" + request.query if request.query else b"")
        inner = Request(cast("Connection", sink), request.method, target, headers, request.body, request.arrived)
        server.buffered_bytes += inner.size
        if request.connection.current is request:
            request.resize(0)
        request.body = b""
        task = self._replica.loop.create_task(self._run(sink, inner, call))
        inner.task = sink.task = task
        # Draining waits for it, and then cuts it, as for a client's connection.
        server.tasks.add(task)
        server.connections.add(cast("Connection", sink))
        task.add_done_callback(server.tasks.discard)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return sink

    async def _gone(self, found: IdempotentAnswer) -> bool:
        """Whether the owner of an ended lease is gone; one that only was slow still makes the answer."""
        if found.url == self.url:
            return found.id not in self._running
        return not await ask(self._replica, found.url, found.id)

    async def _run(self, sink: Sink, inner: Request, call: Call) -> None:
        try:
            await self._pipeline.run(inner, call)
        finally:
            sink.finish()
            sink.server.buffered_bytes -= inner.size
            sink.server.connections.discard(cast("Connection", sink))
            if not sink.charged:  # a retry runs anew, and does not get this failure
                self._running.pop(sink.claim, None)
        try:
            await self._claims.settle(sink)
        finally:
            if self._running.get(sink.claim) is sink:
                del self._running[sink.claim]

    async def _show(self, sink: Sink, request: Request, outcome: str) -> None:
        self._count(outcome)
        await show(sink, request.connection, b"" if outcome == "run" else wire.REPLAYED)

    async def _attach(self, request: Request) -> None:
        """The internal listener: another replica reads along."""
        connection = request.connection
        if not hmac.compare_digest(request.headers.get(TOKEN_HEADER.encode(), b""), self._token):
            refuse(connection, ClientError(403, "This port is internal."), "")
            return
        name = request.path.removeprefix(PATH)
        try:
            sink = self._running.get(bytes.fromhex(name))
        except ValueError:
            sink = None
        mark = b"%b: %b\r\n" % (MARK.encode(), b"unknown" if sink is None else b"attached")
        if sink is None or request.method == "HEAD":
            connection.respond(404 if sink is None else 200, mark, b"")
            return
        try:
            await show(sink, connection, mark + wire.REPLAYED)
        except GatewayError as error:
            refuse(connection, error, "")

    async def _keep_alive(self) -> None:
        """Renew the claims of what runs here; now and then delete what has expired."""
        purge_at = time.monotonic() + random.uniform(0.1, 1.0) * _PURGE_S  # noqa: S311  # no secret
        while True:
            await asyncio.sleep(self._rules.lease_s / 3)
            try:
                if self._running:
                    await self._claims.renew([sink.request_id for sink in self._running.values()])
                if time.monotonic() > purge_at:
                    purge_at = time.monotonic() + _PURGE_S
                    await self._claims.purge()
            except Exception as error:  # noqa: BLE001  # any database error: the next turn may go through
                self._replica.log.warning("claims of idempotent requests were not renewed: %s", type(error).__name__)

    def _forget(self, task: asyncio.Task[Sink | IdempotentAnswer]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # its client may have left without it

    def _count(self, outcome: str) -> None:
        self._replica.telemetry.count(_OUTCOMES, (outcome,))


def _lost(found: IdempotentAnswer, why: str) -> ClientError:
    return ClientError(
        409,
        f"The first request with this Idempotency-Key ({found.request_id}) was finished and charged, but there is no "
        f"answer to repeat: {why}. To run it again use a new key.",
        code="idempotent_answer_lost",
        param="Idempotency-Key",
    )
