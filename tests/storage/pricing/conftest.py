"""Owns what the pricing tests share: a way to write a price with few words."""

from collections.abc import Callable
from typing import Any

import pytest

from storage.pricing import PriceEntry, Terms


def make_entry(
    provider: str = "", model: str = "m", source: str = "operator", number: int = 1, **fields: Any
) -> PriceEntry:
    """A price version of nothing but what is given; unknown fields are terms."""
    usual: dict[str, Any] = {"input": 0, "output": 0, "cache_read": None, "cache_write": None}
    terms = {name: fields.pop(name) for name in list(fields) if name in Terms.__struct_fields__}
    if terms:
        fields["terms"] = Terms(**terms)
    return PriceEntry(id=number, provider=provider, model=model, source=source, **{**usual, **fields})


@pytest.fixture
def entry() -> Callable[..., PriceEntry]:
    """`make_entry`."""
    return make_entry
