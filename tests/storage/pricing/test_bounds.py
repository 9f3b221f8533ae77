"""Bounds: nothing that a request can become costs more than its worst case, and what is affordable fits."""

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from storage.pricing import (
    FREE,
    NO_BOUND,
    Counted,
    CountedExtra,
    PriceEntry,
    Tariff,
    Tier,
    affordable_output,
    rate,
    worst_case,
)
from storage.pricing.units import ONE
from tests.storage.pricing.strategies import counts, entries, moments, ratios, tokens


@given(entries, counts, ratios, ratios, moments, tokens, tokens)
def test_no_request_costs_more_than_its_worst_case(
    price: PriceEntry, used: Counted, group: int, channel: int, at: int, more: int, longer: int
) -> None:
    tariff = Tariff(price)
    extra = used.extra or CountedExtra()
    found = rate(tariff, used, group_ratio=group, channel_ratio=channel, at=at).amount
    assert found <= worst_case(
        tariff,
        used.input + more,
        used.output + longer,
        group_ratio=group,
        channel_ratio=channel,
        images=sum((extra.images or {}).values()),
        media_ms=extra.media_ms,
        tool_calls=sum((extra.tools or {}).values()),
    )


@given(entries, st.builds(Counted, tokens, tokens, tokens, tokens, tokens), moments, tokens)
def test_no_text_costs_more_than_the_worst_case_of_text(price: PriceEntry, used: Counted, at: int, more: int) -> None:
    tariff = Tariff(price)
    bound = worst_case(tariff, used.input + more, used.output, text=True)
    assert rate(tariff, used, at=at).amount <= bound <= worst_case(tariff, used.input + more, used.output)


@given(entries, tokens, st.integers(0, 10**15), ratios, ratios, st.booleans())
def test_affordable_output_is_the_most_that_fits(
    price: PriceEntry, given_tokens: int, amount: int, group: int, channel: int, text: bool
) -> None:
    tariff = Tariff(price)
    most = affordable_output(tariff, given_tokens, amount, group_ratio=group, channel_ratio=channel, text=text)

    def worst(output: int) -> int:
        return worst_case(tariff, given_tokens, output, group_ratio=group, channel_ratio=channel, text=text)

    assert most == 0 or worst(most) <= amount
    if most < NO_BOUND:
        assert worst(most + 1) > amount


@given(entries, st.builds(Counted, tokens, tokens))
def test_without_anything_special_the_worst_case_is_the_price(price: PriceEntry, used: Counted) -> None:
    plain = msgspec.structs.replace(price, cache_read=None, cache_write=None, terms=None)
    assume(used.input or used.output)
    exact = worst_case(Tariff(plain), used.input, used.output)
    assert exact - rate(Tariff(plain), used).amount in (0, 1)  # rounded up, and half up


def test_a_tier_that_cannot_be_reached_does_not_count(entry) -> None:
    tariff = Tariff(entry(input=10**6, output=10**6, tiers=(Tier(above=100, input=10**9, output=10**9),)))
    assert worst_case(tariff, 100, 5) == 105
    assert worst_case(tariff, 101, 5) == 106_000
    assert affordable_output(tariff, 100, 105) == 5
    assert affordable_output(tariff, 101, 105) == 0


def test_a_cheaper_tier_does_not_lower_the_bound(entry) -> None:
    tariff = Tariff(entry(input=10**6, output=10**6, tiers=(Tier(above=100, input=0, output=0),)))
    assert worst_case(tariff, 101, 5) == 106


def test_what_is_free_has_no_bound(entry) -> None:
    assert worst_case(FREE, 10**6, 10**6) == 0
    assert affordable_output(FREE, 10**6, 0) == NO_BOUND
    assert affordable_output(Tariff(entry(input=10**9, output=10**9)), 10**6, 0, group_ratio=0) == NO_BOUND
    assert affordable_output(Tariff(entry(input=10**6)), 10, 9) == 0
    assert affordable_output(Tariff(entry(input=10**6)), 10, 10) == NO_BOUND


def test_calls_count_in_both(entry) -> None:
    tariff = Tariff(entry(output=10**6, call=5 * 10**6))
    assert worst_case(tariff, 0, 2) == 7
    assert worst_case(tariff, 0, 2, group_ratio=ONE // 2) == 4
    assert affordable_output(tariff, 0, 7) == 2
    assert affordable_output(tariff, 0, 4) == 0


def test_text_does_not_pay_for_audio_and_hours(entry) -> None:
    price = entry(input=10**6, output=10**6, cache_write_1h=2 * 10**6, audio_input=9 * 10**6, audio_output=5 * 10**6)
    assert worst_case(Tariff(price), 10, 10) == 140
    assert worst_case(Tariff(price), 10, 10, text=True) == 20
    assert affordable_output(Tariff(price), 10, 20, text=True) == 10
