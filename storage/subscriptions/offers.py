"""What of a plan a term copies: later changes of the plan do not touch what was paid."""

from __future__ import annotations

from typing import Any

import msgspec

from storage.models.plan import Plan
from storage.models.subscription import Subscription


class Offer(msgspec.Struct, frozen=True):
    """The words of a plan that hold for a term. Money is nano-USD; storage/models/plan.py says what each means."""

    price: int
    quota: int
    reset: str
    reset_s: int
    use: str
    overflow: bool
    group: str
    group_after: str
    rank: int


def of_plan(plan: Plan) -> Offer:
    """What the plan offers now."""
    return msgspec.convert({name: getattr(plan, name) for name in Offer.__struct_fields__}, Offer)


def stored(offer: Offer) -> dict[str, Any]:
    """For the term's row."""
    return msgspec.structs.asdict(offer)


def apply(row: Subscription, offer: dict[str, Any]) -> None:
    """The subscription's present term has these words."""
    for name in Offer.__struct_fields__:
        setattr(row, name, offer[name])
