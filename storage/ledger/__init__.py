"""The ledger: accounts, their entries, leases of their balances, and the settling of usage.

Amounts are integers of nano-USD. Every change of a balance, or of what is held of it, is an entry; entries are never
changed. Functions take the session first and never commit: the caller's transaction decides (`transact` runs one).

    accounts   what entries are about          leases     parts of balances that replicas spend on their own
    entries    booking by hand, reading        expiry     leases of replicas that are gone
    budgets    spending per period             settling   usage records become rows and entries
    statements what an account did in a month
    purses     what a key draws on             verify     recomputes everything and compares
"""

from storage.ledger.entries import post
from storage.ledger.expiry import expired_replicas, reclaim
from storage.ledger.leases import Ask, Grant, Renewal, give_back, recall, renew, take
from storage.ledger.settling import Settled, settle
from storage.ledger.transactions import transact

__all__ = [
    "Ask",
    "Grant",
    "Renewal",
    "Settled",
    "expired_replicas",
    "give_back",
    "post",
    "recall",
    "reclaim",
    "renew",
    "settle",
    "take",
    "transact",
]
