"""The admin application: routes, error shapes, authentication, put together. It opens nothing by itself."""

from fastapi import APIRouter, Depends, FastAPI
from fastapi.openapi.utils import get_openapi

from admin import problems
from admin.auth import operator
from admin.body_limit import BodyLimit
from admin.endpoints import (
    accounts,
    apply,
    budgets,
    channels,
    explain,
    groups,
    keys,
    ledger,
    limits,
    organisations,
    page,
    price_sync,
    prices,
    providers,
    rerate,
    status,
    usage,
    users,
    whoami,
)
from admin.request_id import RequestIds
from admin.schemas.base import Fields
from admin.schemas.problem import ProblemOut
from admin.services import Services

PREFIX = "/api/v1"
MAX_BODY_BYTES = 4 * 1024 * 1024

_DESCRIPTION = """
Manages channels (upstream accounts), keys (clients), users, budgets, the ledger, prices and usage.

Every request carries `Authorization: Bearer <admin token>`. Errors are `application/problem+json`.
Secrets are write-only: answers show a hint.
"""


def _openapi(app: FastAPI) -> Fields:
    """The OpenAPI document, with the error shape that the handlers really send."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        shape = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(shape.pop("$defs", {}))
        schemas["ProblemOut"] = shape
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = document
    return app.openapi_schema


def create_app(services: Services) -> FastAPI:
    """The admin API under /api/v1 and the page at / and /console, on the given services."""
    app = FastAPI(
        title="LLM gateway admin API",
        version=services.version,
        description=_DESCRIPTION,
        openapi_url=f"{PREFIX}/openapi.json",
        # These pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        openapi_tags=[
            {"name": name}
            for name in (
                "channels",
                "keys",
                "users",
                "organisations",
                "budgets",
                "accounts",
                "limits",
                "prices",
                "groups",
                "usage",
                "apply",
                "providers",
                "status",
            )
        ],
    )
    app.state.services = services
    api = APIRouter(prefix=PREFIX, dependencies=[Depends(operator)])
    for module in (
        channels, keys, users, organisations, budgets, accounts, ledger, limits, prices, price_sync, groups,
        usage, explain, rerate, apply, providers, status, whoami,
    ):  # fmt: skip
        api.include_router(module.router)
    app.include_router(api)
    app.include_router(page.router)
    problems.install(app)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, limit=MAX_BODY_BYTES)
    app.add_middleware(RequestIds)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign] # FastAPI's documented way to change the document
    return app
