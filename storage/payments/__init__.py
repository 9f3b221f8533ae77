"""Payments: orders, what their providers say about them, and the credit that follows, exactly once.

    states       pure: what a provider's notification means for an order
    fulfilment   what is done for an order that is paid, by its purpose; subscriptions add theirs
    orders       making orders, finding them
    settling     a notification or a decision becomes credit, a refund or nothing, in one transaction
    refunds      money that goes back
    receipts     numbered documents, issued in the transaction of the payment
    codes        redemption codes
    bonuses      check-ins and invitations

Amounts of an order are integers in the smallest unit of its currency; what is credited is nano-USD, and is always an
entry of the ledger. Functions take the session first and never commit. Rows are locked in this order: order, series of
receipts, accounts.
"""
