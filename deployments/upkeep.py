"""Regular work on the ledger and the usage tables: settling what the journal brings, leases of the dead, alerts.

Also retention. Done by the Router, and by an ingress replica where no Router drains the journal of its node. Every
piece of it may be interrupted and repeated at any point, by any number of processes.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from deployments.nodes import tag
from deployments.settings import Settings
from deployments.telemetry import Telemetry
from storage import ledger
from storage.events import budgets as events
from storage.journal import segments
from storage.ledger.alerts import Alert, due_alerts
from storage.records import UsageRecord
from storage.retention import Retention, maintain

LEDGER_S = 5.0
TABLES_S = 300.0


class Upkeep:
    """Work on one database and on one node's journal."""

    def __init__(
        self, settings: Settings, sessions: async_sessionmaker[AsyncSession], telemetry: Telemetry | None = None
    ) -> None:
        self._settings = settings
        self._sessions = sessions
        self._directory = settings.data_dir / "journal"
        self._node = tag(settings.data_dir)
        self._telemetry = telemetry or Telemetry()
        self._log = logging.getLogger("gateway")

    async def insert(self, records: Sequence[UsageRecord]) -> None:
        """The journal's insert: settle a batch, once."""
        settled = await ledger.transact(self._sessions, lambda session: ledger.settle(session, records))
        for account_id in settled.overdrawn:
            self._log.warning("account %d is below zero: a provider counted more than was reserved", account_id)
        if settled.overdrawn:
            self._telemetry.count("gateway_accounts_overdrawn_total", (), len(settled.overdrawn))
        if settled.unknown:
            self._log.error("usage names accounts that do not exist: %s", settled.unknown[:10])

    async def run(self, stop: asyncio.Event) -> None:
        """All of it until `stop` is set; what a database error stops is tried again next time."""
        tables_at = 0.0
        while True:
            try:
                if time.monotonic() >= tables_at:
                    await self.tables()
                    tables_at = time.monotonic() + TABLES_S
                await self.reclaim()
                await self.alert()
            except Exception as error:  # noqa: BLE001  # any database error: nothing of this is urgent
                self._log.warning("the upkeep of the ledger waits for the database: %s", error)
            if await rest(stop, LEDGER_S):
                return

    async def tables(self) -> None:
        """Partitions ahead of time, and what has expired."""
        kept = self._settings.retention
        await maintain(self._sessions, Retention(usage_days=kept.usage_days, rollup_days=kept.rollup_days), time.time())

    async def reclaim(self) -> None:
        """Give back what expired leases of dead replicas still hold."""
        now = int(time.time())
        async with self._sessions() as session:
            expired = await ledger.expired_replicas(session, now)
        if not expired:
            return
        closed = [replica for replica in expired if self._is_closed(replica)]
        grace = int(self._settings.quota.reclaim_grace_s)
        found = await ledger.transact(
            self._sessions, lambda session: ledger.reclaim(session, now, grace_s=grace, closed=closed)
        )
        for lease in found:
            self._log.info(
                "the lease of %s on account %d has expired: %d nano-USD go back",
                lease.replica,
                lease.account_id,
                lease.released,
            )

    async def alert(self) -> None:
        """Budgets that crossed one of their percentages."""

        async def tell(session: AsyncSession) -> None:
            now = int(time.time())
            for alert in await due_alerts(session, now):
                self._told(alert)  # before the commit: one that is told twice is better than one that is lost
                await events.tell(session, alert, now)

        await ledger.transact(self._sessions, tell)

    def _told(self, alert: Alert) -> None:
        self._log.warning(
            "budget %d (%s of %s %d): %d %% is spent, %d of %d nano-USD",
            alert.budget_id,
            alert.period,
            alert.scope,
            alert.scope_id,
            alert.percent,
            alert.spent,
            alert.amount,
        )
        self._telemetry.count("gateway_budget_alerts_total", (alert.scope, str(alert.percent)))

    def _is_closed(self, replica: str) -> bool:
        """Whether a replica of this node is dead and its journal drained: a live one always has a segment."""
        return f"-{self._node}-" in replica and not _segments_of(self._directory, replica)


async def rest(stop: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until `stop` is set; whether it is."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _segments_of(directory: Path, replica: str) -> bool:
    return any(path.name.startswith(f"{replica}.") for path in segments.list_segments(directory))
