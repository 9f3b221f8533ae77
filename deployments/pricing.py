"""Which price a request on a channel has. Pure; rating itself is storage.pricing's."""

from deployments.table import Channel
from storage.pricing import FREE, PriceBook, Tariff


def tariff_for(prices: PriceBook, channel: Channel, model: str, at: int) -> Tariff | None:
    """The price of `model` (its name at the upstream) on the channel, in force `at` (unix seconds).

    None: there is none, and the request must be refused. What runs on this machine needs no price and is free then.
    """
    found = prices.find(channel.provider, model, at)
    return FREE if found is None and channel.local else found
