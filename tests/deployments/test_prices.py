"""Prices on the data plane: what an answer counted is rated at the channel's multiplier, with the whole arithmetic."""

import msgspec
import pytest

from deployments.pricing import tariff_for
from deployments.table import Channel, ChannelRow
from storage.models import Price
from storage.pricing import FREE, PriceBook, PriceEntry
from storage.pricing.detail import explain, read
from storage.pricing.entry import entry_of
from storage.repositories import channels, prices, usage
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream

COUNTED = {
    "prompt_tokens": 100,
    "completion_tokens": 40,
    "prompt_tokens_details": {"cached_tokens": 20, "audio_tokens": 30},
    "completion_tokens_details": {"reasoning_tokens": 10},
    "server_tool_use": {"web_search_requests": 2},
}
TERMS = {"audio_input": 8 * 10**9, "reasoning": 5 * 10**9, "tools": {"web_search": 10**13}}


async def counting(call: Call) -> None:
    await call.answer(200, msgspec.json.encode({"choices": [], "usage": COUNTED}))


async def set_ratio(gateway: Gateway, ratio: str) -> None:
    async with gateway.sessions.begin() as session:
        for row in await channels.list_all(session):
            await channels.update(session, row, {"settings": {"price_ratio": ratio}})


async def test_a_request_is_rated_with_everything_it_used(gateway: Gateway, upstream: Upstream) -> None:
    upstream.behave = counting
    await set_ratio(gateway, "1.5")
    async with gateway.sessions.begin() as session:
        row = Price(
            provider="",
            model="up-model",
            input=10**9,
            output=2 * 10**9,
            cache_read=10**8,
            source="operator",
            terms=TERMS,
        )
        await prices.create(session, row)
    await gateway.push()
    assert (await gateway.post()).status == 200
    record = await gateway.record()
    provider = 50 * 1000 + 20 * 100 + 30 * 8000 + 30 * 2000 + 10 * 5000 + 2 * 10_000_000
    assert (record.provider_cost, record.cost, record.price_id) == (provider, provider * 3 // 2, row.id)
    assert explain(record, entry_of(row)).problems == []
    detail = read(record.price_detail)
    assert (detail.channel, detail.group) == (1_500_000, 1_000_000)
    async with gateway.sessions() as session:
        stored = await usage.get(session, record.request_id)
        assert stored is not None
        assert explain(stored, entry_of(row)).problems == []


async def test_what_runs_on_this_machine_is_free_without_a_price(gateway: Gateway) -> None:
    assert (await gateway.post()).status == 200
    record = await gateway.record()
    assert (record.price_id, record.cost, record.provider_cost) == (0, 0, 0)
    assert record.price_detail.startswith('{"v":1,"price":0,"lines":[["input",')


def channel(*, local: bool) -> Channel:
    row = ChannelRow(1, "c", "openai-compatible", "openai", "", b"", {}, 0, 1, {}, True, 1.0, 1.0, 1.0, "", local=local)
    return Channel(row, "")


@pytest.mark.parametrize("local", [True, False])
def test_a_set_price_counts_everywhere(local: bool) -> None:
    book = PriceBook([PriceEntry(3, "", "m", 1, 1, None, None, "operator")])
    found = tariff_for(book, channel(local=local), "m", 0)
    assert found is not None
    assert found.id == 3
    assert tariff_for(book, channel(local=local), "other", 0) is (FREE if local else None)
    default = PriceBook([PriceEntry(4, "", "*", 1, 1, None, None, "apply")])
    found = tariff_for(default, channel(local=local), "other", 0)
    assert found is not None
    assert found.id == 4
