"""Taking rows: one by one in a savepoint each, or a page together; noted, so that a later run leaves them alone.

Knows no table; a kind of thing is a function from a row to what was made (users.py, keys.py, channels.py ...).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import Caller
from admin.problems import Problem
from admin.schemas.base import Fields
from admin.schemas.imports import ImportItem
from admin.services import Services
from storage.imports.values import plain
from storage.repositories import imports

Row = Mapping[str, Any]
Model = TypeVar("Model", bound=BaseModel)
Plan = TypeVar("Plan")
_NAME = 200


class NotTakenError(Exception):
    """Why a row becomes nothing here; one sentence without its values."""


@dataclass(frozen=True, slots=True)
class Import:
    """One page that is being taken. `expected`: users of a dry run who would be here."""

    session: AsyncSession
    services: Services
    caller: Caller
    source: str
    dry_run: bool = False
    per_usd: int = 500_000
    expected: frozenset[int] = field(default_factory=frozenset)


class Taken(NamedTuple):
    """What a row became."""

    id: int
    name: str
    notes: list[str]


WRONG = (NotTakenError, Problem, ValidationError, IntegrityError, OverflowError, ValueError)
"""What a row may be the cause of."""

Take = Callable[[Import, Any], Awaitable[Taken]]


async def take_all(run: Import, kind: str, rows: Sequence[tuple[str, Any]], take: Take) -> list[ImportItem]:
    """Take (id there, row) one after another; what fails leaves nothing behind and stops nothing."""
    able = [foreign_id for foreign_id, _row in rows if _storable(foreign_id)]
    known = await imports.known(run.session, run.source, kind, able)
    items: list[ImportItem] = []
    for foreign_id, row in rows:
        if not _storable(foreign_id):
            items.append(_unstorable(kind, foreign_id))
            continue
        if foreign_id in known:
            items.append(ImportItem(kind=kind, id=foreign_id, name="", outcome="known"))
            continue
        try:
            async with run.session.begin_nested():
                made = await take(run, row)
                await imports.note(run.session, run.source, kind, foreign_id, made.id, at=run.services.clock())
        except WRONG as error:
            items.append(ImportItem(kind=kind, id=foreign_id, name="", outcome="refused", reason=_reason(error)))
            continue
        known[foreign_id] = made.id
        items.append(ImportItem(kind=kind, id=foreign_id, name=made.name, outcome="taken", notes=made.notes))
    return items


@dataclass(slots=True)
class Page:
    """Rows that are taken together: what became of each, by its id there. `reserve` names within the page."""

    rows: Sequence[tuple[str, Any]]
    taken: dict[str, Taken] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def each(self, of: Callable[[Any], Plan]) -> dict[str, Plan]:
        """A plan for each row; a row of which there can be none is refused."""
        plans: dict[str, Plan] = {}
        for foreign_id, row in self.rows:
            try:
                plans[foreign_id] = of(row)
            except WRONG as error:
                self.refused[foreign_id] = _reason(error)
        return plans


TakePage = Callable[[Import, Page], Awaitable[None]]


async def take_page(run: Import, kind: str, rows: Sequence[tuple[str, Any]], take: TakePage) -> list[ImportItem]:
    """As `take_all`, with few statements for all rows; when the database refuses them, half of them at a time."""
    able = [foreign_id for foreign_id, _row in rows if _storable(foreign_id)]
    known = await imports.known(run.session, run.source, kind, able)
    new = {foreign_id: row for foreign_id, row in reversed(rows) if foreign_id not in known and _storable(foreign_id)}
    done = Page([(foreign_id, new[foreign_id]) for foreign_id in dict.fromkeys(able) if foreign_id in new])
    await _together(run, kind, done, take)
    items: list[ImportItem] = []
    for foreign_id, _row in rows:
        if not _storable(foreign_id):
            items.append(_unstorable(kind, foreign_id))
        elif (made := done.taken.pop(foreign_id, None)) is not None:
            items.append(ImportItem(kind=kind, id=foreign_id, name=made.name, outcome="taken", notes=made.notes))
        elif (reason := done.refused.get(foreign_id)) is not None:
            items.append(ImportItem(kind=kind, id=foreign_id, name="", outcome="refused", reason=reason))
        else:
            items.append(ImportItem(kind=kind, id=foreign_id, name="", outcome="known"))
    return items


async def _together(run: Import, kind: str, done: Page, take: TakePage) -> None:
    if not done.rows:
        return
    page = Page(done.rows)
    try:
        async with run.session.begin_nested():
            await take(run, page)
            made = {foreign_id: one.id for foreign_id, one in page.taken.items()}
            await imports.note_all(run.session, run.source, kind, made, at=run.services.clock())
    except WRONG as error:
        if len(page.rows) == 1:
            done.refused[page.rows[0][0]] = _reason(error)
            return
        half = len(page.rows) // 2
        for part in (page.rows[:half], page.rows[half:]):
            found = Page(part)
            await _together(run, kind, found, take)
            done.taken |= found.taken
            done.refused |= found.refused
        return
    done.taken |= page.taken
    done.refused |= page.refused


def _unstorable(kind: str, foreign_id: str) -> ImportItem:
    reason = "its name cannot be stored here"
    return ImportItem(kind=kind, id=plain(foreign_id, _NAME), name="", outcome="refused", reason=reason)


def _storable(foreign_id: str) -> bool:
    return 0 < len(foreign_id) <= _NAME and foreign_id.isprintable()


def _reason(error: Exception) -> str:
    if isinstance(error, Problem):
        return "; ".join(f"{path.removeprefix('body.')}: {message}" for path, message in error.errors) or error.detail
    if isinstance(error, ValidationError):
        return "; ".join(f"{_place(one['loc'])}: {_said(one['msg'])}" for one in error.errors())[:500]
    if isinstance(error, IntegrityError):
        return "something here has this name or value already"
    # What a library says of a value could repeat it.
    return str(error) if isinstance(error, NotTakenError) else "holds a value that is not possible here"


def _place(where: tuple[int | str, ...]) -> str:
    # Names of fields only: keys of mappings come from the other database.
    return str(where[0]) if where else "it"


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")


def fitted(model: type[Model], body: Fields, optional: frozenset[str]) -> tuple[Model, list[str]]:
    """The body as a model, and the fields that had to be left out because they are not acceptable here.

    Only fields in `optional`, and those inside of `settings`, are left out. Raises ValidationError for others.
    """
    dropped: list[str] = []
    wanted = {**body, "settings": dict(body["settings"])} if "settings" in body else dict(body)
    while True:
        try:
            return model.model_validate(wanted), dropped
        except ValidationError as error:
            wrong = {_droppable(one["loc"], wanted, optional) for one in error.errors()}
            if None in wrong:
                raise
        for place in sorted(place for place in wrong if place is not None):
            where, _, below = place.partition(".")
            del (wanted[where] if below else wanted)[below or where]
            dropped.append(place)


def _droppable(where: tuple[int | str, ...], body: Fields, optional: frozenset[str]) -> str | None:
    """The field that can go so that what is wrong goes too, None: there is none."""
    first = str(where[0]) if where else ""
    if first == "settings" and len(where) > 1 and where[1] in body.get("settings", {}):
        return f"settings.{where[1]}"
    return first if first in optional and first in body else None
