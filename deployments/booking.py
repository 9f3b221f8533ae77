"""Booking a finished request: price it, append it to the journal, settle what was granted for it, count it.

Synchronous, a few microseconds, called before the answer ends.
"""

from typing import Protocol

from adapters.errors import GatewayFault
from deployments.exchange import Exchange
from deployments.replica import Replica
from storage.journal import JournalFull, JournalWriter
from storage.pricing import Charge, rate

_NO_CHARGE = Charge(0, 0, "")


class Ledger(Protocol):
    """Where a finished request is booked."""

    def ensure_room(self) -> None:
        """Raises GatewayFault (503) when a new request could not be recorded."""

    def settle(self, exchange: Exchange) -> None:
        """Price the exchange and append its record; does not wait."""


class Booking:
    """The Ledger of a replica, which writes to its journal."""

    def __init__(self, replica: Replica, journal: JournalWriter) -> None:
        self._replica = replica
        self._journal = journal

    def ensure_room(self) -> None:
        """See Ledger."""
        try:
            self._journal.ensure_room()
        except (JournalFull, OSError):
            raise GatewayFault(
                503, "Usage cannot be recorded at the moment; retry.", code="journal_full", retry_after="5"
            ) from None

    def settle(self, exchange: Exchange) -> None:
        """See Ledger."""
        if exchange.settled:  # the client left while an answer that is booked was being finished
            return
        exchange.settled = True
        exchange.usage = exchange.usage.billed()
        charge = _NO_CHARGE
        tariff = exchange.tariff
        if tariff is not None and exchange.usage.source != "none":
            charge = rate(
                tariff,
                exchange.usage,
                group_ratio=exchange.group_ratio,
                channel_ratio=exchange.channel_ratio,
                at=exchange.started_at // 1_000_000,
            )
        record = exchange.record(charge, self._replica.name)
        try:
            self._journal.append(record)
        except (JournalFull, OSError, ValueError) as error:
            self._replica.log.error(  # noqa: TRY400  # a full disk would write a traceback for each request
                "usage of %s could not be recorded: %s", record.request_id, error
            )
            self._replica.telemetry.count("gateway_records_lost_total", ())
        # What the lease is relieved of is what the record will take from the account, never less.
        if exchange.reservation is not None:
            exchange.reservation.settle(charge.amount)
        self._replica.telemetry.request(record, record.model if self._replica.table.knows(record.model) else "other")
