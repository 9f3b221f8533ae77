"""Events: what happened and whom it is told to, as rows.

    kinds        every kind of event there is, and who may hear of it
    outbox       writing one down in the transaction of what happened; `emit`
    targets      where events go: webhooks, mailboxes, phones
    deliveries   each event on its way to each target
    budgets      budgets that crossed a percentage
    low          balances that fell below what their owner wants to be told of

Sending is admin/notifications. Functions take the session first and never commit. Times are unix seconds.
"""

from storage.events.outbox import emit

__all__ = ["emit"]
