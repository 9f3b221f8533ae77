"""What happens while somebody looks, as server-sent events."""

from collections.abc import AsyncIterator

import msgspec
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import StreamingResponse

from admin import live
from admin.caller import Caller, SignedIn
from admin.endpoints.common import problems
from admin.endpoints.status import router_view
from admin.problems import Problem
from admin.services import Services
from admin.surroundings import Surroundings

router = APIRouter(tags=["status"])

CHECK_S = 15.0
"""How soon a session that has ended is noticed."""

LAST_S = 1800.0
"""Then the browser connects again, wherever the Admin is by then."""


def hub_of(app: FastAPI, services: Services) -> live.Hub:
    """The hub of this application."""
    found = getattr(app.state, "live_hub", None)
    if not isinstance(found, live.Hub):
        found = app.state.live_hub = live.Hub(services, router_view)
    return found


@router.get(
    "/live",
    responses={
        **problems(429),
        200: {
            "content": {"text/event-stream": {}},
            "description": "Events `state`, `health`, `logs`, `announcements` as far as the caller reaches, and `end`.",
        },
    },
    response_class=StreamingResponse,
    operation_id="watch_live",
)
async def watch_live(services: Surroundings, caller: SignedIn, request: Request) -> StreamingResponse:
    """How things are, told again whenever it changes, until the session ends or half an hour has passed.

    state (status.read): requests_per_s, failures_per_s, open_requests, open_streams, router. health (channels.read):
    total, enabled, off_by_failures, resting, routes. logs (logs.read): there are new requests within reach.
    announcements: they have changed when the event does. end: reason "session" or "time".
    """
    hub = hub_of(request.app, services)
    hub.check(caller)

    async def events() -> AsyncIterator[str]:
        yield "retry: 3000\n\n"
        with hub.watch(caller) as watcher:
            told = live.stream(watcher, lambda: _still(services, request, caller), check_s=CHECK_S, last_s=LAST_S)
            async for event, data in told:
                text = msgspec.json.encode(data).decode()
                yield f"event: {event}\ndata: {text}\n\n" if event else ": here\n\n"
        await hub.idle()

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events(), media_type="text/event-stream", headers=headers)


async def _still(services: Services, request: Request, caller: Caller) -> bool:
    """Whether the caller is still who they were, and may still do as much. Looking on keeps no session alive."""
    request.scope["gateway.watching"] = True
    try:
        found = await request.app.state.identify(services, request)
    except Problem as problem:
        return problem.status == 503  # the database is away: nobody has ended the session
    return found.name == caller.name and dict(found.reaches) == dict(caller.reaches)
