"""The Adapter deployment (`placement: pool`): the upstream calls of one provider family in replicas of their own.

Same embedded server on an internal port, same table, same upstream code as inline; an ingress replica hands over
prepared requests (deployments/pool.py).
"""

import asyncio
import hmac
import os
import platform
import time
import uuid
from typing import Any

from adapters.errors import ClientError, GatewayError, UpstreamError
from deployments.endpoint import Endpoint
from deployments.ingress import TABLE_WAIT_S, limits
from deployments.link import Link
from deployments.logs import configure
from deployments.messages import Report
from deployments.nodes import internal_host
from deployments.pool import CHANNEL_HEADER, FAILED_HEADER, KEY_HEADER, PROTOCOL_HEADER, TOKEN_HEADER
from deployments.replica import Replica
from deployments.request import Request
from deployments.server import Server
from deployments.settings import Settings, secret_key
from deployments.shape import refuse
from deployments.table import Channel
from deployments.version import VERSION
from storage.crypto import load_master_key

_OWN = {
    CHANNEL_HEADER.encode(),
    PROTOCOL_HEADER.encode(),
    KEY_HEADER.encode(),
    TOKEN_HEADER.encode(),
    b"content-length",
    b"host",
    b"content-type",
    b"transfer-encoding",
}
_PASSED = ("content-type", "retry-after", "openai-processing-ms", "openai-version", "x-request-id", "request-id")


class AdapterPlane:
    """Carries prepared requests to providers."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._token = replica.internal_token.encode()

    async def handle(self, request: Request) -> None:
        """Answer one relayed request."""
        if not hmac.compare_digest(request.headers.get(TOKEN_HEADER.encode(), b""), self._token):
            refuse(request.connection, ClientError(403, "This port is internal."), "")
            return
        try:
            await self._relay(request)
        except UpstreamError as error:
            self._failed(request, error)
        except GatewayError as error:
            refuse(request.connection, error, "")

    async def _relay(self, request: Request) -> None:
        number = request.headers.get(CHANNEL_HEADER.encode(), b"")
        channel = self._replica.table.channels.get(int(number)) if number.isdigit() else None
        protocol = request.headers.get(PROTOCOL_HEADER.encode(), b"").decode("latin-1")
        endpoint = _endpoint(channel, protocol, request.headers.get(KEY_HEADER.encode(), b"0"))
        if channel is None or endpoint is None:
            raise UpstreamError(502, "The adapter replica does not know this channel yet.", klass="upstream_no_adapter")
        given = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in request.headers.items()
            if name not in _OWN
        }
        # The ingress replica hands over what the client or an override says in place of the channel's headers.
        headers = [(name, value) for name, value in endpoint.headers if name not in given]
        headers += given.items()
        path = request.path + ("?" + request.query.decode("latin-1") if request.query else "")
        answer = await self._replica.direct.send(channel, endpoint, path, headers, request.body)
        connection = request.connection
        try:
            values = ((name, answer.header(name)) for name in _PASSED)
            lines = "".join(f"{name}: {value}\r\n" for name, value in values if value is not None).encode()
            if "event-stream" not in (answer.header("content-type") or ""):
                connection.respond(answer.status, lines, await answer.whole(self._replica.settings.sizes.answer))
                return
            connection.start_stream(answer.status, lines, b"")

            def take(piece: bytes) -> bool:
                connection.write_chunk(piece)
                return not connection.blocked

            while not await answer.pour(take):
                await connection.drained()
            connection.end_stream()
        finally:
            await answer.close()

    def _failed(self, request: Request, error: UpstreamError) -> None:
        if request.connection.streaming:
            request.connection.break_stream()  # the ingress replica sees a cut, as it would from the provider itself
            return
        facts = f"{FAILED_HEADER}: {error.status} {error.klass} {int(error.retryable)}\r\n".encode()
        request.connection.respond(502, facts, error.message.encode())


class Adapter:
    """One replica of a family's pool."""

    async def __init__(  # type: ignore[misc]  # Serve awaits it
        self,
        args: dict[str, Any],
        family: str,
        router: Any,  # noqa: ANN401  # Serve's handles ship no types
    ) -> None:
        settings = Settings.model_validate(args)
        self._family = family
        self._router = router
        self._node, self._started_at = platform.node(), time.time()
        name = f"adapter-{family}-{uuid.uuid4().hex[:8]}"
        self._replica = replica = Replica(
            settings, load_master_key(settings.data_dir, secret_key()), _no_keys, name=name
        )
        replica.log = configure(settings.log_level)
        self._server = server = Server(AdapterPlane(replica).handle, limits(settings))
        replica.telemetry.gauges["gateway_route_table_version"] = lambda: replica.table.version
        self._url = ""
        self._link = Link(self._call, self._report, replica.apply)
        self._link.start()
        await asyncio.wait_for(replica.has_table.wait(), TABLE_WAIT_S)
        host = internal_host(settings)
        port = await server.listen(host, 0)
        self._url = f"http://{host}:{port}"

    async def check_health(self) -> None:
        """Raises when this replica does not serve any more."""
        if not (self._server.listening and self._link.alive):
            raise RuntimeError("the adapter's server or its line to the Router has ended")

    def record_autoscaling_stats(self) -> dict[str, float]:
        """What deployments/autoscaling.py decides on."""
        return {"gateway_open_requests": float(self._server.open_requests)}

    async def __del__(self) -> None:
        if not hasattr(self, "_server"):
            return
        await self._link.close()  # first, so that no ingress replica sends anything new here
        await self._server.drain(self._replica.settings.timeouts.drain_s)
        await self._replica.close()

    async def _call(self, report: bytes) -> bytes:
        return bytes(await self._router.sync.remote(report))

    def _report(self) -> Report:
        replica = self._replica
        return Report(
            replica=replica.name,
            kind=f"adapter:{self._family}" if self._url else "starting",
            pid=os.getpid(),
            url=self._url,
            table_version=replica.table.version if replica.ready else -1,
            live_seq=replica.live_seq,
            open_requests=self._server.open_requests,
            node=self._node,
            version=VERSION,
            started_at=self._started_at,
        )


def _endpoint(channel: Channel | None, protocol: str, key: bytes) -> Endpoint | None:
    """The channel's protocol with the key that the ingress replica chose; None: not known here yet."""
    if channel is None or not key.isdigit():
        return None
    key_id = int(key)
    if not key_id:
        return channel.protocols.get(protocol)
    member = channel.ring.by_id.get(key_id) if channel.ring is not None else None
    return member.endpoints.get(protocol) if member is not None else None


async def _no_keys(_digest: bytes) -> None:
    return None
