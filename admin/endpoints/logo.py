"""The logo beside the gateway's name, where the operator's is at another address."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response

from admin import logo
from admin.caller import open_route
from admin.endpoints.common import problems
from admin.options.console import Console
from admin.problems import Problem
from admin.surroundings import Surroundings

router = APIRouter(tags=["settings"])


@router.get(
    "/public/logo",
    responses=problems(404) | {200: {"content": {"image/*": {}}, "description": "The picture."}},
    operation_id="public_logo",
    dependencies=[Depends(open_route)],
    response_class=Response,
)
async def public_logo(
    services: Surroundings, request: Request, if_none_match: Annotated[str | None, Header(max_length=1000)] = None
) -> Response:
    """The picture that console.logo_url names, from the gateway itself; 404 without one that may be shown."""
    url = (await services.options.get(Console)).logo_url
    found = await logo.logo(request.app, services, url) if url.startswith("https://") else None
    if found is None:
        raise Problem(404, "There is no logo.", slug="not-found")
    headers = {**logo.HEADERS, "etag": found.tag}
    if if_none_match is not None and found.tag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=found.kind, headers=headers)
