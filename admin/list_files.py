"""Every list as a file: `?format=csv` or `jsonl` gives all of it, as its filters and order say, streamed page by page.

    router = APIRouter(prefix="/budgets", tags=["budgets"], route_class=ListRoute)

A page is asked for as by a client: the caller is known anew for each, and no session stays open between two of them.
A list that writes a file of its own (other columns, other bounds) declares `format` itself and is left alone.
"""

import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Annotated, Any, get_args
from urllib.parse import parse_qsl, urlencode

import msgspec
from fastapi import Depends, Query, Request, Response
from fastapi.dependencies.utils import get_typed_return_annotation
from fastapi.routing import APIRoute
from pydantic import BaseModel

from admin import exports
from admin.exports import Format

PAGE = 1000

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


async def _format(
    download: Annotated[Format | None, Query(alias="format", description="A file of the whole list.")] = None,
) -> None:
    """Declares the parameter; ListRoute reads it."""


class ListRoute(APIRoute):
    """A route that can answer with a file when what it answers is a list."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:  # noqa: ANN401  # APIRoute's own
        self.item = _item_of(endpoint)
        if self.item is not None:
            depends = Depends(_format)
            known = list(given.get("dependencies") or ())
            if not any(one.dependency is _format for one in known):
                given["dependencies"] = [*known, depends]
            given["responses"] = {**exports.FILES, **(given.get("responses") or {})}
        super().__init__(path, endpoint, **given)

    def get_route_handler(self) -> Handler:
        """The page, or all of them as a file."""
        page = super().get_route_handler()
        if self.item is None:
            return page
        columns = tuple(self.item.model_fields)
        name = [part for part in self.path_format.split("/") if part and part != "all" and "{" not in part][-1]

        async def handler(request: Request) -> Response:
            form = request.query_params.get("format")
            if form not in {"csv", "jsonl"}:
                return await page(request)
            return await exports.export(_pages(page, request), columns, "csv" if form == "csv" else "jsonl", name)

        return handler


def _item_of(endpoint: Callable[..., Any]) -> type[BaseModel] | None:
    """What the endpoint lists; None when it lists nothing, or makes files itself."""
    answer = get_typed_return_annotation(endpoint)
    fields = answer.model_fields if isinstance(answer, type) and issubclass(answer, BaseModel) else {}
    if not fields.keys() >= {"items", "next"}:
        return None
    for parameter in inspect.signature(endpoint).parameters.values():
        if any(getattr(mark, "alias", None) == "format" for mark in get_args(parameter.annotation)):
            return None
    (item,) = get_args(fields["items"].annotation)
    return item if isinstance(item, type) and issubclass(item, BaseModel) else None


async def _pages(page: Handler, request: Request) -> AsyncIterator[list[dict[str, Any]]]:
    asked = [
        (name, value)
        for name, value in parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if name not in {"limit", "cursor", "format"}
    ]
    cursor: str | None = request.query_params.get("cursor", "")
    while cursor is not None:
        query = urlencode([*asked, ("limit", PAGE), ("cursor", cursor)])
        answer = await page(Request({**request.scope, "query_string": query.encode()}, request.receive))
        found = msgspec.json.decode(bytes(answer.body))
        yield found["items"]
        cursor = found["next"]
