"""New API's ratios: the same prices written otherwise, there and back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.pricing import PriceEntry, Terms, Tier
from storage.pricing.newapi import ModelRatios, amounts, model_ratios

ratio = st.decimals(0, 100, places=3, allow_nan=False)
maybe = st.none() | ratio
some = st.builds(
    ModelRatios,
    model_ratio=st.decimals("0.001", 1000, places=3),
    completion_ratio=maybe,
    cache_ratio=maybe,
    create_cache_ratio=maybe,
    image_ratio=maybe,
    audio_ratio=maybe,
    audio_completion_ratio=maybe,
)


def entry_of(ratios: ModelRatios) -> PriceEntry:
    found = amounts(ratios)
    return PriceEntry(
        1, "", "m", found.input, found.output, found.cache_read, found.cache_write, "operator", terms=found.terms
    )


def test_a_ratio_of_one_is_two_dollars() -> None:
    found = amounts(
        ModelRatios(
            model_ratio=Decimal("1.5"),
            completion_ratio=Decimal(5),
            cache_ratio=Decimal("0.1"),
            create_cache_ratio=Decimal("1.25"),
            image_ratio=Decimal(2),
            audio_ratio=Decimal(10),
            audio_completion_ratio=Decimal(2),
        )
    )
    assert (found.input, found.output) == (3 * 10**9, 15 * 10**9)  # Claude Sonnet
    assert (found.cache_read, found.cache_write) == (300_000_000, 3_750_000_000)
    assert found.terms == Terms(
        cache_write_1h=6 * 10**9, image_input=6 * 10**9, audio_input=30 * 10**9, audio_output=60 * 10**9
    )


def test_what_is_not_stated_is_as_input() -> None:
    found = amounts(ModelRatios(model_ratio=Decimal(1)))
    assert (found.input, found.output, found.cache_read, found.cache_write, found.terms) == (
        2 * 10**9, 2 * 10**9, None, None, Terms(),
    )  # fmt: skip
    spoken = amounts(ModelRatios(model_ratio=Decimal(1), audio_completion_ratio=Decimal(3)))
    assert spoken.terms == Terms(audio_output=6 * 10**9)


def test_a_model_price_is_per_call() -> None:
    found = amounts(ModelRatios(model_price=Decimal("0.04")))
    assert (found.input, found.output, found.terms) == (0, 0, Terms(call=40_000_000 * 10**6))


@pytest.mark.parametrize("wrong", [ModelRatios(), ModelRatios(model_ratio=Decimal(1), model_price=Decimal(1))])
def test_a_ratio_or_a_price_is_needed(wrong: ModelRatios) -> None:
    with pytest.raises(ValueError, match="either"):
        amounts(wrong)


@given(some)
def test_ratios_survive_as_prices(ratios: ModelRatios) -> None:
    price = entry_of(ratios)
    back = model_ratios(price)
    assert back is not None
    assert entry_of(back) == price


def test_prices_of_the_library_have_ratios() -> None:
    price = PriceEntry(1, "", "m", 150_000_000, 600_000_000, 75_000_000, None, "seed")
    found = model_ratios(price)
    assert found == ModelRatios(model_ratio=Decimal("0.075"), completion_ratio=Decimal(4), cache_ratio=Decimal("0.5"))
    assert model_ratios(PriceEntry(1, "", "m", 0, 0, None, None, "seed")) == ModelRatios(model_ratio=Decimal(0))
    call = PriceEntry(1, "", "m", 0, 0, None, None, "seed", terms=Terms(call=10**13))
    assert model_ratios(call) == ModelRatios(model_price=Decimal("0.01"))


@pytest.mark.parametrize(
    "terms", [Terms(tiers=(Tier(above=5, input=9),)), Terms(tools={"web_search": 1}), Terms(reasoning=1), Terms(call=1)]
)
def test_what_ratios_cannot_say_has_none(terms: Terms) -> None:
    assert model_ratios(PriceEntry(1, "", "m", 10, 10, None, None, "operator", terms=terms)) is None
    assert model_ratios(PriceEntry(1, "", "m", 0, 10, None, None, "operator")) is None
