"""What refusals may say, for clients that say it in another language."""

import msgspec
from fastapi import APIRouter, Depends, Response

from admin.caller import open_route
from admin.endpoints.common import problems
from admin.problem_texts import catalogue
from admin.schemas.problem import ProblemCatalogue
from admin.surroundings import Surroundings

router = APIRouter(tags=["status"])


@router.get("/problems", responses=problems(), operation_id="list_problems", dependencies=[Depends(open_route)])
async def list_problems(services: Surroundings, response: Response) -> ProblemCatalogue:
    """The kinds of problems, and every sentence they say, in English with names for what is filled in."""
    response.headers["etag"] = f'"{services.version}"'
    response.headers["cache-control"] = "public, max-age=300"
    return ProblemCatalogue.model_validate(msgspec.to_builtins(catalogue()))
