"""Booking a finished request: price it, append it to the journal, count it.

Synchronous, a few microseconds, called before the answer ends.
"""

from adapters.errors import GatewayFault
from deployments.exchange import Exchange
from deployments.pricing import tariff_for
from deployments.replica import Replica
from storage.journal import JournalFull, JournalWriter
from storage.pricing import ONE, Charge, Tariff, rate

_NO_CHARGE = Charge(0, 0, "")


class Booking:
    """The Ledger of the pipeline."""

    def __init__(self, replica: Replica, journal: JournalWriter) -> None:
        self._replica = replica
        self._journal = journal

    def ensure_room(self) -> None:
        """See pipeline.Ledger."""
        try:
            self._journal.ensure_room()
        except (JournalFull, OSError):
            raise GatewayFault(
                503, "Usage cannot be recorded at the moment; retry.", code="journal_full", retry_after="5"
            ) from None

    def settle(self, exchange: Exchange) -> None:
        """See pipeline.Ledger."""
        if exchange.settled:  # the client left while an answer that is booked was being finished
            return
        exchange.settled = True
        tariff = self.tariff(exchange) if exchange.usage.source != "none" else None
        charge = _NO_CHARGE if tariff is None else self._charge(exchange, tariff)
        record = exchange.record(charge.amount, 0 if tariff is None else tariff.id, self._replica.name)
        record.provider_cost = charge.provider_amount
        record.price_detail = charge.detail
        try:
            self._journal.append(record)
        except (JournalFull, OSError, ValueError) as error:
            self._replica.log.error(  # noqa: TRY400  # a full disk would write a traceback for each request
                "usage of %s could not be recorded: %s", record.request_id, error
            )
            self._replica.telemetry.count("gateway_records_lost_total", ())
        self._replica.telemetry.request(record, record.model if self._replica.table.knows(record.model) else "other")

    def tariff(self, exchange: Exchange) -> Tariff | None:
        """The price of the model at the channel when the request began; None: it has none, and is not free either."""
        at = exchange.started_at // 1_000_000
        channel = self._replica.table.channels.get(exchange.channel_id)
        if channel is None:  # removed while the request was on its way
            return self._replica.prices.find(exchange.provider, exchange.upstream_model, at)
        return tariff_for(self._replica.prices, channel, exchange.upstream_model, at)

    def _charge(self, exchange: Exchange, tariff: Tariff) -> Charge:
        channel = self._replica.table.channels.get(exchange.channel_id)
        return rate(
            tariff,
            exchange.usage,
            channel_ratio=ONE if channel is None else channel.price_ratio,
            at=exchange.started_at // 1_000_000,
        )
