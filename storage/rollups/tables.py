"""Which roll-ups there are, and which of them answers a question."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Table

from storage.models import Base
from storage.models.rollup import Day, DayByKey, DayByModel, HourByKey, HourByModel
from storage.rollups.groups import DAY_US, HOUR_US, WHAT, WHO


class Rollup(NamedTuple):
    """A table of sums by `unit` microseconds and dimensions: of WHO asks, of WHAT is asked, or both."""

    table: Table
    unit: int
    who: bool
    what: bool

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The columns it groups by, in the order of the digest."""
        return (WHO if self.who else ()) + (WHAT if self.what else ())


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - the mapper types it as any selectable
    return table


ROLLUPS = (
    Rollup(_table(HourByKey), HOUR_US, who=True, what=False),
    Rollup(_table(HourByModel), HOUR_US, who=False, what=True),
    Rollup(_table(DayByKey), DAY_US, who=True, what=False),
    Rollup(_table(DayByModel), DAY_US, who=False, what=True),
    Rollup(_table(Day), DAY_US, who=True, what=True),
)
"""In the order in which all transactions lock them; of those with one unit the smallest come first."""


def answering(unit: int, dimensions: Collection[str]) -> Table | None:
    """The smallest roll-up of that unit that has these dimensions. By hour there is none with both kinds."""
    for rollup in ROLLUPS:
        # What is asked has the fewest combinations: it answers also who does not ask for any.
        if rollup.unit == unit and set(dimensions) <= set(rollup.dimensions) and (dimensions or rollup.what):
            return rollup.table
    return None
