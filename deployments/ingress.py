"""The Ingress deployment: a Serve replica that is itself the server on the public port.

Serve places, scales, checks and drains it; no request passes through Serve.
"""

import asyncio
import gc
import os
import platform
import time
import uuid
from functools import partial
from typing import Any

from deployments import metrics, nodes, ports, shape, tokenizer
from deployments.booking import Booking
from deployments.capture_store import CaptureStore
from deployments.dataplane import DataPlane
from deployments.idempotency import Idempotency
from deployments.keys import load
from deployments.leases_authority import Holding, LedgerAuthority, encode_recalls
from deployments.limits import Limits
from deployments.link import Link
from deployments.logs import configure
from deployments.messages import Report, encode
from deployments.rates_remote import open_authority
from deployments.replica import Replica
from deployments.responses_state import ResponsesState
from deployments.responses_store import ResponseStore
from deployments.server import Server
from deployments.settings import Settings, secret_key
from deployments.telemetry import Snapshot
from deployments.upkeep import Upkeep
from deployments.version import VERSION
from storage.crypto import SecretBox, load_master_key
from storage.database import open_engine, session_factory
from storage.journal import JournalDrainer, JournalWriter
from storage.pricing import library

TABLE_WAIT_S = 60.0
ROUTER_AWAY_S = 10.0
ROUTER_NEAR_S = 5.0
STAND_IN_S = 1.0
STAND_IN_AFTER_S = 3.0
"""The journal of a node is nobody's for a moment when its settler is replaced."""


class Ingress:
    """One data plane replica.

    `router` and the others are Serve handles; `others` are held so that Serve deploys them.
    """

    async def __init__(  # type: ignore[misc]  # Serve awaits it
        self,
        args: dict[str, Any],
        router: Any,  # noqa: ANN401  # Serve's handles ship no types
        *others: Any,  # noqa: ANN401  # as router
    ) -> None:
        self._settings = settings = Settings.model_validate(args)
        self._others = others
        self._router = router
        name = f"ingress-{nodes.tag(settings.data_dir)}-{uuid.uuid4().hex[:8]}"
        self._engine = open_engine(settings.database)
        self._sessions = session_factory(self._engine)
        self._telling: set[asyncio.Task[None]] = set()
        self._node, self._started_at = platform.node(), time.time()
        master_key = load_master_key(settings.data_dir, secret_key())
        self._replica = replica = Replica(
            settings,
            master_key,
            partial(load, self._sessions),
            name=name,
            rates=open_authority(settings.redis_url, settings.rates.timeout_s, self._ask_rates),
            leases=LedgerAuthority(self._sessions, ttl_s=int(settings.quota.lease_ttl_s), tell=self._tell),
        )
        replica.log = configure(settings.log_level)
        self._journal = JournalWriter(settings.data_dir / "journal", name, max_bytes=settings.sizes.journal)
        self._upkeep = Upkeep(settings, self._sessions, replica.telemetry)
        self._drainer = JournalDrainer(settings.data_dir / "journal", self._upkeep.insert)
        booking = Booking(replica, self._journal)
        self._plane = DataPlane(replica, booking, self.scrape)
        self._idempotency = self._plane.idempotency = Idempotency(
            replica, booking, self._sessions, SecretBox(master_key), settings.idempotency
        )
        store = ResponseStore(self._sessions, SecretBox(master_key), settings.responses, replica.telemetry.count)
        replica.responses = self._responses = ResponsesState(replica, store, settings.responses)
        replica.capture_store = CaptureStore(self._sessions, SecretBox(master_key), replica.telemetry.count)
        self._server = server = Server(self._plane.handle, limits(settings), shape.unreadable)
        gauges = replica.telemetry.gauges
        gauges["gateway_open_requests"] = lambda: server.open_requests
        gauges["gateway_active_streams"] = lambda: server.open_streams - replica.relayed.streams
        gauges["gateway_route_table_version"] = lambda: replica.table.version
        gauges["gateway_keys_cached"] = lambda: len(replica.keys)
        gauges["gateway_idempotent_running"] = lambda: self._idempotency.running
        gauges["gateway_rate_authority_up"] = lambda: replica.rates.up
        gauges["gateway_lease_authority_up"] = lambda: replica.leases.up
        gauges["gateway_lease_recalls"] = lambda: replica.leases.keeper.recalls
        gauges["gateway_leases_held"] = lambda: replica.leases.held
        gauges["gateway_leases_unspent_nanousd"] = lambda: replica.leases.unspent
        self._serving = False
        self._link = Link(self._call, self._report, replica.apply)
        replica.router_near = lambda: self._link.silent_s < ROUTER_NEAR_S
        self._link.start()
        await asyncio.wait_for(replica.has_table.wait(), TABLE_WAIT_S)
        await asyncio.to_thread(tokenizer.load)
        await asyncio.to_thread(library.warm_up)  # half a second once, not in the first request with a dated model name
        await asyncio.to_thread(ports.check, settings.host, settings.port)
        # What has been imported lives as long as the process: the collector need not walk it in the middle of requests.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 100)
        await self._idempotency.listen(nodes.internal_host(settings), limits(settings))
        await server.listen(settings.host, settings.port, shared=True)
        self._serving = True
        self._announcement = replica.loop.create_task(self._announce())
        self._standby = replica.loop.create_task(self._stand_in())

    async def check_health(self) -> None:
        """Raises when this replica does not serve any more, so that Serve replaces it."""
        parts = {
            "server": self._server.listening,
            "deadlines": self._replica.watch.alive,
            "router link": self._link.alive,
            "idempotency": self._idempotency.alive,
            "responses": self._responses.alive,
            "captures": self._replica.capture_store is None or self._replica.capture_store.alive,
        }
        broken = [part for part, alive in parts.items() if not alive]
        if broken:
            raise RuntimeError(f"not running: {', '.join(broken)}")

    def record_autoscaling_stats(self) -> dict[str, float]:
        """What deployments/autoscaling.py decides on."""
        return {"gateway_open_requests": float(self._server.open_requests)}

    async def scrape(self) -> bytes:
        """Metrics of all replicas from the Router; of this one alone when it is away."""
        try:
            return bytes(await asyncio.wait_for(self._router.scrape.remote(), 2.0))
        except Exception:  # noqa: BLE001  # a call to the Router may fail in any way Ray knows
            own = metrics.merge([self._replica.telemetry.snapshot()], Snapshot({}, {}, {}), {"gateway_router_up": 0.0})
            return metrics.render(own)

    async def __del__(self) -> None:
        server = getattr(self, "_server", None)
        if server is None:
            return
        self._plane.draining = True
        cut = await server.drain(self._settings.timeouts.drain_s)
        if cut:
            self._replica.log.warning(
                "%d requests did not finish within %s s and were cut", cut, self._settings.timeouts.drain_s
            )
        await self._idempotency.close()  # before the journal: what ends only now is booked
        await self._replica.give_back()
        await self._link.close()
        self._journal.close()
        if hasattr(self, "_standby"):
            self._standby.cancel()
        try:  # the Router may already be gone, with the last records of this replica still in the journal
            await asyncio.wait_for(self._drainer.drain_once(), 2.0)
        except Exception as error:  # noqa: BLE001  # stopping goes on, whatever the database says
            self._replica.log.info("the next start moves the last usage records: %s", error)
        self._drainer.close()
        await self._replica.close()
        await self._engine.dispose()

    async def _call(self, report: bytes) -> bytes:
        return bytes(await self._router.sync.remote(report))

    async def _announce(self) -> None:
        """Say at once that this replica listens: the poll that is under way has said that it starts."""
        try:  # what the answer holds comes with the next poll again
            await asyncio.wait_for(self._call(encode(self._report())), 2.0)
        except Exception as error:  # noqa: BLE001  # a call to the Router may fail in any way Ray knows
            self._replica.log.debug("the Router learns with the next poll that this replica listens: %s", error)

    async def _ask_rates(self, asks: bytes) -> bytes:
        return bytes(await self._router.rates.remote(asks))

    def _tell(self, holdings: list[Holding]) -> None:
        """Have the Router tell the replicas that hold what is wanted; their renewals tell them without it, later."""
        task = self._replica.loop.create_task(self._recall(encode_recalls(holdings)))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _recall(self, recall: bytes) -> None:
        try:
            await self._router.recall.remote(recall)
        except Exception as error:  # noqa: BLE001  # a call to the Router may fail in any way Ray knows
            self._replica.log.debug("the Router did not pass on a recall: %s", error)

    def _report(self) -> Report:
        replica = self._replica
        return Report(
            replica=replica.name,
            kind="ingress" if self._serving else "ingress:starting",
            pid=os.getpid(),
            table_version=replica.table.version if replica.ready else -1,
            live_seq=replica.live_seq,
            key_seq=replica.key_seq,
            open_requests=self._server.open_requests - replica.relayed.requests,
            snapshot=replica.telemetry.snapshot(),
            suspects=replica.suspects.take(),
            node=self._node,
            version=VERSION,
            started_at=self._started_at,
            resting=sorted(replica.resting),
        )

    async def _stand_in(self) -> None:
        """Drain the journal of this node and keep its ledger where no Router does: it is away, or on another node."""
        loop = asyncio.get_running_loop()
        upkeep_at = loop.time() + ROUTER_AWAY_S
        free_since = 0.0
        while True:
            await asyncio.sleep(STAND_IN_S)
            try:
                if not self._drainer.take():
                    free_since = 0.0
                    continue
                free_since = free_since or loop.time()
                if loop.time() - free_since < STAND_IN_AFTER_S:
                    continue
                while await self._drainer.drain_once():
                    pass
                if loop.time() >= upkeep_at and self._drainer.working:
                    upkeep_at = loop.time() + ROUTER_AWAY_S
                    await self._upkeep.reclaim()
            except Exception as error:  # noqa: BLE001  # any database error: the records wait
                self._replica.log.warning("usage records wait in the journal: %s", error)
            finally:
                self._drainer.close()  # the settler of this node takes over as soon as there is one


def limits(settings: Settings) -> Limits:
    """The server's bounds from the settings."""
    return Limits(
        max_body_bytes=settings.sizes.body,
        max_buffered_bytes=settings.sizes.buffered,
        idle_timeout_s=settings.timeouts.client_idle_s,
        read_timeout_s=settings.timeouts.client_read_s,
        write_timeout_s=settings.timeouts.client_write_s,
        read_rate=settings.sizes.read_rate,
    )
