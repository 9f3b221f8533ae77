"""Services for applications under test: what a test does not give is real where it can be, and refuses where not."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.datastructures import State

from admin.app import create_app
from admin.credentials import Identify
from admin.options.store import Options
from admin.services import ProbeResult, Services
from admin.sessions import Sessions
from storage import crypto


def nobody(_request: httpx.Request) -> httpx.Response:
    """What every address outside answers."""
    raise httpx.ConnectError("nobody answers in this test")


async def _nothing() -> None:
    pass


async def _unprobed(_channel_id: int, model: str, _stream: bool, **_more: Any) -> ProbeResult:
    return ProbeResult(False, 0, 0.0, 0.0, model, "upstream", "Nothing is probed in this test.")


async def _retry(_channel_ids: Sequence[int]) -> int:
    return 0


async def _status() -> dict[str, Any]:
    return {}


def make_services(sessions: async_sessionmaker[AsyncSession], box: crypto.SecretBox, **given: Any) -> Services:
    """Services on this database; `given` are the fields that matter to the test."""
    opened = Sessions(sessions)
    fields: dict[str, Any] = {
        "version": "1",
        "notify": _nothing,
        "probe": _unprobed,
        "retry": _retry,
        "status": _status,
        "options": Options(opened, box),
        "http": httpx.AsyncClient(transport=httpx.MockTransport(nobody)),
        **given,
    }
    return Services(sessions=opened, box=box, **fields)


@cache
def _application(_name: str) -> tuple[FastAPI, Identify]:
    app = create_app(make_services(None, None, version="1.2.3"))  # type: ignore[arg-type]  # replaced before a request
    return app, app.state.identify


@cache
def openapi_document() -> dict[str, Any]:
    """The OpenAPI document. Made once: that takes two seconds. Nobody changes it."""
    document: dict[str, Any] = _application("")[0].openapi()
    return document


def application(services: Services, name: str = "") -> FastAPI:
    """The application on these services. Made once: its routes take a third of a second.

    One of a name at a time: a test that needs two at once gives the other another name.
    """
    app, identify = _application(name)
    app.state = State()  # what an earlier test's application remembers is gone
    app.state.services, app.state.identify = services, identify
    return app
