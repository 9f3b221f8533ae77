"""Monthly statements: what an owner's account did in a month.

build       from the ledger and the roll-ups
documents   as a page, a PDF, a table
"""
