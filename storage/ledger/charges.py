"""Which accounts a usage record is charged to, and the sums of a batch. Pure: the verification asks the same."""

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


def holders(payer: Payer) -> list[Subject]:
    """The accounts of the user and the organisation, which every request of theirs is charged to."""
    found: list[Subject] = []
    if payer.user_id:
        found.append((USER, payer.user_id, 0))
    if payer.organisation_id:
        found.append((ORGANISATION, payer.organisation_id, 0))
    return found


def leased(payer: Payer) -> list[int]:
    """The accounts that paid by a lease, each once; what is no id is left out."""
    return list(dict.fromkeys(int(part) for part in payer.accounts.split(",") if part.isascii() and part.isdigit()))


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
