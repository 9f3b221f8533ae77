"""What would be done with a request. Read only; sends nothing."""

from typing import Annotated

from fastapi import APIRouter, Query

from admin.caller import needs_all
from admin.endpoints import keys
from admin.endpoints.common import problems
from admin.schemas.route import Operation, Protocol, RouteOut
from admin.services import RouteQuestion
from admin.surroundings import Surroundings

router = APIRouter(prefix="/route", tags=["route"])


@router.get(
    "/explain", responses=problems(404), operation_id="explain_route", dependencies=[needs_all("channels.read")]
)
async def explain_route(
    services: Surroundings,
    model: Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")],
    protocol: Annotated[Protocol, Query(description="What the client speaks.")] = "chat",
    operation: Operation = "chat",
    stream: bool = False,
    key: Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id.")] = None,
) -> RouteOut:
    """The channels for a request in the order in which they are tried, with the plan for each."""
    number = 0
    if key is not None:
        async with services.sessions() as session:
            number = (await keys.load(session, key)).id
    found = await services.explain_route(RouteQuestion(model, protocol, operation, stream, number))
    return RouteOut.model_validate(found)
