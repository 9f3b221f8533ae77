"""Owns the random prices and counts of the pricing tests."""

from hypothesis import strategies as st

from storage.pricing import Counted, CountedExtra, PriceEntry, Terms, Tier, Window
from storage.pricing.units import ONE

prices = st.integers(0, 10**13)
maybe = st.none() | prices
tokens = st.integers(0, 10**8)
ratios = st.integers(0, 20 * ONE)
kinds = st.sampled_from(["1024x1024", "1024x1024/hd", "512x512", "*"])
tools = st.sampled_from(["web_search", "file_search"])
rates = dict.fromkeys(
    ("cache_write_1h", "reasoning", "image_input", "image_output", "audio_input", "audio_output"), maybe
)
tiers = st.builds(
    Tier, above=st.integers(1, 10**8), input=maybe, output=maybe, cache_read=maybe, cache_write=maybe, **rates
)
minutes = st.integers(0, 1439)
windows = st.builds(
    Window, start=minutes, end=minutes, ratio=ratios, days=st.lists(st.integers(0, 6), max_size=3).map(tuple)
)
terms = st.builds(
    Terms,
    **rates,
    call=prices,
    media=prices,
    images=st.dictionaries(kinds, prices),
    tools=st.dictionaries(tools, prices),
    tiers=st.lists(tiers, max_size=3).map(tuple),
    windows=st.lists(windows, max_size=2).map(tuple),
)
entries = st.builds(
    PriceEntry,
    id=st.just(7),
    provider=st.just(""),
    model=st.just("m"),
    input=prices,
    output=prices,
    cache_read=maybe,
    cache_write=maybe,
    source=st.just("operator"),
    effective_from=st.just(0),
    effective_to=st.just(2**63 - 1),
    terms=st.none() | terms,
)
extras = st.builds(
    CountedExtra,
    cache_write_1h=tokens,
    image_input=tokens,
    image_output=tokens,
    audio_input=tokens,
    audio_output=tokens,
    media_ms=tokens,
    images=st.none() | st.dictionaries(kinds, st.integers(0, 50)),
    tools=st.none() | st.dictionaries(tools, st.integers(0, 50)),
)
counts = st.builds(Counted, tokens, tokens, tokens, tokens, tokens, st.none() | extras)
moments = st.integers(0, 4 * 10**9)
