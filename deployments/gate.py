"""What has to be granted before a request goes to a provider: rate limits, a price, and money for its worst case.

In the steady state nothing is awaited: limits and leases are in hand (rates.py, leases.py). What was granted hangs on
the exchange and is settled when the request is over. Must not know protocols or providers.
"""

from collections.abc import Mapping

import msgspec

from adapters.errors import ClientError, UpstreamError
from adapters.head import Head
from adapters.usage import BYTES_PER_TOKEN, Usage
from deployments.exchange import Exchange
from deployments.pricing import tariff_for
from deployments.rates import Admission
from deployments.rates_answers import RateLimited
from deployments.rates_rules import Subject
from deployments.replica import Replica
from deployments.table import Target
from deployments.worst_case import Bound, affordable, bound, estimate_input_tokens, media_of, output_of
from storage.pricing import Tariff
from storage.pricing.units import nano_usd

_CONTENT = ("messages", "prompt", "input", "contents", "system", "systemInstruction", "system_instruction")
"""Fields that hold what a model reads, in any protocol."""

FREE = "count_tokens"
"""Providers count tokens for nothing; only the rate limits of such requests are kept."""

COST_CAP = b"x-gateway-cost-cap"
"""Header of a request: USD that it may cost at most."""


class NotUsable(UpstreamError):  # noqa: N818  # a reason to take another channel, not the channel's failure
    """This channel cannot take the request now; another one may. Counts against no breaker."""


class Gate:
    """One per replica. `enter` once for a request, `attempt` for each channel, `leave` at the end."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._quota = replica.settings.quota

    async def enter(self, exchange: Exchange, head: Head) -> None:
        """The limits of key, user, group and model. Raises RateLimited (429) or GatewayFault (503)."""
        key = exchange.key
        subject = Subject(key.id, key.user_id, exchange.group, head.model, 0, key.team_id)
        exchange.admission = await self._admit(subject, self._likely(head))

    async def attempt(self, exchange: Exchange, head: Head, target: Target) -> int | None:
        """Everything that one channel needs; returns the output tokens each answer is cut to, None: it is not.

        Raises NotUsable when another channel may be tried, ClientError (402: it cannot be paid for).
        """
        if head.operation == FREE:
            return None
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
        exchange.group_ratio = table.ratios.of(key.user_group, exchange.group)
        exchange.channel_ratio = channel.price_ratio
        exchange.cut = 0
        if not key.purses and not exchange.cost_cap:
            return None
        needed = self._bound(exchange, head, tariff)
        cut = await self._afford(exchange, needed, tariff)
        exchange.cut = (cut or 0) * needed.output.choices
        return cut

    async def _afford(self, exchange: Exchange, needed: Bound, tariff: Tariff) -> int | None:
        """Reserve the worst case, or what there is of it where the client named no maximum."""
        key = exchange.key
        ratios = {"group_ratio": exchange.group_ratio, "channel_ratio": exchange.channel_ratio}
        cut: int | None = None
        if exchange.cost_cap:
            cut = affordable(tariff, needed, exchange.cost_cap, **ratios)
            if cut is not None:
                if cut < min(self._quota.min_output_tokens, needed.output.each or 1):
                    raise ClientError(
                        402, "The cost cap of this key or request does not pay for it.", code="cost_cap_exceeded"
                    )
                output = msgspec.structs.replace(needed.output, each=cut)
                needed = bound(tariff, needed.input_tokens, output, self._quota, text=needed.text, **ratios)
        if not key.purses:
            return cut
        book = self._replica.leases
        reservation = book.try_reserve(key.purses, needed.amount)
        if reservation is None:
            if key.more:
                reservation = await book.reserve_any((key.purses, *key.more), needed.amount, needed.least)
            else:
                reservation = await book.reserve(key.purses, needed.amount, needed.least)
            # A choice without any limited account reserves nothing, and cuts nothing.
            less = affordable(tariff, needed, reservation.amount, **ratios) if reservation.amount else None
            cut = cut if less is None else less
        exchange.reservation = reservation
        return cut

    def _bound(self, exchange: Exchange, head: Head, tariff: Tariff) -> Bound:
        media = media_of(b"".join(bytes(head.fields[name]) for name in _CONTENT if name in head.fields))
        size = estimate_input_tokens(head.size, head.operation, self._quota, media=media, tools="tools" in head.fields)
        return bound(
            tariff,
            size,
            output_of(head, self._quota),
            self._quota,
            text=not media.present,
            group_ratio=exchange.group_ratio,
            channel_ratio=exchange.channel_ratio,
        )

    def failed(self, exchange: Exchange, *, began: bool) -> None:
        """An attempt failed: it is free, and what was granted for it goes back.

        Unless its answer has `began`: what went to the client is charged to the accounts it was reserved from.
        """
        if began:
            return
        exchange.usage = Usage()
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
            if admission is not None and not exchange.sent_at:
                admission.cancel()
            elif admission is not None:
                admission.settle(used)
                admission.release()
        if exchange.reservation is not None:
            exchange.reservation.release()  # changes nothing once it is settled

    async def _channel_limits(self, exchange: Exchange, head: Head, channel_id: int) -> None:
        key = exchange.key
        subject = Subject(key.id, key.user_id, exchange.group, head.model, channel_id, key.team_id)
        try:
            exchange.channel_admission = await self._admit(subject, self._likely(head))
        except RateLimited as limited:
            raise NotUsable(
                429,
                "All channels of this model are at their limits; retry after a moment.",
                klass="channel_limited",
                retry_after=limited.retry_after,
            ) from None

    def _likely(self, head: Head) -> int:
        """Tokens to count beforehand against a limit; the truth corrects it afterwards."""
        return -(-head.size // BYTES_PER_TOKEN) + min(head.max_output or 0, self._quota.default_output_tokens)

    async def _admit(self, subject: Subject, tokens: int) -> Admission:
        book = self._replica.rates
        return book.try_admit(subject, tokens) or await book.admit(subject, tokens)


def cost_cap(headers: Mapping[bytes, bytes], of_key: int) -> int:
    """What a request may cost at most, in nano-USD: its own cap, where it carries one, and its key's; 0: no bound.

    Raises ClientError (400).
    """
    given = headers.get(COST_CAP)
    if given is None:
        return of_key
    try:
        own = nano_usd(given.decode("ascii"))
    except ValueError:
        own = 0
    if own <= 0:
        message = "The header X-Gateway-Cost-Cap must be an amount in USD, such as 0.05."
        raise ClientError(400, message, code="invalid_cost_cap")
    return min(own, of_key) if of_key else own
