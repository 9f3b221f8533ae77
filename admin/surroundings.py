"""FastAPI's way to the services, and the one place that tells the Router about a change.

Sessions are opened and closed inside an endpoint, so that none is open while the Router or an upstream is awaited.
"""

import logging
from typing import Annotated

from fastapi import Depends, Request

from admin.services import Services

log = logging.getLogger(__name__)


async def services_of(request: Request) -> Services:
    """The services that `create_app` was given. Asynchronous, because FastAPI runs others in a thread."""
    services: Services = request.app.state.services
    return services


Surroundings = Annotated[Services, Depends(services_of)]


async def announce(services: Services) -> None:
    """Tell the Router after a commit. The change is stored by then, so a Router that is away fails no request."""
    try:
        await services.notify()
    except Exception as error:  # noqa: BLE001 the Router is remote; it reads the revision again on its own
        log.warning("the Router was not told about a change: %s", type(error).__name__)
