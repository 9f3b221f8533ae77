"""Subscriptions: plans that are bought term by term, and quota that is spent in place of a balance.

    periods      pure: when terms end and when their quota is full again
    offers       what of a plan a term copies
    purses       the accounts of their present periods, for the ledger's purses
    terms        beginning, renewing, changing and ending, each payment once
    fulfilment   what an order for a plan does
    plans        plans: queries and changes
    listing      subscriptions: queries
    told         their events

Functions take the session first and never commit. A period's quota is an account of kind "subscription", made with its
first entry when it is first asked for: a reset needs no job. What is left of it at the period's end lapses.
"""
