"""What the routes in New API's shapes share: pages by number, states as numbers, quota. Reads only."""

from typing import Annotated, NamedTuple

from fastapi import Depends, Query

from admin.problems import invalid

MOST_SKIPPED = 10_000
"""How far pages by number go; further back, the routes of this gateway's own API go with a cursor."""

ON, OFF, EXPIRED, AUTO_OFF, SPENT = 1, 2, 3, 3, 4
ROLES = {"root": 100, "admin": 10}


class Place(NamedTuple):
    """A page by its number, from 1."""

    number: int
    size: int

    @property
    def skip(self) -> int:
        """How many items come before it."""
        return (self.number - 1) * self.size


async def _place(
    p: Annotated[int, Query(ge=0, le=1_000_000, description="The page, from 1.")] = 1,
    page_size: Annotated[int | None, Query(ge=1, le=100)] = None,
    size: Annotated[int | None, Query(ge=1, le=100, description="The same; older clients say so.")] = None,
) -> Place:
    place = Place(max(p, 1), page_size or size or 10)
    if place.skip > MOST_SKIPPED:
        raise invalid([("query.p", f"goes at most {MOST_SKIPPED} items back; use the routes under /api/v1 for more")])
    return place


Numbered = Annotated[Place, Depends(_place)]
"""The page that a request asks for."""
