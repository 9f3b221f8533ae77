"""Which accounts a usage record is charged to, and the sums of a batch. Pure: the verification asks the same.

A record names the accounts that paid by a lease: "12,15". A letter behind one says that it is a subscription and stands
in for the balance of the user ("12u") or of the organisation ("12o"), which is not charged then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from storage.ledger.accounts import CHANNEL, ORGANISATION, USER, Subject
from storage.records import UsageRecord


class Payer(NamedTuple):
    """What decides which accounts pay."""

    accounts: str
    user_id: int
    organisation_id: int
    replica: str


class Batch(NamedTuple):
    """The sums of a batch: cost by who pays, the providers' cost by channel."""

    costs: dict[Payer, int]
    channels: dict[int, int]

    def subjects(self) -> set[Subject]:
        """The accounts that the batch is charged to without naming them."""
        found: set[Subject] = {(CHANNEL, channel_id, 0) for channel_id in self.channels}
        for payer in self.costs:
            found.update(holders(payer))
        return found


def add_up(records: Iterable[UsageRecord]) -> Batch:
    """The sums of the records. Every request passes here, so nothing is looked at twice."""
    costs: dict[Payer, int] = {}
    channels: dict[int, int] = {}
    for record in records:
        if record.cost:
            payer = Payer(record.accounts, record.user_id, record.organisation_id, record.replica)
            costs[payer] = costs.get(payer, 0) + record.cost
        if record.provider_cost and record.channel_id:
            channels[record.channel_id] = channels.get(record.channel_id, 0) + record.provider_cost
    return Batch(costs, channels)


FOR_USER = "u"
FOR_ORGANISATION = "o"
_LETTERS = (FOR_USER, FOR_ORGANISATION)


def holders(payer: Payer) -> list[Subject]:
    """The accounts of the user and the organisation: they pay for each request that no subscription stands in for."""
    found: list[Subject] = []
    if payer.user_id and not _stands_in(payer, FOR_USER):
        found.append((USER, payer.user_id, 0))
    if payer.organisation_id and not _stands_in(payer, FOR_ORGANISATION):
        found.append((ORGANISATION, payer.organisation_id, 0))
    return found


def _stands_in(payer: Payer, letter: str) -> bool:
    if letter not in payer.accounts:
        return False
    return any(part.endswith(letter) and _is_id(part[:-1]) for part in payer.accounts.split(","))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit()


def leased(payer: Payer) -> list[int]:
    """The accounts that paid by a lease, each once; what is no id is left out."""
    parts = (part[:-1] if part[-1:] in _LETTERS else part for part in payer.accounts.split(","))
    return list(dict.fromkeys(int(part) for part in parts if _is_id(part)))


def amounts(batch: Batch, ids: Mapping[Subject, int]) -> dict[int, int]:
    """What the batch takes from each account, by account id: the amounts of its entries, which are negative."""
    found: dict[int, int] = {}
    for payer, cost in batch.costs.items():
        for account_id in {*leased(payer), *(ids[subject] for subject in holders(payer))}:
            found[account_id] = found.get(account_id, 0) - cost
    for channel_id, cost in batch.channels.items():
        account_id = ids[CHANNEL, channel_id, 0]
        found[account_id] = found.get(account_id, 0) - cost
    return found


def spent_from_leases(batch: Batch) -> dict[tuple[int, str], int]:
    """What the batch spent of each lease, by account id and replica."""
    found: dict[tuple[int, str], int] = {}
    for payer, cost in batch.costs.items():
        for account_id in leased(payer):
            found[account_id, payer.replica] = found.get((account_id, payer.replica), 0) + cost
    return found
