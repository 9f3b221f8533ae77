"""Roll-ups of usage by hour and day: `add` keeps them in the transaction that settles, `rebuild` makes them anew.

Reports on them are in storage/repositories/usage_totals.py.
"""

from storage.rollups.rebuild import rebuild
from storage.rollups.upsert import add

__all__ = ["add", "rebuild"]
