"""The Router: a brain, not a hop.

Compiles the route table, tells every replica what changed, sums their counters, drains the journal of its node.

The data plane goes on without it; a new Router learns everything from the database and from the next polls.
"""

import asyncio
import logging
import os
import time
from pathlib import Path
from typing import Any

import msgspec

from deployments import compiler, metrics, nodes, rates_remote, table
from deployments.leases_authority import Recalls
from deployments.messages import Live, Pool, Report, Update, decode_report, encode
from deployments.settings import Settings
from deployments.telemetry import Snapshot, Telemetry
from deployments.upkeep import Upkeep
from storage.database import open_engine, session_factory
from storage.journal import JournalDrainer
from storage.rates.memory import MemoryCore
from storage.repositories import keys

GONE_AFTER_S = 12.0
"""A replica that has not polled for this long is taken for dead."""

GATHER_S = 5.0
"""So long after its start a Router has heard of everything that runs."""


class Router:
    """One instance per application.

    Serve calls `__init__`, `check_health` and `__del__`; replicas call `sync`, the Admin the rest.
    """

    async def __init__(self, args: dict[str, Any]) -> None:  # type: ignore[misc]  # Serve awaits it
        nodes.step_back()  # what it does can wait a moment; the data plane's requests cannot
        self._settings = settings = Settings.model_validate(args)
        self._log = logging.getLogger("gateway")
        self._id = f"{os.getpid()}-{time.time_ns()}"
        self._engine = open_engine(settings.database)
        self._sessions = session_factory(self._engine)
        self._table: table.TableData | None = None
        self._blob = b""
        self._key_seq = -1
        self._live = Live()
        self._live_seq = self._first_live_seq = time.time_ns() // 1_000_000
        self._gathered_at = time.monotonic() + GATHER_S
        self._members: dict[str, tuple[Report, float]] = {}
        self._gone = self._load_gone()
        self._changed = asyncio.Event()
        self._refreshing = asyncio.Lock()
        self._telemetry = Telemetry()
        self._upkeep = Upkeep(settings, self._sessions, self._telemetry)
        self._drainer = JournalDrainer(settings.data_dir / "journal", self._upkeep.insert)
        self._rates = MemoryCore()
        self._recalls = Recalls()
        loop = asyncio.get_running_loop()
        await self._refresh_patiently()
        self._stop = asyncio.Event()
        self._tasks = [
            loop.create_task(self._watch()),
            loop.create_task(self._drainer.run(self._stop)),
            loop.create_task(self._upkeep.run()),
        ]

    async def check_health(self) -> None:
        """Raises when a background task has died, so that Serve restarts this replica."""
        for task in self._tasks:
            if task.done():
                raise RuntimeError("a background task of the Router has ended")

    async def __del__(self) -> None:
        if not hasattr(self, "_tasks"):
            return
        watching, draining, keeping = self._tasks
        watching.cancel()
        keeping.cancel()
        self._stop.set()
        await asyncio.wait([draining], timeout=5.0)
        draining.cancel()
        self._drainer.close()  # the last ingress replica moves what comes after this
        await self._engine.dispose()

    async def sync(self, data: bytes) -> bytes:
        """A replica's poll: its Report in, the news for it out; waits up to `wait_s` when there are none."""
        report = decode_report(data)
        now = time.monotonic()
        if report.leaving:
            self._retire(report)
            return encode(Update(router=self._id))
        fresh = report.replica not in self._members
        self._members[report.replica] = (report, now)
        if fresh or report.url:
            self._place()
        deadline = now + report.wait_s
        while (update := await self._news(report)) is None:
            changed = self._changed
            left = deadline - time.monotonic()
            if left <= 0:
                return encode(Update(router=self._id, key_seq=self._key_seq))
            try:
                await asyncio.wait_for(changed.wait(), left)
            except TimeoutError:
                continue
        return encode(update)

    async def refresh(self) -> None:
        """Something changed in the database: look now and tell everybody."""
        async with self._refreshing, self._sessions() as session:
            known = self._table.version if self._table is not None else None
            data = await compiler.compile_table(session, self._settings.timeouts, known)
            seq = await keys.latest_change(session)
        if data is not None:
            self._table, self._blob = data, table.encode(data)
            self._wake()
        if seq != self._key_seq:
            self._key_seq = seq
            self._wake()

    async def rates(self, data: bytes) -> bytes:
        """The authority of rate limits where there is no Redis; see rates_remote."""
        return rates_remote.answer(self._rates, data)

    async def recall(self, data: bytes) -> None:
        """Pass on that replicas should give back what they do not need of some accounts."""
        if self._recalls.add(data, self._members):
            self._wake()

    async def scrape(self) -> bytes:
        """Prometheus text over all replicas."""
        self._sweep()
        records, size = self._drainer.depth()
        extra = {
            "gateway_router_up": 1.0,
            "gateway_replicas": float(len(self._of_kind("ingress"))),
            "gateway_journal_depth_records": float(records),
            "gateway_journal_depth_bytes": float(size),
            "gateway_route_table_version_newest": float(self._table.version if self._table else -1),
        }
        live = [report.snapshot for report, _ in self._members.values() if report.snapshot is not None]
        live.append(self._telemetry.snapshot())
        return metrics.render(metrics.merge(live, self._gone, extra))

    async def status(self) -> dict[str, Any]:
        """The Router's view for `gateway status` and the console."""
        self._sweep()
        records, size = self._drainer.depth()
        now = time.monotonic()
        return {
            "table_version": self._table.version if self._table else None,
            "channels": len(self._table.channels) if self._table else 0,
            "journal": {"records": records, "bytes": size},
            "replicas": [
                {
                    "replica": report.replica,
                    "kind": report.kind,
                    "pid": report.pid,
                    "table_version": report.table_version,
                    "open_requests": report.open_requests,
                    "seen_seconds_ago": round(now - at, 1),
                }
                for report, at in sorted(self._members.values(), key=lambda item: (item[0].kind, item[0].replica))
            ],
        }

    async def _news(self, report: Report) -> Update | None:
        update = Update(router=self._id, key_seq=self._key_seq)
        something = False
        if self._table is not None and report.table_version != self._table.version:
            update.table = self._blob
            something = True
        if report.live_seq != self._live_seq and not self._gathering(report):
            update.live, update.live_seq = self._live, self._live_seq
            something = True
        update.recalls = self._recalls.fetch(report.replica)
        something = something or bool(update.recalls)
        if report.kind in ("ingress", "ingress:starting") and report.key_seq != self._key_seq:
            something = True
            if report.key_seq < 0:
                update.flush_keys = True  # a new replica: it remembers nothing yet
            else:
                try:
                    async with self._sessions() as session:
                        update.key_seq, update.changed_keys = await keys.changes_since(session, report.key_seq)
                except keys.ChangesLostError as lost:
                    update.key_seq, update.flush_keys = lost.seq, True
        return update if something else None

    def _gathering(self, report: Report) -> bool:
        """Whether the replica knows from the Router before this one where things run, and this one may not yet."""
        return 0 <= report.live_seq < self._first_live_seq and time.monotonic() < self._gathered_at

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _place(self) -> None:
        """Where admin and adapter pools are, from what the replicas report."""
        admin = [report.url for report, _ in self._members.values() if report.kind == "admin"]
        pools: dict[str, list[str]] = {}
        for report, _ in self._members.values():
            if report.kind.startswith("adapter:"):
                pools.setdefault(report.kind.removeprefix("adapter:"), []).append(report.url)
        live = Live(
            admin[-1] if admin else "",
            tuple(Pool(family, tuple(sorted(urls))) for family, urls in sorted(pools.items())),
        )
        if live != self._live:
            self._live = live
            self._live_seq += 1
            self._wake()

    def _sweep(self) -> None:
        limit = time.monotonic() - GONE_AFTER_S
        for report, at in list(self._members.values()):
            if at < limit:
                self._retire(report)

    def _retire(self, report: Report) -> None:
        known = self._members.pop(report.replica, None)
        self._recalls.forget(report.replica)
        snapshot = report.snapshot or (known[0].snapshot if known else None)
        if known is not None and snapshot is not None:
            metrics.fold(self._gone, snapshot)
            self._save_gone()
        self._place()

    def _of_kind(self, kind: str) -> list[Report]:
        return [report for report, _ in self._members.values() if report.kind == kind]

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._settings.router_poll_s)
            self._sweep()
            try:
                await self.refresh()
            except Exception as error:  # noqa: BLE001  # any database error: the old table goes on
                self._log.warning(
                    "the database cannot be read, going on with table %s: %s",
                    self._table and self._table.version,
                    error,
                )

    async def _refresh_patiently(self) -> None:
        while True:
            try:
                await self.refresh()
                return
            except Exception as error:  # noqa: BLE001  # any database error: it may still be starting
                self._log.warning("waiting for the database: %s", error)
                await asyncio.sleep(1.0)

    @property
    def _gone_file(self) -> Path:
        return self._settings.data_dir / "counters.msgpack"

    def _load_gone(self) -> Snapshot:
        try:
            return msgspec.msgpack.decode(self._gone_file.read_bytes(), type=Snapshot)
        except (OSError, msgspec.MsgspecError):
            return Snapshot({}, {}, {})

    def _save_gone(self) -> None:
        draft = self._gone_file.with_suffix(".new")
        try:
            draft.write_bytes(msgspec.msgpack.encode(self._gone))
            draft.replace(self._gone_file)
        except OSError as error:
            self._log.warning("the counters of stopped replicas could not be kept: %s", error)
