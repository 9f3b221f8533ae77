"""The Admin deployment: runs admin.app on an internal port and gives it what it may not open itself.

The ingress relays to it.
"""

import asyncio
import os
import platform
import socket
import time
import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
import uvicorn

from admin.app import create_app
from admin.channel_health import ChannelHealth, Failure
from admin.job_runner import Runner
from admin.options.network import Network
from admin.options.store import Options, check, from_environment
from admin.outbound import outbound_client
from admin.problems import Problem
from admin.services import RouteQuestion, Services
from admin.sessions import FILE_WAIT_S, WAIT_S, Sessions
from deployments.channel_calls import ChannelCalls
from deployments.link import Link
from deployments.logs import configure
from deployments.machine import Machine
from deployments.messages import Report, Update
from deployments.nodes import internal_host
from deployments.route_explain import Asking, explain
from deployments.settings import Settings, SettingsError, secret_key
from deployments.table import decode
from deployments.upstream import Direct
from deployments.version import VERSION
from storage.crypto import SecretBox, load_master_key
from storage.database import open_engine, session_factory


def check_options(settings: Settings, variables: dict[str, str]) -> None:
    """Raise SettingsError for an option of the file or the environment that is not acceptable, by its name."""
    try:
        check(settings.options)
        check(from_environment(variables))
    except Problem as problem:
        raise SettingsError(problem.detail) from None


KEEP_ALIVE_S = 600
"""Longer than an ingress replica keeps a connection without use: the server is never the one that gives it up."""


class Admin:
    """One replica; stateless but for its port."""

    async def __init__(  # type: ignore[misc]  # Serve awaits it
        self,
        args: dict[str, Any],
        router: Any,  # noqa: ANN401  # Serve's handles ship no types
        variables: dict[str, str],
    ) -> None:
        self._settings = settings = Settings.model_validate(args)
        self._router = router
        self._started_at = time.time()
        self._name = f"admin-{uuid.uuid4().hex[:8]}"
        self._log = configure(settings.log_level)
        self._engine = open_engine(settings.database)
        file = self._engine.dialect.name == "sqlite"
        self._sessions = Sessions(session_factory(self._engine), FILE_WAIT_S if file else WAIT_S)
        self._box = SecretBox(load_master_key(settings.data_dir, secret_key()))
        self._direct = Direct(idle_connections=4)
        options = Options(self._sessions, self._box, file=settings.options, environment=from_environment(variables))

        async def allowed() -> list[str]:
            return (await options.get(Network)).allow

        self._http = outbound_client(allowed)
        calls = ChannelCalls(self._sessions, self._box, self._direct, settings.timeouts)
        services = Services(
            sessions=self._sessions,
            box=self._box,
            version=VERSION,
            notify=self._notify,
            probe=calls.probe,
            balance=calls.balance,
            upstream_models=calls.models,
            task=calls.task,
            status=self._status,
            machine=Machine(settings, self._name).look,
            retry=self._retry,
            explain_route=self._explain_route,
            options=options,
            http=self._http,
        )
        host = internal_host(settings)
        sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        sock.bind((host, 0))
        self._url = f"http://{host}:{sock.getsockname()[1]}"
        config = uvicorn.Config(
            create_app(services),
            log_config=None,  # configure() has set its loggers up
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=5,
            timeout_keep_alive=KEEP_ALIVE_S,
            proxy_headers=False,
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
        self._health = ChannelHealth(services)
        self._runner = Runner(services, self._name)
        self._runner.start()

    async def check_health(self) -> None:
        """Raises when the server has ended."""
        if self._serving.done() or not self._link.alive:
            raise RuntimeError("the admin server has ended")

    async def __del__(self) -> None:
        if not hasattr(self, "_runner"):
            return
        await self._runner.close()
        await self._health.close()
        await self._link.close()
        self._server.should_exit = True
        await asyncio.wait([self._serving], timeout=6.0)
        await self._http.aclose()
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

    async def _retry(self, channel_ids: Sequence[int]) -> int:
        return int(await asyncio.wait_for(self._router.retry.remote(list(channel_ids)), 5.0))

    async def _explain_route(self, question: RouteQuestion) -> dict[str, Any]:
        asking = Asking(question.model, question.protocol, question.operation, question.stream, question.key_id)
        async with self._sessions() as session:
            return await explain(session, self._settings.timeouts, asking)

    async def _call(self, report: bytes) -> bytes:
        return bytes(await self._router.sync.remote(report))

    def _report(self) -> Report:
        # The Admin needs no table: it says that it has whatever is newest.
        return Report(
            self._name, "admin", os.getpid(), self._url, table_version=self._table_version, live_seq=self._live_seq,
            node=platform.node(), version=VERSION, started_at=self._started_at,
        )  # fmt: skip

    def _apply(self, update: Update) -> None:
        if update.table is not None:
            self._table_version = decode(update.table).version
        if update.suspects:
            self._health.take([Failure(*msgspec.structs.astuple(one)) for one in update.suspects])
        if update.live is not None:
            self._live_seq = update.live_seq
