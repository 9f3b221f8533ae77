"""The Admin deployment: runs admin.app on an internal port and gives it what it may not open itself.

The ingress relays to it.
"""

import asyncio
import os
import socket
import time
import uuid
from typing import Any

import msgspec
import uvicorn

from adapters.errors import UpstreamError, classify
from adapters.registry import PATHS, PROVIDERS
from admin.app import create_app
from admin.services import ProbeResult, ProviderInfo, Services
from admin.sessions import Sessions
from deployments.compiler import channel_row
from deployments.link import Link
from deployments.logs import configure
from deployments.messages import Report, Update
from deployments.nodes import internal_host
from deployments.settings import Settings, secret_key
from deployments.table import Channel, decode
from deployments.upstream import Answer, Direct
from deployments.version import VERSION
from storage.crypto import SecretBox, load_master_key
from storage.database import open_engine, session_factory
from storage.repositories import channels

PROBE_S = 30.0


class Admin:
    """One replica; stateless but for its port."""

    async def __init__(  # type: ignore[misc]  # Serve awaits it
        self,
        args: dict[str, Any],
        router: Any,  # noqa: ANN401  # Serve's handles ship no types
    ) -> None:
        self._settings = settings = Settings.model_validate(args)
        self._router = router
        self._name = f"admin-{uuid.uuid4().hex[:8]}"
        self._log = configure(settings.log_level)
        self._engine = open_engine(settings.database)
        self._sessions = Sessions(session_factory(self._engine))
        self._box = SecretBox(load_master_key(settings.data_dir, secret_key()))
        self._direct = Direct(idle_connections=4)
        services = Services(
            sessions=self._sessions,
            box=self._box,
            version=VERSION,
            notify=self._notify,
            probe=self._probe,
            status=self._status,
            providers=[ProviderInfo(row.id, row.name, row.family, row.base_url) for row in PROVIDERS.values()],
        )
        host = internal_host(settings)
        sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        sock.bind((host, 0))
        self._url = f"http://{host}:{sock.getsockname()[1]}"
        config = uvicorn.Config(
            create_app(services), log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=5
        )
        self._server = uvicorn.Server(config)
        loop = asyncio.get_running_loop()
        self._serving = loop.create_task(self._server.serve(sockets=[sock]))
        while not self._server.started and not self._serving.done():  # noqa: ASYNC110  # uvicorn offers no event
            await asyncio.sleep(0.02)
        self._link = Link(self._call, self._report, self._apply)
        self._live_seq = -1
        self._table_version = -1
        self._link.start()

    async def check_health(self) -> None:
        """Raises when the server has ended."""
        if self._serving.done() or not self._link.alive:
            raise RuntimeError("the admin server has ended")

    async def __del__(self) -> None:
        if not hasattr(self, "_link"):
            return
        await self._link.close()
        self._server.should_exit = True
        await asyncio.wait([self._serving], timeout=6.0)
        await self._direct.close()
        await self._engine.dispose()

    async def _notify(self) -> None:
        try:
            await asyncio.wait_for(self._router.refresh.remote(), 2.0)
        except Exception as error:  # noqa: BLE001  # a call to the Router may fail in any way Ray knows
            self._log.warning(
                "the Router was not told of a change; it finds it within %s s: %s",
                self._settings.router_poll_s,
                type(error).__name__,
            )

    async def _status(self) -> dict[str, Any]:
        return dict(await asyncio.wait_for(self._router.status.remote(), 5.0))

    async def _probe(self, channel_id: int, model: str, stream: bool) -> ProbeResult:
        """One small request to a channel, as a client's would be sent; errors are results."""
        async with self._sessions() as session:
            row = await channels.get(session, channel_id)
        if row is None:
            return ProbeResult(False, 0, 0.0, 0.0, model, "unknown_channel", "There is no such channel.")
        began = time.monotonic()
        first = 0.0
        status = 0
        try:
            secret = self._box.open(row.secret, f"channel:{row.name}") if row.secret else ""
            login = self._box.open(row.proxy_secret, f"channel-proxy:{row.name}") if row.proxy_secret else ""
            channel = Channel(channel_row(row, self._settings.timeouts), secret, login)
            body = msgspec.json.encode(
                {
                    "model": row.models.get(model) or model,
                    "messages": [{"role": "user", "content": "ping"}],
                    "max_completion_tokens": 16,
                    "stream": stream,
                }
            )
            async with asyncio.timeout(PROBE_S):
                answer = await self._direct.send(channel, PATHS["chat"], list(channel.headers), body)
                try:
                    status = answer.status
                    first = await _read(answer, began)
                finally:
                    await answer.close()
        except UpstreamError as error:
            return ProbeResult(False, status or error.status, _ms(began), first, model, error.klass, error.message)
        except TimeoutError:
            return ProbeResult(
                False, status, _ms(began), first, model, "upstream_timeout", f"No answer within {PROBE_S:.0f} s."
            )
        except ValueError as error:
            return ProbeResult(False, status, _ms(began), first, model, "channel_config", str(error))
        return ProbeResult(True, status, _ms(began), first, model)

    async def _call(self, report: bytes) -> bytes:
        return bytes(await self._router.sync.remote(report))

    def _report(self) -> Report:
        # The Admin needs no table: it says that it has whatever is newest.
        return Report(
            self._name, "admin", os.getpid(), self._url, table_version=self._table_version, live_seq=self._live_seq
        )

    def _apply(self, update: Update) -> None:
        if update.table is not None:
            self._table_version = decode(update.table).version
        if update.live is not None:
            self._live_seq = update.live_seq


async def _read(answer: Answer, began: float) -> float:
    """Read a probe's answer; returns milliseconds to its first byte.

    Raises UpstreamError for anything but a good answer.
    """
    chunk = await answer.chunk()
    first = _ms(began)
    body = chunk or b""
    while chunk is not None and len(body) < 65536:
        chunk = await answer.chunk()
        body += chunk or b""
    kind = answer.header("content-type") or ""
    if answer.status != 200:
        raise classify(answer.status, kind, body)
    if "json" not in kind and "event-stream" not in kind:
        raise UpstreamError(
            502,
            f"The provider answered with {kind or 'no content type'}; is the base URL right?",
            klass="upstream_not_json",
        )
    return first


def _ms(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)
