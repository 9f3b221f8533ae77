"""How many there are of each value, for filters on the wire."""

from pydantic import Field

from admin.schemas.base import Wire


class Facet(Wire):
    """A value and how many have it; `id` where `value` is the name of a thing."""

    value: str = Field(examples=["429"])
    id: int | None = None
    count: int


class Facets(Wire):
    """Filter -> its values, the most frequent first, at most twenty. `total`: all that match.

    A filter that would have to be counted among too many single requests is left out.
    """

    total: int
    fields: dict[str, list[Facet]] = Field(
        examples=[{"status": [{"value": "200", "id": None, "count": 90}, {"value": "429", "id": None, "count": 4}]}]
    )
