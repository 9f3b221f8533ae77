"""The page at / and /console: what this is, its version and state, the next commands. It shows no names and no numbers.

One static file with a few marks that are filled in here; nothing is loaded from elsewhere.
"""

import html
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from admin.problems import Problem
from admin.services import Services
from admin.surroundings import Surroundings
from storage.repositories import channels, keys

router = APIRouter(include_in_schema=False)

_FILE = Path(__file__).parent.parent / "static" / "index.html"
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@cache
def _template() -> str:
    return _FILE.read_text(encoding="utf-8")


async def _state(services: Services) -> tuple[str, str, str]:
    """(sentence, mark of the channel step, mark of the key step)."""
    try:
        async with services.sessions() as session:
            channel = any(row.enabled for row in await channels.list_all(session))
            key = any(row.enabled for row in await keys.list_all(session))
    except Problem:  # sessions.py has logged it
        return "Running, but the database does not answer.", "open", "open"
    if channel and key:
        return "Running and set up.", "done", "done"
    missing = " and ".join(
        what for what, there in (("an enabled channel", channel), ("an enabled key", key)) if not there
    )
    return f"Running. Still to add: {missing}.", "done" if channel else "open", "done" if key else "open"


def _address(request: Request) -> str:
    """The gateway's address as the browser sees it; the ingress, which relays here, passes the name on."""
    host = request.headers.get("x-forwarded-host") or request.url.netloc
    return f"{request.url.scheme}://{host}"


@router.get("/", response_class=HTMLResponse)
@router.get("/console", response_class=HTMLResponse)
async def page(services: Surroundings, request: Request) -> HTMLResponse:
    """The page."""
    sentence, channel, key = await _state(services)
    filled = {
        "%VERSION%": services.version,
        "%STATE%": sentence,
        "%CHANNEL%": channel,
        "%KEY%": key,
        "%URL%": _address(request),
    }
    text = _template()
    for mark, value in filled.items():
        text = text.replace(mark, html.escape(value))
    return HTMLResponse(text, headers=_HEADERS)
