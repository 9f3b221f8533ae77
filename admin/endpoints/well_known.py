"""Where browsers and password managers look for the page on which a password is changed (W3C, Well-Known URL)."""

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse

from admin.caller import open_route

public_router = APIRouter(include_in_schema=False, dependencies=[Depends(open_route)])


@public_router.get("/.well-known/change-password")
async def change_password() -> RedirectResponse:
    """To the console."""
    return RedirectResponse("/console/profile", status_code=302)
