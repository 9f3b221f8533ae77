"""The Router: a brain, not a hop.

Compiles the route table, tells every replica what changed, sums their counters, has the journal of its node settled.

The data plane goes on without it; a new Router learns everything from the database and from the next polls.
"""

import asyncio
import logging
import os
import time
from collections import deque
from pathlib import Path
from typing import Any

import msgspec

from deployments import compiler, metrics, overview, rates_remote, table
from deployments.leases_authority import Recalls
from deployments.messages import Live, Pool, Report, Update, decode_report, encode
from deployments.retries import Retries
from deployments.settings import Settings, trusted_proxies
from deployments.settling import Settling
from deployments.suspects import Suspect
from deployments.telemetry import Snapshot, Telemetry
from deployments.upkeep import Upkeep, rest
from storage.database import open_engine, session_factory
from storage.rates.memory import MemoryCore
from storage.repositories import keys

GONE_AFTER_S = 12.0
"""A replica that has not polled for this long is taken for dead."""

STOP_S = 5.0
"""What is under way in the database gets this long to end when the Router stops."""

MAX_SUSPECTS = 500
"""Failures of channels that wait for an Admin."""

FRESH_S = 0.25
ASK_S = 0.25
"""A look at what runs has replicas with older reports report anew, and waits so long for them."""

GATHER_S = 5.0
"""So long after its start a Router has heard of everything that runs."""


class Router:
    """One instance per application.

    Serve calls `__init__`, `check_health` and `__del__`; replicas call `sync`, the Admin the rest.
    """

    async def __init__(self, args: dict[str, Any]) -> None:  # type: ignore[misc]  # Serve awaits it
        self._settings = settings = Settings.model_validate(args)
        self._log = logging.getLogger("gateway")
        self._id = f"{os.getpid()}-{time.time_ns()}"
        self._started_at = time.monotonic()
        self._engine = open_engine(settings.database)
        self._sessions = session_factory(self._engine)
        self._table: table.TableData | None = None
        self._before: compiler.Before = {}
        self._blob = b""
        self._key_seq = -1
        self._live = Live()
        self._live_seq = self._first_live_seq = time.time_ns() // 1_000_000
        self._gathered_at = time.monotonic() + GATHER_S
        self._members: dict[str, tuple[Report, float]] = {}
        self._gone = self._load_gone()
        self._suspects: deque[Suspect] = deque(maxlen=MAX_SUSPECTS)
        self._changed = asyncio.Event()
        self._reported = asyncio.Event()
        self._asked_at = 0.0
        self._refreshing = asyncio.Lock()
        self._telemetry = Telemetry()
        self._upkeep = Upkeep(settings, self._sessions, self._telemetry)
        self._settling = Settling(settings, self._telemetry)
        self._rates = MemoryCore()
        self._recalls = Recalls()
        self._retries = Retries()
        loop = asyncio.get_running_loop()
        await self._refresh_patiently()
        self._stop = asyncio.Event()
        self._tasks = [
            loop.create_task(self._watch()),
            loop.create_task(self._settling.run(self._stop)),
            loop.create_task(self._upkeep.run(self._stop)),
        ]

    async def check_health(self) -> None:
        """Raises when a background task has died, so that Serve restarts this replica."""
        for task in self._tasks:
            if task.done():
                raise RuntimeError("a background task of the Router has ended")

    async def __del__(self) -> None:
        if not hasattr(self, "_tasks"):
            return
        self._stop.set()
        # The last ingress replica settles what comes after this.
        _, late = await asyncio.wait(self._tasks, timeout=STOP_S)
        for task in late:
            task.cancel()
        await self._engine.dispose()

    async def sync(self, data: bytes) -> bytes:
        """A replica's poll: its Report in, the news for it out; waits up to `wait_s` when there are none."""
        report = decode_report(data)
        now = time.monotonic()
        if report.leaving:
            self._retire(report)
            return encode(Update(router=self._id))
        if report.suspects:
            self._suspects.extend(report.suspects)
            self._wake()
        fresh = report.replica not in self._members
        self._members[report.replica] = (report, now)
        reported, self._reported = self._reported, asyncio.Event()
        reported.set()
        if fresh or report.url:
            self._place()
        deadline = now + report.wait_s
        while (update := await self._news(report)) is None:
            changed = self._changed
            left = deadline - time.monotonic()
            if left <= 0 or now < self._asked_at:
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
            data = await compiler.compile_table(
                session, self._settings.timeouts, known, trusted_proxies(self._settings), self._before
            )
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

    async def retry(self, channel_ids: list[int]) -> int:
        """Have every ingress forget the failures of these channels; how many replicas are told."""
        self._sweep()
        told = [report.replica for report in self._of_kind("ingress")]
        self._retries.add(channel_ids, told)
        self._wake()
        return len(told)

    async def scrape(self) -> bytes:
        """Prometheus text over all replicas."""
        self._sweep()
        records, size = self._settling.depth()
        extra = {
            "gateway_router_up": 1.0,
            "gateway_replicas": float(len(self._of_kind("ingress"))),
            "gateway_journal_depth_records": float(records),
            "gateway_journal_depth_bytes": float(size),
            "gateway_journal_lag_seconds": self._settling.report.lag_s,
            "gateway_settler_hurried": float(self._settling.report.hurried),
            "gateway_route_table_version_newest": float(self._table.version if self._table else -1),
        }
        live = [report.snapshot for report, _ in self._members.values() if report.snapshot is not None]
        live.append(self._telemetry.snapshot())
        return metrics.render(metrics.merge(live, self._gone, extra))

    async def status(self) -> dict[str, Any]:
        """The Router's view for `gateway status` and the console, from reports that are no older than `FRESH_S`."""
        self._sweep()
        await self._ask()
        records, size = self._settling.depth()
        now = time.monotonic()
        seen = list(self._members.values())
        return {
            "table_version": self._table.version if self._table else None,
            "channels": len(self._table.channels) if self._table else 0,
            "journal": {"records": records, "bytes": size, "lag_s": self._settling.report.lag_s},
            "replicas": overview.replicas(seen, now, time.time()),
            "traffic": overview.traffic(seen, self._gone),
            "resting": overview.resting(seen),
            "leases": overview.leases(seen),
            "uptime_s": round(now - self._started_at, 1),
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
        update.retries = self._retries.fetch(report.replica)
        if report.kind == "admin" and self._suspects:
            update.suspects = list(self._suspects)
            self._suspects.clear()
        something = something or bool(update.recalls or update.suspects or update.retries)
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

    async def _ask(self) -> None:
        """Have those report anew whose last report is old: they answer at once, or they are not waited for."""
        self._asked_at = time.monotonic() - FRESH_S
        self._wake()
        deadline = time.monotonic() + ASK_S
        while any(at < self._asked_at for _, at in self._members.values()):
            try:
                await asyncio.wait_for(self._reported.wait(), deadline - time.monotonic())
            except TimeoutError:
                return

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
        self._retries.forget(report.replica)
        snapshot = report.snapshot or (known[0].snapshot if known else None)
        if known is not None and snapshot is not None:
            metrics.fold(self._gone, snapshot)
            self._save_gone()
        self._place()

    def _of_kind(self, kind: str) -> list[Report]:
        return [report for report, _ in self._members.values() if report.kind == kind]

    async def _watch(self) -> None:
        while not await rest(self._stop, self._settings.router_poll_s):
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
