"""One request in full on the wire: its life, the channels it tried, what it cost and why."""

from pydantic import Field

from admin.schemas.base import Wire
from admin.schemas.explain import ExplainOut
from admin.schemas.route import RouteOut
from admin.schemas.usage import AttemptOut, Moment, UsageOut


class RequestOut(Wire):
    """A finished request. `attempts`, `cost` and `route` are for operators; empty for others.

    `route` is what would be done with such a request now, where it was asked for.
    """

    request: UsageOut
    timeline: list[Moment]
    attempts: list[AttemptOut]
    cost: ExplainOut | None = Field(description="The arithmetic of the cost.")
    route: RouteOut | None = None
