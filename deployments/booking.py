"""Booking a finished request: price it, append it to the journal, count it.

Synchronous, a few microseconds, called before the answer ends.
"""

from adapters.errors import GatewayFault
from deployments.exchange import Exchange
from deployments.replica import Replica
from storage.journal import JournalFull, JournalWriter
from storage.prices import PriceEntry, cost

_MAX_PRICES = 10_000


class Booking:
    """The Ledger of the pipeline."""

    def __init__(self, replica: Replica, journal: JournalWriter) -> None:
        self._replica = replica
        self._journal = journal
        self._prices: dict[tuple[str, str], PriceEntry | None] = {}
        replica.on_table.append(self._prices.clear)

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
        usage = exchange.usage
        amount = 0
        price_id = 0
        if usage.source != "none":
            price = self._price(exchange.provider, exchange.upstream_model)
            if price is not None:
                price_id = price.id
                amount = cost(price, usage.input, usage.cached, usage.cache_write, usage.output)
        record = exchange.record(amount, price_id, self._replica.name)
        try:
            self._journal.append(record)
        except (JournalFull, OSError, ValueError) as error:
            self._replica.log.error(  # noqa: TRY400  # a full disk would write a traceback for each request
                "usage of %s could not be recorded: %s", record.request_id, error
            )
            self._replica.telemetry.count("gateway_records_lost_total", ())
        self._replica.telemetry.request(record, record.model if self._replica.table.knows(record.model) else "other")

    def _price(self, provider: str, model: str) -> PriceEntry | None:
        try:
            return self._prices[provider, model]
        except KeyError:
            pass
        price = self._replica.prices.find(provider, model)
        if len(self._prices) < _MAX_PRICES:
            self._prices[provider, model] = price
        return price
