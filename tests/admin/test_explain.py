"""Explaining an amount over the real API."""

from storage.models import Price
from storage.pricing import Counted, CountedExtra, Tariff, rate
from storage.pricing.entry import entry_of
from storage.records import UsageRecord
from storage.repositories import prices, usage


async def book(world, **changed) -> UsageRecord:
    """A request at a stored price with a tool and two multipliers."""
    async with world.sessions.begin() as session:
        row = Price(
            provider="openai", model="m", input=3 * 10**9, output=15 * 10**9, source="operator",
            terms={"tools": {"web_search": 10**13}, "media": 10**8, "tiers": [{"above": 100, "input": 6 * 10**9}]},
        )  # fmt: skip
        await prices.create(session, row)
        used = Counted(120, 7, extra=CountedExtra(tools={"web_search": 2}, media_ms=1500))
        charge = rate(Tariff(entry_of(row)), used, group_ratio=800_000, channel_ratio=1_500_000)
        record = UsageRecord(
            "req_1", 1_800_000_000_000_000, provider="openai", model="m", upstream_model="m", input_tokens=120,
            output_tokens=7, usage_source="upstream", cost=charge.amount, provider_cost=charge.provider_amount,
            price_id=row.id, price_detail=charge.detail,
        )  # fmt: skip
        for name, value in changed.items():
            setattr(record, name, value)
        await usage.insert_many(session, [record])
    return record


async def test_the_arithmetic_of_a_request(api, world) -> None:
    record = await book(world)
    found = (await api.get("/usage/req_1/explain")).json()
    assert found["lines"] == [
        {"component": "input", "quantity": "120", "unit_price": "6", "per": "1,000,000 tokens", "amount": "0.00072"},
        {"component": "output", "quantity": "7", "unit_price": "15", "per": "1,000,000 tokens", "amount": "0.000105"},
        {"component": "media", "quantity": "1.5", "unit_price": "0.0001", "per": "second", "amount": "0.00015"},
        {"component": "tool:web_search", "quantity": "2", "unit_price": "0.01", "per": "tool", "amount": "0.02"},
    ]
    assert (found["sum"], found["tier_above"], found["group"], found["channel"]) == ("0.020975", 100, "0.8", "1.5")
    assert (found["provider_cost"], found["cost"], found["quota"]) == (20_975_000, 25_170_000, 12_585)
    assert (found["computed_provider_cost"], found["computed_cost"]) == (record.provider_cost, record.cost)
    assert (found["matches"], found["recomputed"], found["problems"]) == (True, False, [])
    assert found["price"]["id"] == record.price_id
    assert found["price"]["in_force"]


async def test_a_row_that_does_not_match_is_said(api, world) -> None:
    await book(world, cost=1)
    found = (await api.get("/usage/req_1/explain")).json()
    assert (found["matches"], found["computed_cost"]) == (False, 25_170_000)
    assert found["problems"] == ["booked are 1 nano-USD, computed 25170000"]


async def test_an_unpriced_request(api, world, refused) -> None:
    await book(world, cost=0, provider_cost=0, price_id=0, price_detail="")
    found = (await api.get("/usage/req_1/explain")).json()
    assert (found["price"], found["lines"], found["matches"]) == (None, [], True)
    refused(await api.get("/usage/req_2/explain"), 404)
