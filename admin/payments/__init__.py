"""Payments towards the outside: providers, what a top-up costs, checkouts, notifications, receipts as documents."""
