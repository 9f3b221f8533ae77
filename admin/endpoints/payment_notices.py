"""Where payment providers tell what happened, and where their pages send the customer's browser back to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from admin.caller import open_route
from admin.endpoints.orders import Number
from admin.payments import checkout, notifications, registry
from admin.payments.provider import Incoming
from admin.problems import Problem
from admin.surroundings import Surroundings

MAX_BYTES = 256 * 1024
"""Notifications have a few thousand bytes."""

public_router = APIRouter(
    prefix="/api/payments", tags=["payments"], dependencies=[Depends(open_route)], include_in_schema=False
)

Name = Annotated[str, Path(pattern=r"^[a-z0-9_-]{1,32}$")]


async def _incoming(request: Request) -> Incoming:
    body = await request.body()
    if len(body) > MAX_BYTES:
        raise Problem(413, "The notification is too large.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Incoming(request.method, headers, dict(request.query_params), body)


@public_router.post("/{provider}/notify")
@public_router.get("/{provider}/notify")
async def notify(services: Surroundings, provider: Name, request: Request) -> Response:
    """A notification, signed in the provider's own way."""
    reply, _settled = await notifications.receive(services, provider, await _incoming(request))
    return PlainTextResponse(reply.body, media_type=reply.media, headers={"cache-control": "no-store"})


@public_router.get("/{provider}/back/{number}")
@public_router.post("/{provider}/back/{number}")
async def back(services: Surroundings, provider: Name, number: Number, request: Request) -> Response:
    """The customer comes back: to the wallet, whatever is said here. A signed return counts as a notification."""
    made = registry.classes().get(provider)
    if made is not None and made.signed_return:
        try:
            await notifications.receive(services, provider, await _incoming(request))
        except Problem as problem:
            if problem.status == 503:
                raise
            # The notification proper is on its own way.
    return RedirectResponse(f"{checkout.CONSOLE}?order={number}", 303, headers={"cache-control": "no-store"})
