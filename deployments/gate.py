"""What has to be granted before a request goes to a provider: rate limits, a price, and money for its worst case.

In the steady state nothing is awaited: limits and leases are in hand (rates.py, leases.py). What was granted hangs on
the exchange and is settled when the request is over. Must not know protocols or providers.
"""

from adapters.errors import ClientError, UpstreamError
from adapters.protocols.chat.request import Head
from deployments.bounds import Bound, Bounds
from deployments.exchange import Exchange
from deployments.pricing import tariff_for
from deployments.rates import Admission
from deployments.rates_answers import RateLimited
from deployments.rates_rules import Subject
from deployments.replica import Replica
from deployments.table import Target
from storage.pricing import Tariff, affordable_output, worst_case

LEAST_OUTPUT = 16
"""A request is not sent to a provider for fewer output tokens than this."""


class NotUsable(UpstreamError):  # noqa: N818  # a reason to take another channel, not the channel's failure
    """This channel cannot take the request now; another one may. Counts against no breaker."""


class Gate:
    """One per replica. `enter` once for a request, `attempt` for each channel, `leave` at the end."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._bounds = Bounds(replica.settings.quota)
        self._least = replica.settings.quota.min_output_tokens

    async def enter(self, exchange: Exchange, head: Head) -> None:
        """The limits of key, user, group and model. Raises RateLimited (429) or GatewayFault (503)."""
        key = exchange.key
        subject = Subject(key.id, key.user_id, key.group, head.model)
        exchange.admission = await self._admit(subject, self._bounds.likely(head))

    async def attempt(self, exchange: Exchange, head: Head, target: Target) -> int | None:
        """Everything that one channel needs; returns the output tokens the request is cut to, None: it is not.

        Raises NotUsable when another channel may be tried, ClientError (402: it cannot be paid for).
        """
        channel = target.channel
        table = self._replica.table
        exchange.tariff = tariff = tariff_for(
            self._replica.prices, channel, target.upstream_model, exchange.started_at // 1_000_000
        )
        if tariff is None:
            raise NotUsable(
                403,
                f"The model '{head.model}' has no price here, so it is not served. An administrator can set one.",
                klass="model_not_priced",
            )
        if self._replica.rates.by_channel:
            await self._channel_limits(exchange, head, channel.id)
        key = exchange.key
        exchange.group_ratio = table.ratios.of(key.user_group, key.group)
        exchange.channel_ratio = channel.price_ratio
        if not key.purses and not key.cost_cap:
            return None
        return await self._afford(exchange, self._bounds.of(head), tariff)

    async def _afford(self, exchange: Exchange, bound: Bound, tariff: Tariff) -> int | None:
        """Reserve the worst case, or what there is of it where the client named no maximum."""
        key = exchange.key
        terms = _Terms(tariff, exchange, bound)
        output = bound.output
        cut: int | None = None
        if key.cost_cap and (most := terms.affordable(key.cost_cap)) < output:
            if most < self._least:
                raise ClientError(
                    402, "The cost cap of this key does not pay for this request.", code="cost_cap_exceeded"
                )
            cut = output = most
        if not key.purses:
            return cut
        cost = terms.cost(output)
        book = self._replica.leases
        reservation = book.try_reserve(key.purses, cost)
        if reservation is None:
            least = cost if bound.asked else terms.cost(min(output, self._least))
            reservation = await book.reserve(key.purses, cost, least)
            if reservation.amount < cost:
                cut = terms.affordable(reservation.amount)
        exchange.reservation = reservation
        return cut

    def failed(self, exchange: Exchange) -> None:
        """An attempt came to nothing: what was granted for it goes back."""
        if exchange.reservation is not None:
            exchange.reservation.release()
            exchange.reservation = None
        if exchange.channel_admission is not None:
            exchange.channel_admission.cancel()
            exchange.channel_admission = None

    def leave(self, exchange: Exchange) -> None:
        """The request is over, and booked if there is anything to book."""
        used = exchange.usage.input + exchange.usage.output
        for admission in (exchange.admission, exchange.channel_admission):
            if admission is not None:
                admission.settle(used)
                admission.release()
        if exchange.reservation is not None:
            exchange.reservation.release()  # changes nothing once it is settled

    async def _channel_limits(self, exchange: Exchange, head: Head, channel_id: int) -> None:
        key = exchange.key
        subject = Subject(key.id, key.user_id, key.group, head.model, channel_id)
        try:
            exchange.channel_admission = await self._admit(subject, self._bounds.likely(head))
        except RateLimited as limited:
            raise NotUsable(
                429,
                "All channels of this model are at their limits; retry after a moment.",
                klass="channel_limited",
                retry_after=limited.retry_after,
            ) from None

    async def _admit(self, subject: Subject, tokens: int) -> Admission:
        book = self._replica.rates
        return book.try_admit(subject, tokens) or await book.admit(subject, tokens)


class _Terms:
    """What output tokens cost on the channel of this attempt, in the worst case."""

    def __init__(self, tariff: Tariff, exchange: Exchange, bound: Bound) -> None:
        self._tariff = tariff
        self._input = bound.input
        self._text = bound.text
        self._group = exchange.group_ratio
        self._channel = exchange.channel_ratio

    def cost(self, output: int) -> int:
        """Nano-USD."""
        return worst_case(
            self._tariff,
            self._input,
            output,
            group_ratio=self._group,
            channel_ratio=self._channel,
            text=self._text,
        )

    def affordable(self, amount: int) -> int:
        """The output tokens that the amount pays for."""
        return affordable_output(
            self._tariff,
            self._input,
            amount,
            group_ratio=self._group,
            channel_ratio=self._channel,
            text=self._text,
        )
