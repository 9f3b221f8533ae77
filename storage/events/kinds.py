"""Every kind of event: what it says, and whether its owner hears of it or operators only. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Kind(NamedTuple):
    """`mailed`: sent to the owner's mailbox when the owner has chosen nothing. `operators`: nobody else hears of it."""

    description: str
    mailed: bool = False
    operators: bool = False


KINDS: Mapping[str, Kind] = {
    "balance.low": Kind("A balance fell below the amount its owner named.", mailed=True),
    "budget.alert": Kind("A budget crossed one of its percentages.", mailed=True),
    "channel.disabled": Kind("A channel was switched off, by somebody or by a rule.", operators=True),
    "channel.enabled": Kind("A channel was switched on again.", operators=True),
    "channel.models": Kind("An upstream has other models than its channel.", operators=True),
    "job.failed": Kind("A background job failed.", operators=True),
    "key.created": Kind("A key was made."),
    "key.removed": Kind("A key was removed."),
    "login.new": Kind("Somebody signed in from a device or place not used lately.", mailed=True),
    "order.paid": Kind("An order was paid.", mailed=True),
    "order.refunded": Kind("Money of an order went back.", mailed=True),
    "order.review": Kind("An order needs somebody to look at it.", operators=True),
    "statement.ready": Kind("The statement of a month can be read."),
    "subscription.ended": Kind("A subscription has ended.", mailed=True),
    "subscription.ending": Kind("A subscription ends soon and is not renewed.", mailed=True),
    "subscription.renewed": Kind("A subscription was renewed."),
    "subscription.started": Kind("A subscription began."),
    "subscription.unpaid": Kind("A subscription could not be renewed from the balance.", mailed=True),
    "target.disabled": Kind("Events could not be delivered, and are not any more.", mailed=True),
    "target.test": Kind("Somebody tried whether events arrive."),
}


def matches(wanted: Iterable[str], kind: str) -> bool:
    """Whether a list of kinds, "budget.*" or "*" names this kind."""
    noun = kind.partition(".")[0]
    return any(each in (kind, "*", f"{noun}.*") for each in wanted)


def is_pattern(text: str) -> bool:
    """Whether a text can stand in such a list."""
    return text == "*" or text in KINDS or any(text == f"{kind.partition('.')[0]}.*" for kind in KINDS)
