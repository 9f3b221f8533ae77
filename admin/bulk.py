"""One change of many objects: each is made or refused by itself, and the answer says which.

class KeyBulk(BulkWanted):  action: Literal["enable", "disable", "delete"]
return await each(ids, change)    # change(id) opens its own transaction, raises a Problem
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import Field
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from admin.problems import Problem
from admin.schemas.base import MAX_ID, Wire

MAX_ITEMS = 10_000
MAX_SHOWN = 1000

Id = Annotated[int, Field(strict=True, ge=1, le=MAX_ID)]
Result = TypeVar("Result", "BulkResult", "NamedResult")


class BulkWanted(Wire):
    """What a bulk operation is on: a noun adds `action`, `filter` and `values`."""

    ids: list[Id] = Field(default_factory=list, max_length=MAX_ITEMS, examples=[[4, 5]])
    dry_run: bool = Field(default=False, description="Only say what would be changed.")


class _Said(Wire):
    ok: bool
    status: int = Field(default=200, examples=[404])
    problem: str = Field(default="", examples=["There is no key '7'."])
    code: str = Field(default="", description="The problem's sentence in GET /problems.", examples=["there-is-no"])
    params: dict[str, str | int | float] = Field(default_factory=dict, description="What is filled into it.")


class BulkResult(_Said):
    """What became of one object."""

    id: int


class NamedResult(_Said):
    """What became of one object whose id is a text."""

    id: str = Field(examples=["req_0f00000001"])


class _Counted(Wire):
    matched: int
    changed: int
    refused: int
    dry_run: bool


class BulkDone(_Counted):
    """How many were meant, changed and refused; the refused ones first, at most 1,000 in all."""

    results: list[BulkResult]


class NamedBulkDone(_Counted):
    """As BulkDone, of objects whose ids are texts."""

    results: list[NamedResult]


async def ids(session: AsyncSession, statement: Select[Any], identity: InstrumentedAttribute[int]) -> list[int]:
    """The ids of what a query finds, one more than may be changed at a time."""
    found = await session.scalars(statement.with_only_columns(identity).order_by(identity).limit(MAX_ITEMS + 1))
    return list(found.all())


async def each(meant: Sequence[int], change: Callable[[int], Awaitable[object]], *, dry_run: bool = False) -> BulkDone:
    """Make the change of every object. A refusal (Problem) of one does not stop the others; other errors do."""
    counted, results = await _each(meant, change, BulkResult, dry_run=dry_run)
    return BulkDone(**counted, results=results)


async def each_named(
    meant: Sequence[str], change: Callable[[str], Awaitable[object]], *, dry_run: bool = False
) -> NamedBulkDone:
    """As `each`, of objects whose ids are texts."""
    counted, results = await _each(meant, change, NamedResult, dry_run=dry_run)
    return NamedBulkDone(**counted, results=results)


async def _each(
    meant: Sequence[Any], change: Callable[[Any], Awaitable[object]], result: type[Result], *, dry_run: bool
) -> tuple[dict[str, Any], list[Result]]:
    wanted = list(dict.fromkeys(meant))
    if len(wanted) > MAX_ITEMS:
        raise Problem(422, f"At most {MAX_ITEMS} objects are changed at a time; this matches {len(wanted)}.")
    results: list[Result] = []
    for one in wanted:
        said: dict[str, Any] = {}
        try:
            if not dry_run:
                await change(one)
        except Problem as problem:
            if problem.status == 503:
                raise
            code, params = problem.said
            said = {"status": problem.status, "problem": problem.detail, "code": code, "params": params}
        results.append(result(id=one, ok=not said, **said))
    refused = sum(not one.ok for one in results)
    changed = 0 if dry_run else len(results) - refused
    results.sort(key=lambda one: one.ok)
    counted = {"matched": len(wanted), "changed": changed, "refused": refused, "dry_run": dry_run}
    return counted, results[:MAX_SHOWN]
