"""The admin application: routes, error shapes, credentials, put together. It opens nothing by itself."""

import asyncio
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import msgspec
from fastapi import APIRouter, FastAPI, Response
from fastapi.openapi.utils import get_openapi

import admin.endpoints
from admin import examples, problems
from admin.afterwards import Afterwards
from admin.body_limit import BodyLimit
from admin.credentials import Identify
from admin.dispatch import PREFIX, Dispatch
from admin.forwarded import Forwarded
from admin.identity import sessions
from admin.packing import Packing
from admin.request_id import RequestIds
from admin.schemas.base import Fields
from admin.schemas.problem import ProblemOut
from admin.schemas.scim import ScimError
from admin.scim_response import is_scim
from admin.services import Services

MAX_BODY_BYTES = 4 * 1024 * 1024

_DESCRIPTION = """
Manages channels (upstream accounts), keys (clients), people, money, prices, requests and settings.

A caller is somebody who signed in (a cookie, and `X-CSRF-Token` on changes), an automation token
(`Authorization: Bearer gwt-...`) or an operator's token (`gwa-...`). What a caller does not reach does not exist
for them. Errors are `application/problem+json`.
Secrets are write-only: answers show a hint.
"""


@cache
def endpoint_modules() -> tuple[ModuleType, ...]:
    """The files of admin/endpoints, one per noun. `router` is mounted under /api/v1, `public_router` at the root."""
    names = sorted(found.name for found in pkgutil.iter_modules(admin.endpoints.__path__))
    return tuple(importlib.import_module(f"admin.endpoints.{name}") for name in names)


def _openapi(app: FastAPI) -> Fields:
    """The OpenAPI document, with the error shape that the handlers really send and examples."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for form in (ProblemOut, ScimError):
            shape = form.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(shape.pop("$defs", {}))
            schemas[form.__name__] = shape
        for path, operations in document["paths"].items():
            if is_scim({"path": path}):
                for operation in operations.values():
                    operation["responses"].pop("422", None)  # FastAPI's own
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        examples.add_to(document)
        app.openapi_schema = document
    return app.openapi_schema


def _description(app: FastAPI) -> APIRouter:
    """Serves the document: making it takes seconds of CPU, in which others want to be answered."""
    router, making = APIRouter(), asyncio.Lock()

    @router.get("/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        async with making:
            document = await asyncio.to_thread(lambda: msgspec.json.encode(app.openapi()))
        return Response(document, media_type="application/json")

    return router


def _routers(app: FastAPI) -> Iterator[tuple[str, APIRouter]]:
    """Prefixes and routers, one of a noun after the other."""
    for module in endpoint_modules():
        if isinstance(router := getattr(module, "public_router", None), APIRouter):
            yield "", router
        if isinstance(router := getattr(module, "router", None), APIRouter):
            yield PREFIX, router
    yield PREFIX, _description(app)


def create_app(services: Services) -> FastAPI:
    """The admin API under /api/v1, on the given services."""
    app = FastAPI(
        title="LLM gateway admin API",
        version=services.version,
        description=_DESCRIPTION,
        openapi_url=None,
        # These pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    app.state.identify = Identify(sessions.find)
    routers = list(_routers(app))
    for prefix, router in routers:
        app.include_router(router, prefix=prefix)  # for its document
    app.router.middleware_stack = Dispatch(routers, app.router.app)
    problems.install(app)
    # The last one added is the outermost.
    app.add_middleware(Afterwards)
    app.add_middleware(Packing)
    app.add_middleware(BodyLimit, limit=MAX_BODY_BYTES)
    app.add_middleware(Forwarded)
    app.add_middleware(RequestIds)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign] # FastAPI's documented way to change the document
    return app
